"""Turnaround figures and the documents behind them, by SQL over the times of dictated documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import F, Q, QuerySet

from muniment.rulebook.queries import at
from muniment.rulebook.rules import RuleInForce
from muniment.transcription.models import DictatedDocument, KeptMonth
from muniment.transcription.rules import BANDS, ENDS, RULE, Group, Month, Spread, Step, Turnaround

MOST_GROUPS = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """The rule of a day and what it says; ``broken`` says why it can't be read."""

    rule: RuleInForce | None = None
    said: Turnaround | None = None
    broken: str = ""


def limits(day: date) -> Limits:
    """One query."""
    rule = at(day).find(RULE)
    if rule is None:
        return Limits()
    try:
        return Limits(rule, msgspec.convert(rule.parameters, Turnaround))
    except msgspec.ValidationError as error:
        return Limits(broken=f"Version {rule.number} of “{rule.title}” can't be read: {error}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one group or month: how many turnarounds, their median and 90th percentile in hours, and how many were in time.

    ``excluded`` ended then too, but began nobody knows when, or after their end.
    """

    key: str
    counted: int
    excluded: int
    median: float | None
    ninetieth: float | None
    within: int

    @property
    def share(self) -> float | None:
        """In per cent."""
        return 100 * self.within / self.counted if self.counted else None


# Lengths are counted in tenths of an hour, begun ones in full, as they are shown: what is kept of a month adds up to what is counted.
# Both are answered from the index of the step's end (dictated_transcribed, dictated_authenticated), which holds every column asked for.
_TENTHS = "ceil(date_part('epoch', {end} - {begin}) / 360)::int"
_ENDED = "FROM transcription_document WHERE facility_id = ANY(%(facilities)s) AND {end} >= %(since)s AND {end} < %(until)s"
_GROUPS = f"""
SELECT coalesce({{group}}::text, '') AS key, count(*) FILTER (WHERE {{end}} >= {{begin}}), count(*) FILTER (WHERE {{begin}} IS NULL OR {{end}} < {{begin}}),
  percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {_TENTHS}) FILTER (WHERE {{end}} >= {{begin}}),
  count(*) FILTER (WHERE {{end}} >= {{begin}} AND {_TENTHS} <= %(hours)s * 10)
{_ENDED} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
_SPREADS = f"""
SELECT facility_id, width_bucket({{end}}, %(begins)s::timestamptz[]), CASE WHEN {{end}} >= {{begin}} THEN {_TENTHS} END, count(*)
{_ENDED} GROUP BY 1, 2, 3
"""
Spreads = dict[tuple[Month, UUID], Spread]  # of each month at each facility


def by_month(facilities: Collection[UUID], step: Step, times: Sequence[Month], hours: int | None) -> dict[str, Figures]:
    """Month ("2026-03") → its figures. ``times`` follow on one another, oldest first. Two queries.

    Months that are kept are read; from the first that is not on, all are counted.
    """
    found = kept(facilities, step, times)
    lacking = [place for place, one in enumerate(times) if any((one, here) not in found for here in facilities)]
    if lacking:
        found |= spreads(facilities, step, times[lacking[0] :])
    return {one.key: _of(one.key, Spread.together([found[one, here] for here in facilities]), hours) for one in times}


def _of(key: str, spread: Spread, hours: int | None) -> Figures:
    median, ninetieth = spread.percentiles(50, 90)
    within = 0 if hours is None else spread.within(hours)
    return Figures(key=key, counted=spread.counted, excluded=spread.excluded, median=median, ninetieth=ninetieth, within=within)


def kept(facilities: Collection[UUID], step: Step, times: Sequence[Month]) -> Spreads:
    """Those of the months that are kept, by the clock of their zone (constraint month_kept_once). One query."""
    of = {one.first: one for one in times}
    found = KeptMonth.objects.filter(
        facility_id__in=facilities, step=step, zone=str(times[0].zone), month__gte=times[0].first, month__lte=times[-1].first
    )
    return {(of[row.month], row.facility_id): _spread(row) for row in found}


def _spread(row: KeptMonth) -> Spread:
    return Spread(dict(zip(row.tenths, row.counts, strict=True)), row.excluded)


