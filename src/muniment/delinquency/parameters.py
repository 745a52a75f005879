"""What the rule book's delinquency rules say, read into types. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from muniment.delinquency.closures import CALENDAR, Calendar, Closures, Dated, Edition, as_known
from muniment.rulebook.rules import Ends, RuleInForce

MOST_LEVELS = 5


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``days`` a chart may take, for stays of these HL7 v3 ActEncounterCodes (none: all).

    ``counts``: every day of the calendar, or only working days, those that the facility's calendar does not close.
    """

    days: int
    counts: Literal["calendar", "working"] = "calendar"
    from_availability: bool = True
    classes: tuple[str, ...] = ()


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A letter: from which day on, its title and its choice of words."""

    day: int
    title: str
    wording: Literal["reminder", "warning", "final"] = "reminder"


class Letters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The levels, by day. ``closed_days``: a letter that falls due on a closed day is sent, or waits for the next that is open."""

    levels: tuple[Level, ...]
    closed_days: Literal["send", "wait"] = "send"

    def __post_init__(self) -> None:
        days = [one.day for one in self.levels]
        if not 1 <= len(days) <= MOST_LEVELS or days != sorted(set(days)):
            raise ValueError(f"there are one to {MOST_LEVELS} levels, each of a later day than the one before")


class Pauses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The kinds of absence that pause the clock, and how many days of one absence do."""

    kinds: tuple[Literal["leave", "illness"], ...]
    longest: int


class Suspending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which level; whether a second person decides; whether it ends by itself when nothing delinquent is left."""

    level: int
    approval: bool = True
    lifts: bool = True


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the average monthly discharges, in per cent."""

    percent: float


KINDS: dict[str, type[msgspec.Struct]] = {
    "delinquency.clock": Clock,
    "delinquency.letters": Letters,
    "delinquency.pauses": Pauses,
    "delinquency.suspension": Suspending,
    "delinquency.threshold": Threshold,
}


@dataclass(frozen=True, slots=True)
class Version(Dated):
    """A version of a rule with the days it governs, as it is read."""

    rule: RuleInForce
    said: Any


@dataclass(frozen=True, slots=True)
class Book:
    """Every adopted version of the delinquency rules. ``broken`` says which can't be read: they govern nothing.

    What is asked as of a moment is answered by the book as it was known then: what is adopted later changes no figure before it.
    Before any version of a rule was adopted, by the book as it stood when the first was.
    """

    versions: Sequence[Version] = ()
    broken: Sequence[str] = ()
    _found: dict[tuple[str, date, datetime | None], Version | None] = field(default_factory=dict)
    _known: dict[tuple[str, datetime | None], list[Version]] = field(default_factory=dict)
    _closures: dict[tuple[str, datetime], Closures] = field(default_factory=dict)

    def find(self, code: str, day: date, moment: datetime | None = None) -> Version | None:
        """The version of ``delinquency.{code}`` that governs on that day, as it was known at the moment (now)."""
        key = (f"delinquency.{code}", day, moment)
        if key not in self._found:
            fits = [one for one in self.known(key[0], moment) if one.governs(day)]
            self._found[key] = fits[-1] if fits else None
        return self._found[key]

    def known(self, code: str, moment: datetime | None) -> list[Version]:
        """The versions of a rule as they were known at the moment (now)."""
        key = (code, moment)
        if key not in self._known:
            found = [one for one in self.versions if one.rule.code == code]
            first = min((one.adopted_at for one in found if one.adopted_at), default=None)
            self._known[key] = as_known(found, max(moment, first)) if moment and first else found
        return self._known[key]

    def rule(self, code: str, day: date, moment: datetime | None = None) -> RuleInForce | None:
        found = self.find(code, day, moment)
        return found.rule if found else None

    def clock(self, day: date, class_code: str, moment: datetime | None = None) -> Clock | None:
        """The clock of a stay of that class discharged on that day; None where it has none."""
        found = self.find("clock", day, moment)
        if found is None or (found.said.classes and class_code not in found.said.classes):
            return None
        return found.said

    def levels(self, day: date) -> tuple[Level, ...]:
        found = self.find("letters", day)
        return found.said.levels if found else ()

    def letters_wait(self, day: date) -> bool:
        """Whether a letter that falls due on a closed day waits for the next that is open."""
        found = self.find("letters", day)
        return bool(found and found.said.closed_days == "wait")

    def closures(self, facility_code: str, moment: datetime) -> Closures:
        """The days a facility does not count, as they were known then: by its own calendar where it has one for a day, else the house's."""
        key = (facility_code, moment)
        if key not in self._closures:
            codes = dict.fromkeys([CALENDAR, calendar_code(facility_code)])
            self._closures[key] = Closures([one for code in codes for one in as_known(self._editions(code), moment)])
        return self._closures[key]

    def _editions(self, code: str) -> list[Edition]:
        found = [one for one in self.versions if one.rule.code == code]
        return [Edition(one.begin, one.end, one.adopted_at, one.said, ends=one.ends) for one in found]

    def longest(self, day: date, moment: datetime | None = None) -> dict[str, int]:
        """How many days of an absence of each kind pause the clock, by the rule of that day (the facility's), as it was known at the moment (now)."""
        found = self.find("pauses", day, moment)
        return dict.fromkeys(found.said.kinds, found.said.longest) if found else {}

    def suspending(self, day: date) -> Suspending | None:
        found = self.find("suspension", day)
        return found.said if found else None

    def threshold(self, day: date, moment: datetime | None = None) -> float | None:
        found = self.find("threshold", day, moment)
        return found.said.percent if found else None

    @property
    def shortest(self) -> int:
        """The fewest days any version's clock gives."""
        return min((one.said.days for one in self.versions if isinstance(one.said, Clock)), default=0)


def calendar_code(facility_code: str = "") -> str:
    """The code of a facility's calendar; of the house's, where none is named."""
    return f"{CALENDAR}.{facility_code.casefold()}" if facility_code else CALENDAR


def _kind(code: str) -> type[msgspec.Struct] | None:
    return Calendar if f"{code}.".startswith(f"{CALENDAR}.") else KINDS.get(code)


def read(rows: Sequence[tuple[date, date | None, RuleInForce, datetime | None, Ends]]) -> Book:
    """The book of these versions (from, until before, rule, adopted, the ends it was given), oldest first."""
    versions, broken = [], []
    for begin, end, rule, adopted_at, ends in rows:
        kind = _kind(rule.code)
        if kind is None:
            continue
        try:
            versions.append(Version(begin, end, adopted_at, rule, msgspec.convert(rule.parameters, kind), ends=ends))
        except (msgspec.ValidationError, ValueError) as error:
            broken.append(f"Version {rule.number} of “{rule.title}” can't be read: {error}.")
    return Book(versions, broken)
