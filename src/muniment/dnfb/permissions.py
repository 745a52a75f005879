"""Who may hold a stay and release it, with the reason a person reads."""

from __future__ import annotations

from uuid import UUID

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.dnfb.models import Hold
from muniment.dnfb.rules import SHORTEST
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused


def check_hold(actor: Actor, facility_id: UUID) -> None:
    check_category(actor, Category.CODING, Grade.WRITE)
    check_facility(actor, [facility_id])


def can_hold(actor: Actor, facility_id: UUID) -> bool:
    try:
        check_hold(actor, facility_id)
    except Refused:
        return False
    return True


def check_place(actor: Actor, stay: Encounter) -> None:
    check_hold(actor, stay.facility_id)
    if stay.status != Status.FINISHED:
        raise NotAllowedInState("This stay is not discharged, so nothing is held yet.", remedy="Hold it after the discharge.")


def check_release(actor: Actor, hold: Hold, revision: int, why: str) -> str:
    """What was read is what is released. Returns the reason as it is kept."""
    check_hold(actor, hold.facility_id)
    if hold.released_at or hold.revision != revision:
        raise Conflict(
            f"{hold.released_by or 'Somebody'} released this hold in the meantime; nothing of yours was written.",
            remedy="Look again.",
        )
    if len(why.strip()) < SHORTEST:
        raise Refused("Say why the stay waits no longer.", where="why", remedy="A few words will do.")
    return why.strip()[:400]
