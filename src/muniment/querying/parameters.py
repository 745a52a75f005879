"""What the rule book says of clinician queries, read into types. Pure."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from muniment.kernel.errors import NotAllowedInState
from muniment.querying.rules import LINTER, RESPONSE, TEMPLATES, Form, Use
from muniment.rulebook.rules import RuleBook, RuleInForce

T = TypeVar("T")


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the linter blocks. A word written with capitals is found as it is written, one without in any case.

    ``least_options``: how many clinical options a multiple choice has at least. ``yes_no``: what a yes/no query may be about.
    """

    money: tuple[str, ...]
    quality: tuple[str, ...]
    leading: tuple[str, ...]
    yes_no: tuple[Use, ...]
    least_options: int = 2
    prior_needs_cause: bool = True

    def __post_init__(self) -> None:
        if self.least_options < 1 or Use.NONE in self.yes_no:
            raise ValueError("a multiple choice has an option, and a yes/no query its use")


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days of 24 hours: to answer, and after that until it is put before an administrator."""

    concurrent_days: int
    retrospective_days: int
    escalate_days: int

    def __post_init__(self) -> None:
        if min(self.concurrent_days, self.retrospective_days, self.escalate_days) < 1:
            raise ValueError("each is a day or more")


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A query to begin with. Its options are those a coder keeps as far as indicators support them."""

    name: str
    form: Form
    title: str
    question: str
    options: tuple[str, ...] = ()
    use: Use = Use.NONE


class Templates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    templates: tuple[Template, ...] = ()


def policy_of(book: RuleBook) -> tuple[RuleInForce, Policy]:
    """The linter's rule. Raises NotAllowedInState where none governs or it can't be read: nothing is sent unjudged."""
    return _read(book, LINTER, Policy)


def response_of(book: RuleBook) -> tuple[RuleInForce, Response]:
    return _read(book, RESPONSE, Response)


def templates_of(book: RuleBook) -> tuple[Template, ...]:
    """None of them where no rule says any."""
    return _read(book, TEMPLATES, Templates)[1].templates if book.find(TEMPLATES) else ()


def _read(book: RuleBook, code: str, kind: type[T]) -> tuple[RuleInForce, T]:
    rule = book.find(code)
    if rule is None:
        raise NotAllowedInState(f"No rule “{code}” is in force, so no query can be sent.", remedy="Adopt it in the rule book.")
    try:
        return rule, msgspec.convert(rule.parameters, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise NotAllowedInState(
            f"Version {rule.number} of “{rule.title}” can't be read: {error}.", remedy="Propose a version that can be read."
        ) from error
