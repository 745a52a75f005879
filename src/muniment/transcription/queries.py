"""Turnaround figures and the documents behind them, by SQL over the times of dictated documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import F, Q, QuerySet

from muniment.rulebook.queries import at
from muniment.rulebook.rules import RuleInForce
from muniment.transcription.models import DictatedDocument
from muniment.transcription.rules import BANDS, ENDS, RULE, Group, Month, Step, Turnaround, percentile

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


# Counted by tenths of an hour, so that nothing is sorted but the tenths that occur. A percentile lies between the values at the two
# places beside its own, as percentile_cont has it: both are fetched. Answered from the index of the step's end
# (dictated_transcribed, dictated_authenticated), which holds every column asked for.
_FIGURES = """
WITH tenth AS (
  SELECT {what} AS key, CASE WHEN {end} >= {begin} THEN ceil(date_part('epoch', {end} - {begin}) / 360)::int END AS tenths, count(*) AS many
  FROM transcription_document
  WHERE facility_id = ANY(%(facilities)s) AND {end} >= %(since)s AND {end} < %(until)s
  GROUP BY 1, 2
), counted AS (
  SELECT key, tenths, many, sum(many) OVER (PARTITION BY key ORDER BY tenths) AS upto,
    (sum(many) FILTER (WHERE tenths IS NOT NULL) OVER (PARTITION BY key) - 1)::bigint AS last
  FROM tenth
)
SELECT key, coalesce(max(last) + 1, 0), coalesce(sum(many) FILTER (WHERE tenths IS NULL), 0)::bigint,
  min(tenths) FILTER (WHERE upto > last * 5 / 10), min(tenths) FILTER (WHERE upto > (last * 5 + 9) / 10),
  min(tenths) FILTER (WHERE upto > last * 9 / 10), min(tenths) FILTER (WHERE upto > (last * 9 + 9) / 10),
  coalesce(sum(many) FILTER (WHERE tenths <= %(hours)s * 10), 0)::bigint
FROM counted GROUP BY key ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
_MONTH = "width_bucket({end}, %(begins)s::timestamptz[])"


def by_month(facilities: Collection[UUID], step: Step, times: Sequence[Month], hours: int | None) -> dict[str, Figures]:
    """Month ("2026-03") → its figures; a month without any is not there. ``times`` follow on one another. One query."""
    what, begins = _MONTH.format(end=ENDS[step][1]), [one.begin for one in times]
    found = _figures(facilities, step, what, times[0].begin, times[-1].until, hours, begins)
    keys = {str(place): one.key for place, one in enumerate(times, 1)}
    return {keys[one.key]: replace(one, key=keys[one.key]) for one in found}


def by_group(facilities: Collection[UUID], step: Step, group: Group, month: Month, hours: int | None) -> list[Figures]:
    """The fifty with most turnarounds. One query."""
    return _figures(facilities, step, f"coalesce({group.value}::text, '')", month.begin, month.until, hours)


def _figures(
    facilities: Collection[UUID], step: Step, what: str, since: datetime, until: datetime, hours: int | None, begins: Sequence[datetime] = ()
) -> list[Figures]:
    begin, end = ENDS[step]
    asked: dict[str, Any] = {
        "facilities": list(facilities), "since": since, "until": until, "hours": -1 if hours is None else hours, "most": MOST_GROUPS,
        "begins": list(begins),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES.format(what=what, begin=begin, end=end), asked)
        return [_figure(*row) for row in cursor.fetchall()]


def _figure(key: str | int, counted: int, excluded: int, *around: int | None) -> Figures:
    *places, within = around
    median, ninetieth = (percentile(share, counted, *places[at : at + 2]) for share, at in ((5, 0), (9, 2)))
    return Figures(key=str(key), counted=counted, excluded=excluded, median=median, ninetieth=ninetieth, within=within or 0)


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
