"""What the rule book says of open-record review, read into types: a version that can't be read is named, never guessed at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from muniment.openreview.rules import PLAN, WORKSHEET
from muniment.openreview.sampling import Quota
from muniment.rulebook.rules import RuleInForce, Term


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base: fields the rule does not know are refused."""


class Stratum(Part, frozen=True, kw_only=True):
    """A part of the open stays with a quota of its own. ``facilities`` are codes, ``classes`` HL7 v3 ActEncounterCodes; empty: all."""

    name: str
    facilities: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    count: int = 0  # stays a period
    percent: float = 0.0  # of the open stays seen in the period

    def __post_init__(self) -> None:
        if self.count < 0 or not 0 <= self.percent <= 100 or not (self.count or self.percent):
            raise ValueError(f"stratum “{self.name}” needs a count above 0 or a percent up to 100")

    @property
    def quota(self) -> Quota:
        return Quota(self.count, self.percent)

    def speaks_of(self, facility: str) -> bool:
        return not self.facilities or facility in self.facilities


class Plan(Part, frozen=True, kw_only=True):
    """How many open stays are reviewed. ``min_hours``: how long a stay must have lasted; ``days_after_discharge``: how long after
    its end it still counts as open; ``except_flags``: flags of patients who are left out."""

    period: Literal["week", "month"]
    strata: tuple[Stratum, ...]
    min_hours: int = 24
    days_after_discharge: int = 0
    except_flags: tuple[str, ...] = ("test",)
    due_days: int = 3  # from the draw

    def __post_init__(self) -> None:
        names = [one.name for one in self.strata]
        if not names or len(names) != len(set(names)):
            raise ValueError("a plan has strata, each with a name of its own")


class DocumentCheck(Part, frozen=True, kw_only=True):
    """A document that a rule of chart analysis asks of the stay is there; ``timely``: within that rule's clock."""

    rule: str
    timely: bool = False
    sections: bool = False
    signed: bool = False


class VerbalOrdersCheck(Part, frozen=True, kw_only=True):
    """Orders given by word of mouth were authenticated within the clock of completion.verbal-orders."""


class UnsignedCheck(Part, frozen=True, kw_only=True):
    """No document of the stay waits for a signature longer than so many hours from when it was filed."""

    hours: int


class DailyNotesCheck(Part, frozen=True, kw_only=True):
    """Each whole day of the stay after the day of admission has a document of one of these codes (LOINC)."""

    codes: tuple[str, ...]


class AllergiesCheck(Part, frozen=True, kw_only=True):
    """The patient has an allergy entry (one that says "none known" is one), or a document of the stay has such a section."""

    headings: tuple[str, ...] = ("allergies",)


class CopiedCheck(Part, frozen=True, kw_only=True):
    """No note of the stay is copied from an earlier one, by the rule qualitative.copied."""


Check = DocumentCheck | VerbalOrdersCheck | UnsignedCheck | DailyNotesCheck | AllergiesCheck | CopiedCheck
CHECKS: dict[str, type[Check]] = {
    "document": DocumentCheck, "verbal-orders": VerbalOrdersCheck, "unsigned": UnsignedCheck, "daily-notes": DailyNotesCheck,
    "allergies": AllergiesCheck, "copied": CopiedCheck,
}  # fmt: skip


PARTS = ("rule", "timely", "sections", "signed", "hours", "codes", "headings")  # what checks take
NEEDED = ("rule", "hours", "codes")