def spreads(facilities: Collection[UUID], step: Step, times: Sequence[Month]) -> Spreads:
    """Every month at every facility, counted. ``times`` follow on one another. One query."""
    begin, end = ENDS[step]
    asked: dict[str, Any] = {
        "facilities": list(facilities), "since": times[0].begin, "until": times[-1].until, "begins": [one.begin for one in times],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SPREADS.format(begin=begin, end=end), asked)
        rows = cursor.fetchall()
    found: dict[tuple[Month, UUID], dict[int | None, int]] = {(one, here): {} for one in times for here in facilities}
    for facility, place, tenths, many in rows:
        found[times[place - 1], facility][tenths] = many
    return {
        key: Spread({one: many for one, many in counts.items() if one is not None}, counts.get(None, 0))
        for key, counts in found.items()
    }


def by_group(facilities: Collection[UUID], step: Step, group: Group, month: Month, hours: int | None) -> list[Figures]:
    """The fifty with most turnarounds. One query."""
    begin, end = ENDS[step]
    asked: dict[str, Any] = {
        "facilities": list(facilities), "since": month.begin, "until": month.until, "hours": -1 if hours is None else hours, "most": MOST_GROUPS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(group=group.value, begin=begin, end=end), asked)
        return [_figure(*row) for row in cursor.fetchall()]


def _figure(key: str, counted: int, excluded: int, middle: list[float] | None, within: int) -> Figures:
    median, ninetieth = (one / 10 for one in middle) if middle else (None, None)
    return Figures(key=key, counted=counted, excluded=excluded, median=median, ninetieth=ninetieth, within=within)


# What waited at a moment: by the time it began to wait (dictated_waiting), and what has ended since (the indexes of the ends).
_AGES = """
SELECT width_bucket(date_part('epoch', %(moment)s - {begin}) / 3600, %(bands)s::float8[]), count(*)
FROM transcription_document
WHERE facility_id = ANY(%(facilities)s) AND {begin} <= %(moment)s AND {waits} GROUP BY 1
"""
_WAITS = {
    Step.TRANSCRIPTION: "(transcribed_at IS NULL OR transcribed_at > %(moment)s) AND (authenticated_at IS NULL OR authenticated_at > %(moment)s)",
    Step.AUTHENTICATION: "(authenticated_at IS NULL OR authenticated_at > %(moment)s)",
}


def ages(facilities: Collection[UUID], step: Step, moment: datetime) -> list[int]:
    """How many documents waited for ``step`` at ``moment``, for each of ``BANDS``. One query."""
    asked: dict[str, Any] = {"facilities": list(facilities), "moment": moment, "bands": [hours for hours, _ in BANDS if hours]}
    with connection.cursor() as cursor:
        cursor.execute(_AGES.format(begin=ENDS[step][0], waits=_WAITS[step]), asked)
        counted: dict[int, int] = dict(cursor.fetchall())
    return [counted.get(place, 0) for place in range(len(BANDS))]


def ended(facilities: Collection[UUID], step: Step, month: Month) -> QuerySet[DictatedDocument]:
    """The turnarounds of a month that count, for their list."""
    begin, end = ENDS[step]
    found = DictatedDocument.objects.filter(
        facility_id__in=facilities, **{f"{end}__gte": month.begin, f"{end}__lt": month.until}
    )
    return found.filter(**{f"{begin}__lte": F(end)})


def excluded(facilities: Collection[UUID], step: Step, month: Month) -> QuerySet[DictatedDocument]:
    """What ended in the month and can't be counted."""
    begin, end = ENDS[step]
    found = DictatedDocument.objects.filter(
        facility_id__in=facilities, **{f"{end}__gte": month.begin, f"{end}__lt": month.until}
    )
    return found.filter(Q(**{begin: None}) | Q(**{f"{begin}__gt": F(end)}))


def waiting(facilities: Collection[UUID], step: Step, moment: datetime) -> QuerySet[DictatedDocument]:
    """What waited for ``step`` at ``moment``."""
    begin, end = ENDS[step]
    found = DictatedDocument.objects.filter(facility_id__in=facilities, **{f"{begin}__lte": moment})
    for name in dict.fromkeys((end, "authenticated_at")):
        found = found.filter(Q(**{name: None}) | Q(**{f"{name}__gt": moment}))
    return found


_NAMES = """
SELECT wanted.code, (SELECT name FROM transcription_document AS one WHERE one.code = wanted.code LIMIT 1)
FROM unnest(%s::text[]) AS wanted (code)
"""


def document_names(codes: Collection[str]) -> dict[str, str]:
    """A name for each code of a document: that of any of them (index dictated_named). One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [list(codes)])
        return {code: name or "" for code, name in cursor.fetchall()}
