"""The only writer of stays and movements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core.actions import action, leave, unchanged
from muniment.core.actor import Actor
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.encounters import queries
from muniment.encounters.happenings import StayChanged
from muniment.encounters.models import Encounter, Movement
from muniment.encounters.rules import Move, Status, Stay, replay
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


@action("encounters.move", Lifecycle.ORIGINATE)
def move(
    *, actor: Actor, patient: Patient, facility: Facility, visit: tuple[str, str], movement: Move, account: str = "", reason: str = "",
    encounter_id: UUID | None = None,
) -> Encounter:  # fmt: skip
    """Record one movement of a stay and say anew what the stay is. ``visit`` is (assigner, visit number).

    ``movement.attending`` is a practitioner's id as text, or empty. The same movement twice changes nothing; movements may come
    in any order. ``encounter_id`` fixes the id of a stay that is new (FHIR sources name theirs).
    """
    stay = _find_or_open(patient, facility, visit, encounter_id)
    if not stay._state.adding and Movement.objects.filter(patient=patient, encounter_id=stay.id, key=movement.key).exists():
        unchanged()
        return stay
    before = queries.facts(stay) if not stay._state.adding else {}
    moves = [] if stay._state.adding else queries.moves(stay)
    _restate(stay, replay([*moves, movement]), account, reason)
    event = leave(
        subject=("encounter", stay.id), patient_id=patient.id, facility_id=facility.id, reason=movement.kind.value,
        before=before, after=queries.facts(stay),
    )  # fmt: skip
    stay.save(force_insert=stay._state.adding)
    _keep(patient, stay, movement, event.id)
    was = before.get("status") == Status.FINISHED
    announce(
        StayChanged(patient_id=patient.id, encounter_id=stay.id, discharged=stay.status == Status.FINISHED, was_discharged=was)
    )
    return stay


def _find_or_open(patient: Patient, facility: Facility, visit: tuple[str, str], encounter_id: UUID | None) -> Encounter:
    system, number = visit
    found = (
        Encounter.objects.select_for_update(of=("self",))
        .filter(patient=patient, facility=facility, visit_system=system, visit_number=number)
        .first()
    )
    if found:
        return found
    return Encounter(
        id=encounter_id or uuid7(), patient=patient, facility=facility, visit_system=system, visit_number=number, revision=0
    )


def _restate(stay: Encounter, now: Stay, account: str, reason: str) -> None:
    stay.status, stay.class_code, stay.service = now.status, now.class_, now.service
    stay.unit, stay.room, stay.bed, stay.disposition = now.unit, now.room, now.bed, now.disposition
    stay.admitted_at, stay.discharged_at = now.admitted_at, now.discharged_at
    stay.attending_id = UUID(now.attending) if now.attending else None
    stay.account_number = account or stay.account_number
    stay.reason = reason[:400] or stay.reason
    stay.revision += 1


def _keep(patient: Patient, stay: Encounter, movement: Move, event_id: UUID) -> None:
    columns: dict[str, Any] = {
        name: getattr(movement, name)
        for name in (
            "key",
            "occurred_at",
            "recorded_at",
            "service",
            "unit",
            "room",
            "bed",
            "disposition",
            "admitted_at",
            "discharged_at",
        )
    }
    Movement.objects.create(
        patient=patient, encounter_id=stay.id, kind=movement.kind, class_code=movement.class_,
        attending_id=UUID(movement.attending) if movement.attending else None, event_id=event_id, **columns,
    )  # fmt: skip
