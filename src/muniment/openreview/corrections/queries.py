"""Reads of corrective actions, and what was measured before one and since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.accounts.models import User
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.openreview.models import CorrectiveAction, GivenAnswer
from muniment.openreview.queries import ELSEWHERE, NOTHING
from muniment.openreview.rules import Origin
from muniment.openreview.statistics import Counted, whole

BEFORE = timedelta(days=30)  # what is measured before an action is decided


def seen_by(actor: Actor) -> QuerySet[CorrectiveAction]:
    check_category(actor, Category.OPEN_REVIEW)
    found = CorrectiveAction.objects.select_related("facility", "owner")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def one(actor: Actor, action_id: UUID) -> CorrectiveAction:
    """Raises Refused alike for one that is not there and one of another facility."""
    found = seen_by(actor).filter(id=action_id).first()
    if found is None:
        raise Refused(NOTHING, remedy=ELSEWHERE)
    return found


def measured(facility_id: UUID, question: str, *, since: datetime | None) -> Counted:
    """Answers of drawn reviews: those finished since a moment, or in the thirty days up to now. One query."""
    found = GivenAnswer.objects.filter(facility_id=facility_id, origin=Origin.DRAWN, question=question)
    return whole(found.filter(finished_at__gte=since or clock.now() - BEFORE, finished_at__lte=clock.now()))


def owners(actor: Actor) -> list[User]:
    """Who may be given one: the administrators who work at one of the actor's facilities."""
    found = User.objects.filter(
        is_active=True,
        assignments__until__isnull=True,
        assignments__facility__in=actor.facilities,
        assignments__role="administrator",
    )
    return list(found.distinct().order_by("family", "given"))


def running(facilities: Collection[UUID]) -> dict[str, int]:
    """How many actions about each question are decided and not concluded. One query."""
    found = CorrectiveAction.objects.filter(facility_id__in=facilities, closed_at__isnull=True)
    return dict(found.order_by().values_list("question").annotate(count=Count("id")))
