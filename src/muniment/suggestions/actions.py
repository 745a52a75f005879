"""What a coder makes of a suggestion."""

from __future__ import annotations

from muniment.coding import permissions
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Refused
from muniment.kernel.ids import uuid7
from muniment.suggestions.models import Verdict, Why


@action("suggestions.decide", Lifecycle.AMEND)
def decide(*, actor: Actor, stay: Encounter, code: str, words: str, taken: bool, reason: str = "") -> Verdict:
    """Note that a suggestion was taken, or refused for one of the reasons of ``Why``. The draft is changed by its own action."""
    permissions.check_code(actor, stay.facility_id)
    if not taken and reason not in list(Why):
        raise Refused("Choose why it is refused.", where="reason")
    assert actor.id is not None
    event = leave(
        subject=("suggestion", code), patient_id=stay.patient_id, facility_id=stay.facility_id, reason="" if taken else reason,
        after={"encounter": str(stay.id), "taken": taken},
    )  # fmt: skip
    row = Verdict(
        patient_id=stay.patient_id, id=uuid7(), encounter_id=stay.id, facility_id=stay.facility_id, code=code, words=words[:200], taken=taken,
        reason="" if taken else reason, at=clock.now(), actor_id=actor.id, actor_name=actor.name, event_id=event.id,
    )  # fmt: skip
    row.save(force_insert=True)
    stands(row)
    return row
