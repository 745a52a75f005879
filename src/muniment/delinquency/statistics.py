"""Delinquent charts at month ends and now, against discharges: as it was at each moment, computed from the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from muniment.delinquency import queries
from muniment.delinquency.parameters import Book
from muniment.delinquency.rules import Debt, debts
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status

MONTHS = 12
NOW = "now"


@dataclass(frozen=True, slots=True)
class When:
    """A moment figures are of: the end of a month, or now. ``key`` is "2026-08" or "now"; ``month`` its first day."""

    key: str
    month: date
    moment: datetime

    @property
    def is_now(self) -> bool:
        return self.key == NOW


def month_before(month: date, back: int = 1) -> date:
    """The first day of the month so many months before (after, where negative)."""
    count = month.year * 12 + month.month - 1 - back
    return date(count // 12, count % 12 + 1, 1)


def moments(now: datetime, zone: ZoneInfo) -> list[When]:
    """The ends of the twelve months before this one, by the clock of ``zone``, and now; oldest first."""
    this = now.astimezone(zone).date().replace(day=1)
    ends = [month_before(this, back) for back in range(MONTHS, 0, -1)]
    return [*(When(f"{one:%Y-%m}", one, _end(one, zone)) for one in ends), When(NOW, this, now)]


def _end(month: date, zone: ZoneInfo) -> datetime:
    """The last moment of the month."""
    return _begin(month_before(month, -1), zone) - timedelta(microseconds=1)


def _begin(month: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(month, time(), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One line of the table. ``average`` is of the twelve months up to its own (now: the twelve before), fewer in a young house."""

    when: When
    delinquent: int
    discharges: int
    average: float
    months: int  # that the average is of

    @property
    def of_average(self) -> float | None:
        """In per cent."""
        return 100 * self.delinquent / self.average if self.average else None

    @property
    def of_month(self) -> float | None:
        """In per cent; none for a month that is not over."""
        return 100 * self.delinquent / self.discharges if self.discharges and not self.when.is_now else None


@dataclass(frozen=True, slots=True)
class History:
    """What was delinquent at each moment, oldest first."""

    at: Mapping[str, Sequence[Debt]]
    rows: Sequence[Figures]


def delinquent_at(facilities: Collection[UUID], rules: Book, times: Sequence[When]) -> dict[str, list[Debt]]:
    """What was delinquent at each of the moments. Two queries, however many they are."""
    rows = queries.owed(facilities, since=times[0].moment, days=rules.shortest)
    away = queries.pauses(rows)
    return {one.key: [debt for debt in debts(rows, away, one.moment, rules) if debt.age.delinquent] for one in times}


def history(facilities: Collection[UUID], rules: Book, times: Sequence[When], zone: ZoneInfo) -> History:
    """Three queries. Months before the house's first discharge are left out."""
    found = delinquent_at(facilities, rules, times)
    counts = _discharges(facilities, rules, month_before(times[0].month, MONTHS), zone)
    first = min(counts, default=times[-1].month)
    rows = [
        _figures(one, len(charts_of(found[one.key])), counts, first)
        for one in times
        if one.is_now or one.month >= first
    ]  # fmt: skip
    return History(found, rows)


def _figures(when: When, delinquent: int, counts: Mapping[date, int], first: date) -> Figures:
    latest = month_before(when.month) if when.is_now else when.month
    months = [one for one in (month_before(latest, back) for back in range(MONTHS)) if one >= first]
    average = sum(counts.get(one, 0) for one in months) / len(months) if months else 0.0
    return Figures(
        when=when, delinquent=delinquent, discharges=counts.get(when.month, 0), average=average, months=len(months)
    )  # fmt: skip


def charts_of(found: Iterable[Debt]) -> set[UUID]:
    return {one.owed.encounter_id for one in found}


def by(found: Iterable[Debt], what: Callable[[Debt], str]) -> list[tuple[str, int]]:
    """How many charts for each value of ``what``, most first. A chart counts once for each."""
    counted = Counter(name for name, _ in {(what(one), one.owed.encounter_id) for one in found})
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def discharges(facilities: Collection[UUID], rules: Book, month: date, zone: ZoneInfo, months: int = 1) -> QuerySet[Encounter]:
    """Stays of the clock's classes that ended in the ``months`` up to ``month`` (index encounter_discharges)."""
    begin, end = _begin(month_before(month, months - 1), zone), _begin(month_before(month, -1), zone)
    return _stays(facilities, rules).filter(discharged_at__gte=begin, discharged_at__lt=end)


def _stays(facilities: Collection[UUID], rules: Book) -> QuerySet[Encounter]:
    found = Encounter.objects.filter(facility_id__in=facilities, status=Status.FINISHED)
    return found.filter(class_code__in=rules.classes) if rules.classes else found


def _discharges(facilities: Collection[UUID], rules: Book, since: date, zone: ZoneInfo) -> dict[date, int]:
    """Stays of the clock's classes by the month they ended in. One query."""
    found = _stays(facilities, rules).filter(discharged_at__gte=_begin(since, zone))
    rows = found.annotate(month=TruncMonth("discharged_at", tzinfo=zone)).values("month").annotate(count=Count("id")).order_by()
    return {row["month"].date(): row["count"] for row in rows}
