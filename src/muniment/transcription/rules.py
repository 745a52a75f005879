"""From dictation to authentication: the steps whose turnaround is measured, and what the rule says of them. Pure.

A turnaround is elapsed time, in hours, nights and weekends included. It belongs to the month in which it ended, so a month that is
over changes only where a system tells late of what happened in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate

import msgspec

MONTHS = 12
RULE = "transcription.turnaround"
BANDS = ((24, "up to a day"), (72, "1–3 days"), (168, "3–7 days"), (720, "7–30 days"), (None, "over 30 days"))  # hours


class Step(StrEnum):
    TRANSCRIPTION = "transcription"
    AUTHENTICATION = "authentication"
    WHOLE = "whole"


class Group(StrEnum):
    """What figures are broken down by: a column of the table."""

    DOCUMENT = "code"
    SERVICE = "service"
    AUTHOR = "author_id"
    SOURCE = "source"


# From which time to which, as columns.
ENDS = {
    Step.TRANSCRIPTION: ("dictated_at", "transcribed_at"),
    Step.AUTHENTICATION: ("transcribed_at", "authenticated_at"),
    Step.WHOLE: ("dictated_at", "authenticated_at"),
}
WAITING = (Step.TRANSCRIPTION, Step.AUTHENTICATION)  # what a document can wait for


class Turnaround(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hours each step may take."""

    transcription: int
    authentication: int
    whole: int

    def hours(self, step: Step) -> int:
        found: int = getattr(self, step.value)
        return found


@dataclass(frozen=True, slots=True)
class Month:
    """A month by the clock of ``zone``."""

    first: date
    zone: tzinfo

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        return self.back(-1).begin

    def back(self, many: int) -> Month:
        count = self.first.year * 12 + self.first.month - 1 - many
        return Month(date(count // 12, count % 12 + 1, 1), self.zone)

    def end(self, now: datetime) -> datetime:
        """Its last moment, or now where it is not over."""
        return min(self.until - timedelta(microseconds=1), now)


def months(today: date, zone: tzinfo) -> list[Month]:
    """The twelve before this one and this one, oldest first."""
    this = Month(today.replace(day=1), zone)
    return [this.back(many) for many in range(MONTHS, -1, -1)]


@dataclass(frozen=True, slots=True)
class Spread:
    """How long turnarounds took: how many there are of each length, in tenths of an hour, begun ones in full.

    ``excluded`` ended too, but have no length. Spreads can be added up, which percentiles can't.
    """

    counts: Mapping[int, int] = field(default_factory=dict)
    excluded: int = 0

    @classmethod
    def together(cls, parts: Sequence[Spread]) -> Spread:
        counts: Counter[int] = Counter()
        for one in parts:
            counts.update(one.counts)
        return cls(counts, sum(one.excluded for one in parts))

    @property
    def counted(self) -> int:
        return sum(self.counts.values())

    def within(self, hours: int) -> int:
        """How many took no longer."""
        return sum(many for tenths, many in self.counts.items() if tenths <= hours * 10)

    def percentiles(self, *shares: int) -> list[float | None]:
        """In hours, each the value that many per cent of the way from the first to the last, between two neighbours interpolated (percentile_cont)."""
        lengths = sorted(self.counts)
        upto = list(accumulate(self.counts[one] for one in lengths))
        return [self._at(lengths, upto, share) if upto else None for share in shares]

    @staticmethod
    def _at(lengths: Sequence[int], upto: Sequence[int], share: int) -> float:
        place, rest = divmod((upto[-1] - 1) * share, 100)
        below, above = (lengths[bisect_right(upto, one)] for one in (place, place + bool(rest)))
        return (below + (above - below) * rest / 100) / 10
