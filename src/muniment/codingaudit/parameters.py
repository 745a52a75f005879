"""What the rule book says of coding audits, read into types. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

import msgspec

from muniment.codingaudit.rules import ERRORS, PLAN, Element
from muniment.kernel.errors import NotAllowedInState
from muniment.rulebook.rules import RuleBook, RuleInForce

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base: fields the rule does not know are refused."""


class Focus(Part, frozen=True, kw_only=True):
    """A focused sample: final codings that all of what is given here is true of. ``count`` a coder on a day of the plan.

    ``codes`` are beginnings without dots; ``single_driver``: one code alone keeps the DRG where it is; ``new_coder_days``: since
    the coder's first final coding.
    """

    name: str
    count: int = 1
    drgs: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    min_weight: float = 0
    single_driver: bool = False
    new_coder_days: int = 0

    def __post_init__(self) -> None:
        if self.count < 1 or not (self.drgs or self.codes or self.min_weight or self.single_driver or self.new_coder_days):
            raise ValueError(f"the focus “{self.name}” says what it looks for, and a count above 0")

    def speaks_of(self, content: dict[str, Any], *, days_coding: int) -> bool:
        """Whether a final coding (``content``) of somebody who has coded for so many days is one of those it looks for."""
        grouping = content["grouping"]
        codes = [one["code"] for one in content["codes"]]
        return (
            (not self.drgs or grouping.get("drg", "") in self.drgs)
            and (not self.codes or any(one.startswith(self.codes) for one in codes))
            and (not self.min_weight or float(grouping.get("weight") or 0) >= self.min_weight)
            and (not self.single_driver or len(grouping.get("drivers", ())) == 1)
            and (not self.new_coder_days or days_coding <= self.new_coder_days)
        )


class Plan(Part, frozen=True, kw_only=True):
    """``weekdays``: 1 Monday to 7 Sunday (ISO 8601). ``back_days``: how old a final coding may be. The other days: to audit, to answer, to decide."""

    random_per_coder: int
    weekdays: tuple[int, ...]
    back_days: int
    audit_days: int
    reply_days: int
    ruling_days: int
    focuses: tuple[Focus, ...] = ()

    def __post_init__(self) -> None:
        names = [one.name for one in self.focuses]
        if len(names) != len(set(names)) or not set(self.weekdays) <= set(range(1, 8)):
            raise ValueError("weekdays are 1 to 7, and each focus has a name of its own")

    def is_on(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays


class ErrorType(Part, frozen=True, kw_only=True):
    """One kind of error, of these elements; ``topic`` is what is taught about it."""

    code: str
    name: str
    elements: tuple[Element, ...]
    severity: str
    topic: str = ""


class Errors(Part, frozen=True, kw_only=True):
    """The taxonomy, and the accuracy aimed at in per cent."""

    code_goal: float
    drg_goal: float
    types: tuple[ErrorType, ...]

    def __post_init__(self) -> None:
        codes = [one.code for one in self.types]
        lacking = [one.value for one in Element if not any(one in kind.elements for kind in self.types)]
        if len(codes) != len(set(codes)) or lacking:
            raise ValueError(f"each kind of error has a code of its own, and each element a kind: {', '.join(lacking)}")

    def of(self, element: Element) -> tuple[ErrorType, ...]:
        return tuple(one for one in self.types if element in one.elements)

    def named(self, code: str, element: Element) -> ErrorType | None:
        return next((one for one in self.of(element) if one.code == code), None)


def plan_of(book: RuleBook) -> tuple[RuleInForce, Plan] | None:
    """None where no plan is in force: nothing is drawn."""
    return _read(book, PLAN, Plan) if book.find(PLAN) else None


def errors_of(book: RuleBook) -> tuple[RuleInForce, Errors]:
    """Raises NotAllowedInState where none governs or it can't be read: nothing is judged without a taxonomy."""
    return _read(book, ERRORS, Errors)


def _read(book: RuleBook, code: str, kind: type[T]) -> tuple[RuleInForce, T]:
    rule = book.find(code)
    if rule is None:
        raise NotAllowedInState(
            f"No rule “{code}” is in force, so no coding can be audited.", remedy="Adopt it in the rule book."
        )
    try:
        return rule, msgspec.convert(rule.parameters, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise NotAllowedInState(
            f"Version {rule.number} of “{rule.title}” can't be read: {error}.", remedy="Propose a version that can be read."
        ) from error
