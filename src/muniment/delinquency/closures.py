"""Days a house does not count: its calendars, as each governed a day and as it was adopted by a moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

CALENDAR = "delinquency.calendar"  # the house's; a facility's own has its code behind a dot
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_SEARCH = 60  # days without one that is open: such a calendar closes nothing


class ClosedDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One day, what it is, and who says so."""

    day: date
    name: str
    source: str = ""


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``weekdays`` (ISO 8601: 1 is Monday) that never count, and single ``days``."""

    weekdays: tuple[int, ...] = ()
    days: tuple[ClosedDay, ...] = ()

    def __post_init__(self) -> None:
        if any(not 1 <= one <= 7 for one in self.weekdays) or len(set(self.weekdays)) > 6:
            raise ValueError("weekdays are numbers from 1 (Monday) to 7, and not all seven of them")
        if len({one.day for one in self.days}) < len(self.days):
            raise ValueError("a day stands there twice")


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that governs from ``begin`` until before ``end``, and since when it has been adopted.

    ``ends`` are the ends it was given one after the other, each with the time from which that was known (None: from the beginning).
    """

    begin: date
    end: date | None
    adopted_at: datetime | None
    ends: tuple[tuple[datetime | None, date | None], ...] = field(default=(), kw_only=True)

    def governs(self, day: date) -> bool:
        return self.begin <= day and (self.end is None or self.end > day)

    def known(self, moment: datetime) -> bool:
        return self.adopted_at is None or self.adopted_at <= moment

    def end_as_known(self, moment: datetime) -> date | None:
        """The end it had by what was known then: a rule that is vacated or superseded afterwards still governed that day."""
        told = [until for since, until in self.ends if since is None or since <= moment]
        return told[-1] if told else self.end


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class Edition(Dated):
    """A calendar with the days it governs."""

    said: Calendar


@dataclass(frozen=True, slots=True)
class Closed:
    """A day that did not count, by its name."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Closures:
    """The closed days of one facility as they were known at a moment: each day by the calendar that governs it, the last where two do."""

    editions: Sequence[Edition] = ()
    _found: dict[date, str] = field(default_factory=dict)

    def name(self, day: date) -> str:
        """What closes that day; "" where it counts."""
        if day not in self._found:
            self._found[day] = self._name(day)
        return self._found[day]

    def _name(self, day: date) -> str:
        edition = next((one for one in reversed(self.editions) if one.governs(day)), None)
        if edition is None:
            return ""
        special = next((one.name for one in edition.said.days if one.day == day), "")
        return special or (WEEKDAYS[day.weekday()] if day.isoweekday() in edition.said.weekdays else "")

    def between(self, first: date, last: date) -> list[Closed]:
        """The closed days from ``first`` to ``last``, both included."""
        span = (first + timedelta(days=number) for number in range((last - first).days + 1)) if self.editions else ()
        return [Closed(day, name) for day in span if (name := self.name(day))]

    def last_open(self, day: date) -> date:
        """The day itself where it counts, else the last before it that does."""
        found = (day - timedelta(days=back) for back in range(LONGEST_SEARCH))
        return next((one for one in found if not self.name(one)), day)


def as_known(editions: Sequence[D], moment: datetime) -> list[D]:
    """Those of one rule adopted by ``moment``, oldest first. An end that was set later was not known then."""
    return [replace(one, end=one.end_as_known(moment)) for one in editions if one.known(moment)]
