"""From dictation to authentication: the steps whose turnaround is measured, and what the rule says of them. Pure.

A turnaround is elapsed time, in hours, nights and weekends included. It belongs to the month in which it ended, so a month that is
over changes only where a system tells late of what happened in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

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


def percentile(share: int, counted: int, below: int | None, above: int | None) -> float | None:
    """In hours, of values in tenths of an hour: ``share`` tenths of the way from the first of ``counted`` to the last.

    ``below`` and ``above`` are the values at the two places beside it; between them it is interpolated.
    """
    if below is None or above is None:
        return None
    return (below + (above - below) * ((counted - 1) * share % 10) / 10) / 10