class Question(Part, frozen=True, kw_only=True):
    """One line of the worksheet. ``threshold`` is the compliance aimed at, in per cent; ``mend``: who can mend what is found while
    the patient is in the house (the attending, the author of the entry, the records department; "" for nobody).

    ``answered_by`` names the check that the record answers it by, "" where a person does; what that check takes stands beside it.
    """

    code: str
    section: str
    text: str
    citation: str = ""
    threshold: float = 90.0
    classes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    min_hours: int = 0
    mend: Literal["attending", "author", "records", ""] = ""
    answered_by: Literal["", "document", "verbal-orders", "unsigned", "daily-notes", "allergies", "copied"] = ""
    rule: str = ""
    timely: bool = False
    sections: bool = False
    signed: bool = False
    hours: int = 0
    codes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        asked = CHECKS[self.answered_by].__struct_fields__ if self.answered_by else ()
        beside = sorted(name for name in PARTS if name not in asked and getattr(self, name))
        if beside:
            raise ValueError(f"question “{self.code}” says {', '.join(beside)}, which its check does not take")
        lacking = sorted(name for name in NEEDED if name in asked and not getattr(self, name))
        if lacking:
            raise ValueError(f"question “{self.code}” does not say {', '.join(lacking)}")

    @property
    def check(self) -> Check | None:
        """What the record is asked; None where a person looks."""
        if not self.answered_by:
            return None
        kind = CHECKS[self.answered_by]
        said = {name: getattr(self, name) for name in kind.__struct_fields__}
        return kind(**{name: value for name, value in said.items() if value})

    def asked_of(self, class_code: str, service: str, hours: float) -> bool:
        return (
            (not self.classes or class_code in self.classes)
            and (not self.services or service in self.services)
            and hours >= self.min_hours
        )


class Worksheet(Part, frozen=True, kw_only=True):
    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        codes = [one.code for one in self.questions]
        if not codes or len(codes) != len(set(codes)):
            raise ValueError("a worksheet has questions, each with a code of its own")

    def question(self, code: str) -> Question | None:
        return next((one for one in self.questions if one.code == code), None)


def hours_between(begin: datetime | None, end: datetime) -> float:
    return (end - begin) / timedelta(hours=1) if begin else 0.0


@dataclass(frozen=True, slots=True)
class Version:
    """An adopted version from ``begin`` until before ``end``."""

    begin: date
    end: date | None
    rule: RuleInForce
    plan: Plan | None = None
    worksheet: Worksheet | None = None

    def governs(self, day: date) -> bool:
        return self.begin <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Book:
    """Every adopted version of both rules. ``broken`` are sentences about those that can't be read: they govern nothing."""

    versions: Sequence[Version] = ()
    broken: Sequence[str] = ()

    def plan(self, day: date) -> Version | None:
        return self._on(day, PLAN)

    def worksheet(self, day: date) -> Version | None:
        return self._on(day, WORKSHEET)

    def numbered(self, number: int) -> Version | None:
        """The worksheet of that version, whenever it governs: a review keeps the one it was begun by."""
        return next((one for one in self.versions if one.worksheet and one.rule.number == number), None)

    def questions(self) -> dict[str, Question]:
        """Every question ever asked, by its code, as it was worded last."""
        return {one.code: one for version in self.versions if version.worksheet for one in version.worksheet.questions}

    def _on(self, day: date, code: str) -> Version | None:
        fits = [one for one in self.versions if one.rule.code == code and one.governs(day)]
        return fits[-1] if fits else None


TYPES: dict[str, type[Plan] | type[Worksheet]] = {PLAN: Plan, WORKSHEET: Worksheet}


def read(terms: Sequence[Term]) -> Book:
    """The book of these terms, oldest version first."""
    versions, broken = [], []
    for term in terms:
        rule, kind = term.rule, TYPES.get(term.rule.code)
        if kind is None:
            broken.append(f"There is no rule “{rule.code}” of open-record review.")
            continue
        try:
            found = msgspec.convert(rule.parameters, kind)
        except (msgspec.ValidationError, ValueError) as error:
            broken.append(f"Version {rule.number} of “{rule.title}” can't be read: {error}.")
            continue
        versions.append(Version(
            term.effective_from, term.effective_to, rule, plan=found if isinstance(found, Plan) else None,
            worksheet=found if isinstance(found, Worksheet) else None,
        ))  # fmt: skip
    return Book(tuple(versions), tuple(broken))
