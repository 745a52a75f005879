"""Reads of open-record review: what is open, what the plan asks today, reviews, findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.kernel.errors import Refused
from muniment.openreview import parameters, permissions
from muniment.openreview.models import Draw, GivenAnswer, OpenFinding, Review
from muniment.openreview.parameters import Book, Plan, Question, Stratum, Version, hours_between
from muniment.openreview.rules import AREA, UNSETTLED, Origin, ReviewState
from muniment.openreview.sampling import Period
from muniment.rulebook.queries import edition, terms

NOTHING = "There is nothing here that you may see."
ELSEWHERE = "If you followed a link, it may belong to another facility."


@lru_cache(maxsize=1)
def _of_edition(edition: str) -> Book:
    return parameters.read(terms(AREA))


def book() -> Book:
    """Both rules' adopted versions, read once for each edition of the book."""
    return _of_edition(edition(AREA))


def today_at(facility: Facility) -> date:
    return clock.now().astimezone(ZoneInfo(facility.zone)).date()


def open_stays(facility: Facility, plan: Plan, stratum: Stratum) -> QuerySet[Encounter]:
    """The stays of a stratum now: begun long enough ago, and not over, or over for less than the plan says.

    Asked by times and not by status, so that the same question can be asked of a moment that is past (indexes encounter_in_house,
    encounter_discharges).
    """
    now = clock.now()
    still = Q(discharged_at__isnull=True, status=Status.IN_PROGRESS)
    lately = Q(discharged_at__gt=now - timedelta(days=plan.days_after_discharge))
    found = Encounter.objects.filter(still | lately, facility=facility, admitted_at__lte=now - timedelta(hours=plan.min_hours))
    found = found.exclude(status__in=[Status.CANCELLED, Status.PLANNED])
    if stratum.classes:
        found = found.filter(class_code__in=stratum.classes)
    if stratum.services:
        found = found.filter(service__in=stratum.services)
    for flag in plan.except_flags:
        found = found.exclude(patient__flags__contains=[flag])
    return found.order_by("id")


_SEEN = """
SELECT count(DISTINCT stay) FROM (
  SELECT unnest(population) AS stay FROM openreview_draw WHERE facility_id = %(facility)s AND stratum = %(stratum)s AND period = %(period)s
  UNION ALL SELECT unnest(%(now)s::uuid[])
) AS stays
"""


def seen_in(facility: Facility, stratum: str, period: Period, now: Iterable[UUID]) -> int:
    """How many stays of the stratum the period has seen, with those of ``now``. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"facility": facility.id, "stratum": stratum, "period": period.key, "now": list(now)})
        return int(cursor.fetchone()[0])


def drawn_in(facility: Facility, period: Period) -> QuerySet[Review]:
    """What the draws of a period chose at a facility. One that was left out stays chosen, and no longer counts."""
    return Review.objects.filter(facility=facility, origin=Origin.DRAWN, period=period.key)


def seen_by(actor: Actor) -> QuerySet[Review]:
    found = Review.objects.select_related("patient", "facility")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def review(actor: Actor, review_id: UUID) -> Review:
    """One review. Raises Refused alike for one that is not there and one the actor may not see."""
    found = seen_by(actor).filter(id=review_id).first()
    if found is None:
        raise Refused(NOTHING, remedy=ELSEWHERE)
    permissions.check_see(actor, found)
    return found


def stay_of(row: Review | OpenFinding) -> Encounter:
    found = Encounter.objects.select_related("facility", "patient", "attending")
    return found.get(patient_id=row.patient_id, id=row.encounter_id)


def of_stay(actor: Actor, stay: Encounter) -> list[Review]:
    """A stay's reviews, newest first. One query."""
    found = seen_by(actor).filter(patient_id=stay.patient_id, encounter_id=stay.id)
    return list(found.exclude(state=ReviewState.LEFT_OUT).order_by("-chosen_at", "-id"))


def worksheet_of(row: Review) -> Version | None:
    """The worksheet a review was begun by; the one that governs now where it was not begun."""
    return book().numbered(row.rule_number) if row.rule_number else book().worksheet(today_at(row.facility))


def questions_of(row: Review, stay: Encounter) -> list[Question]:
    """The questions asked of this stay, as it was when the review was begun (now, where it was not)."""
    version = worksheet_of(row)
    if version is None or version.worksheet is None:
        return []
    hours = hours_between(stay.admitted_at, row.begun_at or clock.now())
    return [one for one in version.worksheet.questions if one.asked_of(row.class_code, row.service, hours)]


def answers_of(row: Review) -> list[GivenAnswer]:
    return list(GivenAnswer.objects.filter(patient_id=row.patient_id, review_id=row.id).order_by("id"))


def findings(actor: Actor) -> QuerySet[OpenFinding]:
    found = OpenFinding.objects.select_related("patient", "facility", "owner")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def finding(actor: Actor, finding_id: UUID) -> OpenFinding:
    """One finding. Raises Refused alike for one that is not there and one the actor may not see."""
    found = findings(actor).filter(id=finding_id).first()
    if found is None:
        raise Refused(NOTHING, remedy=ELSEWHERE)
    permissions.check_see(actor, found)
    return found


def findings_of(row: Review) -> list[OpenFinding]:
    return list(OpenFinding.objects.filter(patient_id=row.patient_id, review_id=row.id).select_related("owner").order_by("id"))


def unsettled(stay: Encounter) -> QuerySet[OpenFinding]:
    return OpenFinding.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id, state__in=UNSETTLED).order_by(
        "found_at", "id"
    )


def draws(actor: Actor) -> QuerySet[Draw]:
    found = Draw.objects.select_related("facility")
    return (found if actor.is_system else found.filter(facility_id__in=actor.facilities)).order_by("-made_at", "-id")


def one_draw(actor: Actor, draw_id: UUID) -> Draw:
    found = draws(actor).filter(id=draw_id).first()
    if found is None:
        raise Refused(NOTHING, remedy=ELSEWHERE)
    return found


def stays_by_id(actor: Actor, stays: Collection[UUID]) -> dict[UUID, Encounter]:
    found = Encounter.objects.select_related("patient", "facility").filter(id__in=stays)
    return {one.id: one for one in (found if actor.is_system else found.filter(facility_id__in=actor.facilities))}


def is_open(stay: Encounter, plan: Plan | None, now: datetime) -> bool:
    """Whether a record is open enough to be reviewed by this feature."""
    if stay.status in (Status.CANCELLED, Status.PLANNED) or stay.admitted_at is None:
        return False
    return stay.discharged_at is None or stay.discharged_at > now - timedelta(days=plan.days_after_discharge if plan else 0)
