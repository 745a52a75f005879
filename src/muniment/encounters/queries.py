"""Reads of stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from muniment.core.actor import Actor
from muniment.encounters.models import Encounter, Movement
from muniment.encounters.rules import Kind, Move
from muniment.kernel.errors import Refused


def as_move(row: Movement) -> Move:
    return Move(
        key=row.key, kind=Kind(row.kind), occurred_at=row.occurred_at, recorded_at=row.recorded_at, class_=row.class_code,
        service=row.service, unit=row.unit, room=row.room, bed=row.bed, attending=str(row.attending_id or ""),
        disposition=row.disposition, admitted_at=row.admitted_at, discharged_at=row.discharged_at,
    )  # fmt: skip


def facts(stay: Encounter) -> dict[str, Any]:
    """A stay's facts as an event points at them."""
    return {
        "status": str(stay.status), "class": stay.class_code, "revision": stay.revision, "place": f"{stay.unit}/{stay.room}/{stay.bed}",
        "admitted_at": _iso(stay.admitted_at), "discharged_at": _iso(stay.discharged_at), "disposition": stay.disposition,
    }  # fmt: skip


def _iso(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def seen_by(actor: Actor) -> QuerySet[Encounter]:
    """Stays at the actor's facilities."""
    found = Encounter.objects.select_related("patient", "facility", "attending")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def encounter(actor: Actor, encounter_id: UUID) -> Encounter:
    """One stay. Raises Refused alike for one that is not there and one the actor may not see."""
    found = seen_by(actor).filter(id=encounter_id).first()
    if found is None:
        raise Refused(
            "There is no such stay that you may see.", remedy="If you followed a link, it may belong to another facility."
        )
    return found


def of_person(actor: Actor, patients: list[UUID]) -> QuerySet[Encounter]:
    """A person's stays at the actor's facilities, newest first."""
    return seen_by(actor).filter(patient_id__in=patients).order_by("-admitted_at", "-id")


def movements(actor: Actor, patients: list[UUID], *, encounter_id: UUID | None = None) -> list[Movement]:
    """What the sources said happened to a stay, or to every stay of these records at the actor's facilities; newest first."""
    found = Movement.objects.filter(patient_id__in=patients)
    stays = Encounter.objects.filter(patient_id__in=patients)
    if encounter_id:
        found, stays = found.filter(encounter_id=encounter_id), stays.filter(id=encounter_id)
    if not actor.is_system:
        found = found.filter(encounter_id__in=stays.filter(facility_id__in=actor.facilities).values("id"))
    return list(found.order_by("-occurred_at", "-recorded_at", "key"))
