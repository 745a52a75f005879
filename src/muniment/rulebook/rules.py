"""A rule's life and when it governs. Pure; the diagram in the docs is drawn from TRANSITIONS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from muniment.kernel.errors import Refused


class Status(StrEnum):
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    STAYED = "stayed"
    VACATED = "vacated"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class SourceKind(StrEnum):
    LAW = "law"
    ACCREDITATION = "accreditation"
    STATE = "state law"
    HOUSE = "house policy"


TRANSITIONS: dict[tuple[Status, str], Status] = {
    (Status.PROPOSED, "adopt"): Status.ADOPTED,
    (Status.PROPOSED, "withdraw"): Status.WITHDRAWN,
    (Status.ADOPTED, "supersede"): Status.SUPERSEDED,
    (Status.ADOPTED, "stay"): Status.STAYED,
    (Status.ADOPTED, "vacate"): Status.VACATED,
    (Status.STAYED, "vacate"): Status.VACATED,
}


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule as it governs on one day: what code reads, and what the reader is shown beside the answer."""

    code: str
    number: int
    title: str
    statement: str
    citation: str
    source_kind: str
    verified: bool
    effective_from: date
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def cited(self) -> str:
        """The citation as it is shown: "unverified" where nobody has read the primary text."""
        return self.citation if self.verified else f"{self.citation} (unverified)"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules that govern on ``day``."""

    day: date
    rules: dict[str, RuleInForce]

    def find(self, code: str) -> RuleInForce | None:
        return self.rules.get(code)

    def __getitem__(self, code: str) -> RuleInForce:
        """The rule in force. Raises LookupError with a sentence when none was adopted for that day."""
        found = self.rules.get(code)
        if found is None:
            raise LookupError(f"No rule “{code}” is in force on {self.day.isoformat()}.")
        return found

    def area(self, prefix: str) -> list[RuleInForce]:
        """Every rule whose code begins with ``prefix`` and a dot, by code."""
        return [rule for code, rule in sorted(self.rules.items()) if code.startswith(prefix + ".")]


class Dated(Protocol):
    """A version of a rule: its number and the days it governs, ``effective_to`` being the first it no longer does."""

    @property
    def number(self) -> int: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...


D = TypeVar("D", bound=Dated)
Ends = tuple[tuple[datetime | None, date | None], ...]  # each end a version was given, and the time from which that was known


def with_end(ends: list[list[str]], before: date | None, until: date, at: datetime) -> list[list[str]]:
    """The ends as they are kept, and one more: [known from, until], as text; before the first it ended on ``before``, known from the beginning."""
    begun = ends or [["", before.isoformat() if before else ""]]
    return [*begun, [at.isoformat(), until.isoformat()]]


def read_ends(ends: list[list[str]]) -> Ends:
    """What ``with_end`` kept."""
    return tuple(
        (datetime.fromisoformat(at) if at else None, date.fromisoformat(until) if until else None) for at, until in ends
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A rule with the end of its time."""

    rule: RuleInForce
    effective_to: date | None = None

    @property
    def number(self) -> int:
        return self.rule.number

    @property
    def effective_from(self) -> date:
        return self.rule.effective_from

    def governs(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or self.effective_to > day)


def ended_by(new: Dated, adopted: Iterable[D]) -> list[D]:
    """Those of a rule's adopted versions that end on the first day of ``new``. Raises Refused where one begins while ``new`` governs."""
    begin, until = new.effective_from, new.effective_to
    found = [one for one in adopted if one.effective_to is None or one.effective_to > begin]
    later = next((one for one in found if one.effective_from > begin and (until is None or one.effective_from < until)), None)
    if later:
        raise Refused(
            f"Version {later.number} already governs from {later.effective_from}.",
            remedy="Propose this one with an end on that day, or begin it later.",
        )
    return [one for one in found if one.effective_from <= begin]


def ends_for_good(new: Dated, adopted: Iterable[D]) -> D | None:
    """The version that ends on the first day of ``new`` and would have gone on governing when ``new`` has ended itself; None where none would."""
    until = new.effective_to
    if until is None:
        return None
    others = list(adopted)
    if any(one.effective_from == until for one in others):
        return None
    going_on = (one for one in others if one.effective_from <= new.effective_from)
    return next((one for one in going_on if one.effective_to is None or one.effective_to > until), None)


def with_adopted(terms: Iterable[Term], new: Term) -> list[Term]:
    """The terms as adopting ``new`` would leave them. Raises Refused where it could not be adopted beside them."""
    terms = list(terms)
    ended = ended_by(new, (one for one in terms if one.rule.code == new.rule.code))
    return [replace(one, effective_to=new.effective_from) if one in ended else one for one in terms] + [new]
