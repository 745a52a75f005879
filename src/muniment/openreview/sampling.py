"""Which stays are drawn: periods, how many by when, and the order of the lot. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Literal
from uuid import UUID

from muniment.kernel import lots
from muniment.kernel.lots import in_order as in_order

Kind = Literal["week", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """A week (Monday to Sunday, ISO 8601) or a month; ``begin`` and ``last`` are days of the facility's calendar."""

    key: str
    begin: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.begin).days + 1

    def place(self, day: date) -> int:
        """The number of a day in it, from 1."""
        return min(max((day - self.begin).days + 1, 1), self.days)


def period_of(day: date, kind: Kind) -> Period:
    if kind == "week":
        begin = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Period(f"{year}-W{week:02}", begin, begin + timedelta(days=6))
    begin = day.replace(day=1)
    after = (begin + timedelta(days=32)).replace(day=1)
    return Period(f"{day:%Y-%m}", begin, after - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Quota:
    """What the plan asks of a period: a number of stays, or a share of those seen in per cent; the larger where both are given."""

    count: int = 0
    percent: float = 0.0

    def required(self, seen: int) -> int:
        """Of the whole period, by the stays it has seen."""
        return max(self.count, _share(self.percent, seen))

    def target(self, seen: int, period: Period, day: date) -> int:
        """By the end of ``day``: a count is spread over the days of the period, a share follows the stays seen so far."""
        spread = ceil(self.count * period.place(day) / period.days)
        return max(spread, _share(self.percent, seen))


def _share(percent: float, seen: int) -> int:
    """Rounded up: a tenth of eleven stays are two."""
    return ceil(round(percent * seen / 100, 9))


def seed(key: bytes, facility: str, stratum: str, day: date) -> bytes:
    """The seed of one stratum's draw of one day: nobody without the installation's key can foresee it or choose another."""
    return lots.seed(key, "open-record review", facility, stratum, day.isoformat())


@dataclass(frozen=True, slots=True)
class Lot:
    """One draw. ``short``: how many the period lacks, by this day, because there was nobody left to draw."""

    drawn: tuple[UUID, ...]
    seen: int
    required: int
    target: int
    have: int  # with those drawn now

    @property
    def short(self) -> int:
        return max(0, self.target - self.have)


def draw(
    quota: Quota, period: Period, day: date, drawing: bytes, *, population: Collection[UUID], seen: int, chosen: Collection[UUID], counted: int
) -> Lot:  # fmt: skip
    """Draw from ``population`` without those that are ``chosen`` in the period already. ``counted`` of the chosen count for the plan."""
    target = quota.target(seen, period, day)
    free = [one for one in population if one not in set(chosen)]
    drawn = in_order(drawing, free)[: max(0, target - counted)]
    return Lot(tuple(drawn), seen, quota.required(seen), target, counted + len(drawn))
