"""Delinquent charts at month ends and now, against discharges: as it was at each moment, computed from the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from muniment.delinquency import queries
from muniment.delinquency.parameters import Book
from muniment.delinquency.rules import Debt, debts
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status

MONTHS = 12
NOW = "now"
CLOCK = "delinquency.clock"


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
    counts = _discharges(facilities, rules, month_before(times[0].month, MONTHS), times[-1].month, zone)
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


@dataclass(frozen=True, slots=True)
class Span:
    """Days whose discharges one clock speaks of: of these classes (none: of all)."""

    begin: datetime
    end: datetime
    classes: tuple[str, ...]


def spans(rules: Book, month: date, zone: ZoneInfo, months: int = 1) -> list[Span]:
    """What was counted as a discharge in the ``months`` up to ``month``: each by the clocks as they were known at its end."""
    listed = [month_before(month, back) for back in range(months)]
    return [span for one in listed for span in _spans(rules, one, zone)]


def _spans(rules: Book, month: date, zone: ZoneInfo) -> list[Span]:
    after, found = month_before(month, -1), []
    for one in rules.known(CLOCK, _end(month, zone)):
        begin, end = max(one.begin, month), min(one.end or after, after)
        if begin < end:
            found.append(Span(_begin(begin, zone), _begin(end, zone), one.said.classes))
    return found


def discharges(facilities: Collection[UUID], counted: Sequence[Span]) -> QuerySet[Encounter]:
    """The stays that ended in these spans, of their classes (index encounter_discharges)."""
    found = Encounter.objects.filter(facility_id__in=facilities, status=Status.FINISHED)
    if not counted:
        return found.none()
    found = found.filter(
        discharged_at__gte=min(one.begin for one in counted), discharged_at__lt=max(one.end for one in counted)
    )
    return found.filter(reduce(or_, map(_within, counted)))


def _within(span: Span) -> Q:
    of_class = Q(class_code__in=span.classes) if span.classes else Q()
    return Q(discharged_at__gte=span.begin, discharged_at__lt=span.end) & of_class


def _discharges(facilities: Collection[UUID], rules: Book, since: date, until: date, zone: ZoneInfo) -> dict[date, int]:
    """How many in each month from ``since`` to ``until``. One query."""
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    found = discharges(facilities, spans(rules, until, zone, months))
    rows = found.annotate(month=TruncMonth("discharged_at", tzinfo=zone)).values("month").annotate(count=Count("id")).order_by()
    return {row["month"].date(): row["count"] for row in rows}
