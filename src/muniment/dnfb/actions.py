"""The only writer of holds."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from muniment.accounts.models import Practitioner
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.dnfb import permissions, queries
from muniment.dnfb.models import Hold
from muniment.dnfb.rules import due
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Conflict, Refused

SUBJECT = "hold"


@action("dnfb.hold", Lifecycle.WORK)
def place(
    *, actor: Actor, patient_id: UUID, encounter_id: UUID, reason: str, note: str = "", practitioner_id: UUID | None = None
) -> Hold:  # fmt: skip
    """Hold a discharged stay for a reason of the rule of today, which its day of ending and whether it stops come from.

    Raises Conflict when the stay is held for that reason already.
    """
    stay = Encounter.objects.select_related("facility").get(patient_id=patient_id, id=encounter_id)
    permissions.check_place(actor, stay)
    now = clock.now()
    here = now.astimezone(ZoneInfo(stay.facility.zone))
    rule, reasons = queries.reasons_on(here.date())
    chosen = next((one for one in reasons if one.code == reason), None)
    if chosen is None:
        raise Refused("Choose why the stay waits.", where="reason")
    hold = Hold(
        patient_id=patient_id, encounter_id=encounter_id, facility_id=stay.facility_id, reason=chosen.code, name=chosen.name[:120], owner=chosen.owner,
        practitioner=_practitioner(practitioner_id), stops=chosen.stops, note=note.strip()[:400], citation=rule.cited[:400], placed_at=now,
        placed_by_id=actor.id, placed_by=actor.name, due_on=due(here, chosen.days),
    )  # fmt: skip
    event = leave(
        subject=(SUBJECT, hold.id), patient_id=patient_id, facility_id=stay.facility_id, reason=hold.note,
        after={"encounter": str(encounter_id), "hold": chosen.code, "due": hold.due_on.isoformat(), "stops": chosen.stops},
    )  # fmt: skip
    hold.event_id = event.id
    _insert(hold)
    stands(hold)
    return hold


def _practitioner(practitioner_id: UUID | None) -> Practitioner | None:
    if practitioner_id is None:
        return None
    found = Practitioner.objects.filter(id=practitioner_id).first()
    if found is None:
        raise Refused("This practitioner is not in the directory.", where="practitioner")
    return found


def _insert(hold: Hold) -> None:
    """Of two who hold a stay for the same reason at once, the second is told."""
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        if "hold_once_a_reason" not in str(error):
            raise
        raise Conflict(
            f"This stay is on hold already: {hold.name}.", remedy="Release that one, or choose another reason."
        ) from error


@action("dnfb.release", Lifecycle.WORK)
def release(*, actor: Actor, hold_id: UUID, revision: int, why: str) -> Hold:
    """The stay waits for this no longer. Raises Conflict when somebody was quicker."""
    hold = queries.hold_for_update(actor, hold_id)
    said = permissions.check_release(actor, hold, revision, why)
    event = leave(
        subject=(SUBJECT, hold.id), patient_id=hold.patient_id, facility_id=hold.facility_id, reason=said,
        before={"hold": hold.reason}, after={"released": True},
    )  # fmt: skip
    hold.released_at, hold.released_by, hold.released_why = clock.now(), actor.name, said
    hold.event_id, hold.revision = event.id, hold.revision + 1
    hold.save(update_fields=["released_at", "released_by", "released_why", "event_id", "revision"])
    stands(hold)
    return hold
