"""Reads of findings: one, a stay's, the list."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.permissions import check_see
from muniment.qualitative.rules import State


def seen_by(actor: Actor) -> QuerySet[QualitativeFinding]:
    check_category(actor, Category.RECORD)
    found = QualitativeFinding.objects.select_related("patient", "facility")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def finding(actor: Actor, finding_id: UUID) -> QualitativeFinding:
    """One finding. Raises Refused alike for one that is not there and one the actor may not see."""
    found = seen_by(actor).filter(id=finding_id).first()
    if found is None:
        raise Refused(
            "There is nothing here that you may see.", remedy="If you followed a link, it may belong to another facility."
        )
    check_see(actor, found)
    return found


def of_stay(actor: Actor, patient_id: UUID, encounter_id: UUID) -> list[QualitativeFinding]:
    """What is found in a stay's chart now, muted ones last. One query."""
    rows = seen_by(actor).filter(patient_id=patient_id, encounter_id=encounter_id).exclude(state=State.GONE)
    return sorted(rows, key=lambda row: (row.state == State.MUTED, row.kind, row.key))


def listed(actor: Actor, *, state: State, kind: str = "", facility: UUID | None = None) -> QuerySet[QualitativeFinding]:
    found = seen_by(actor).filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(facility_id=facility) if facility else found


def counts(actor: Actor, state: State) -> dict[str, int]:
    """How many of each kind."""
    rows = seen_by(actor).filter(state=state).order_by().values_list("kind").annotate(count=Count("id"))
    return dict(rows)
