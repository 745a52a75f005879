"""The figures of open-record review: counted from draws and answers, for a month that is over as for this one so far; none is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncMonth

from muniment.delinquency.statistics import When, month_before
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.openreview.models import Draw, GivenAnswer, Review
from muniment.openreview.parameters import Plan
from muniment.openreview.rules import Answer, Origin, percent

GROUPS = {"question": "question", "section": "section", "service": "service", "unit": "unit", "facility": "facility__name"}


@dataclass(frozen=True, slots=True)
class Counted:
    """Answers of one thing: a question, a section, a service. ``name`` is its key."""

    name: str
    yes: int
    no: int
    na: int

    @property
    def asked(self) -> int:
        return self.yes + self.no

    @property
    def percent(self) -> float | None:
        return percent(self.yes, self.no)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the plan of one period was kept by one stratum. ``finished`` of those drawn."""

    draw: Draw  # the last of the period
    asked: int  # of the whole period; by its last draw, while it runs
    finished: int
    left_out: int

    @property
    def lacking(self) -> int:
        """Reviews the period wants: never drawn, left out, or not finished."""
        return max(0, self.asked - self.finished)


@dataclass(frozen=True, slots=True)
class Share:
    of: int
    reviewed: int

    @property
    def percent(self) -> float | None:
        return 100 * self.reviewed / self.of if self.of else None


def begin_of(month: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(month, time(), zone)


def answers(facilities: Collection[UUID], when: When, zone: ZoneInfo, *, focused: bool = False) -> QuerySet[GivenAnswer]:
    """Answers of drawn reviews finished in the month, up to the moment (index answer_by_time). ``focused``: of the others."""
    found = GivenAnswer.objects.filter(
        facility_id__in=facilities, finished_at__gte=begin_of(when.month, zone), finished_at__lte=when.moment
    )
    return found.filter(origin=Origin.FOCUSED if focused else Origin.DRAWN)


def counted(found: QuerySet[GivenAnswer], by: str) -> list[Counted]:
    """Yes, no and not applicable by one thing of ``GROUPS``. One query."""
    name = GROUPS[by]
    rows = found.order_by().values(name).annotate(**_tallies()).order_by(name)
    return [Counted(row[name], row["yes"], row["no"], row["na"]) for row in rows]


def _tallies() -> dict[str, Count]:
    return {one.value: Count("id", filter=Q(answer=one.value)) for one in Answer}


def whole(found: QuerySet[GivenAnswer]) -> Counted:
    row = found.order_by().aggregate(**_tallies())
    return Counted("", row["yes"], row["no"], row["na"])


def trend(facilities: Collection[UUID], times: Sequence[When], zone: ZoneInfo, question: str = "") -> dict[date, Counted]:
    """By month of finishing, all questions or one. One query."""
    found = GivenAnswer.objects.filter(
        facility_id__in=facilities,
        origin=Origin.DRAWN,
        finished_at__gte=begin_of(times[0].month, zone),
        finished_at__lte=times[-1].moment,
    )
    if question:
        found = found.filter(question=question)
    dated = found.order_by().annotate(month=TruncMonth("finished_at", tzinfo=zone))
    rows: Any = dated.values("month").annotate(**_tallies())
    return {row["month"].date(): Counted("", row["yes"], row["no"], row["na"]) for row in rows}


def kept(facilities: Collection[UUID], when: When, zone: ZoneInfo) -> list[Kept]:
    """The periods that began in the month, with how the plan was kept as known at the moment. Two queries."""
    day = when.moment.astimezone(zone).date()
    begun = Draw.objects.filter(
        facility_id__in=facilities, begin__gte=when.month, begin__lt=month_before(when.month, -1), made_at__lte=when.moment
    ).select_related("facility")
    draws = list(begun.order_by("facility_id", "stratum", "period", "-day").distinct("facility_id", "stratum", "period"))
    found = Review.objects.filter(
        facility_id__in=facilities, origin=Origin.DRAWN, period__in={one.period for one in draws}, chosen_at__lte=when.moment
    )
    done = found.order_by().values("facility_id", "stratum", "period").annotate(
        finished=Count("id", filter=Q(finished_at__lte=when.moment)), left=Count("id", filter=Q(left_out_at__lte=when.moment))
    )  # fmt: skip
    counts = {(row["facility_id"], row["stratum"], row["period"]): (row["finished"], row["left"]) for row in done}
    rows = [
        Kept(
            one,
            one.target if one.last >= day else one.required,
            *counts.get((one.facility_id, one.stratum, one.period), (0, 0)),
        )
        for one in draws
    ]
    return sorted(rows, key=lambda one: (one.draw.begin, one.draw.facility.name, one.draw.stratum))


_STAYS = """
WITH seen AS (
  SELECT DISTINCT unnest(population) AS id FROM openreview_draw
  WHERE facility_id = ANY(%(facilities)s) AND day >= %(month)s AND day < %(after)s AND made_at <= %(moment)s
)
SELECT seen.id, EXISTS (
  SELECT FROM openreview_review AS review WHERE review.encounter_id = seen.id AND review.finished_at <= %(moment)s
) FROM seen ORDER BY seen.id
"""


def open_stays(facilities: Collection[UUID], when: When) -> list[tuple[UUID, bool]]:
    """The stays that the draws of the month saw open, each with whether a review of it was finished by the moment. One query."""
    asked: dict[str, Any] = {
        "facilities": list(facilities),
        "month": when.month,
        "after": month_before(when.month, -1),
        "moment": when.moment,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, asked)
        return cursor.fetchall()


def share(rows: Sequence[tuple[UUID, bool]]) -> Share:
    return Share(len(rows), sum(reviewed for _, reviewed in rows))


def discharges(facilities: Collection[UUID], when: When, zone: ZoneInfo, plan: Plan | None) -> list[tuple[UUID, bool]]:
    """Stays of the plan's classes that ended in the month, each with whether its record was reviewed. Two queries."""
    if plan is None:
        return []
    end = min(when.moment, begin_of(month_before(when.month, -1), zone))
    found = Encounter.objects.filter(facility_id__in=facilities, status=Status.FINISHED)
    found = found.filter(discharged_at__gte=begin_of(when.month, zone), discharged_at__lte=end)
    if all(stratum.classes for stratum in plan.strata):
        found = found.filter(class_code__in={one for stratum in plan.strata for one in stratum.classes})
    ids = list(found.order_by("id").values_list("id", flat=True))
    done = Review.objects.filter(encounter_id__in=ids, finished_at__lte=when.moment)
    reviewed = set(done.values_list("encounter_id", flat=True))
    return [(one, one in reviewed) for one in ids]


def words_of(found: QuerySet[GivenAnswer]) -> dict[str, tuple[str, str]]:
    """Each question's section and wording, as it was asked last. One query."""
    rows: Any = found.order_by().values("question").annotate(section=Min("section"), text=Max("text"))
    return {row["question"]: (row["section"], row["text"]) for row in rows}
