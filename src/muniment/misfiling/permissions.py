"""Who may move what, and who screens it."""

from __future__ import annotations

from collections.abc import Iterable

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.misfiling.models import Move
from muniment.misfiling.rules import MOVABLE
from muniment.record.models import Entry
from muniment.record.rules import Category as Kind

NOT_MOVED = {Kind.CODING, Kind.ENCOUNTER, Kind.PATIENT, Kind.PRACTITIONER}


def check_may_move(actor: Actor) -> None:
    """Whoever files arrivals, reads charts and finds patients."""
    check_category(actor, Category.INTAKE, Grade.WRITE)
    check_category(actor, Category.RECORD)
    check_category(actor, Category.IDENTITY)


def check_take_out(actor: Actor) -> None:
    """Whoever takes scans out of charts, or the rule that files them."""
    if not actor.is_system:
        check_category(actor, Category.INTAKE, Grade.WRITE)


def check_entry(actor: Actor, entry: Entry) -> None:
    """Whether this entry can be moved by them. Raises Refused or NotAllowedInState with the reason."""
    check_may_move(actor)
    check_facility(actor, [entry.facility_id])
    if entry.retracted:
        raise NotAllowedInState("This entry was retracted already.", remedy="Its page says why.")
    if entry.category in NOT_MOVED or entry.resource_type not in MOVABLE:
        raise Refused("Only documents, results and clinical entries are moved.", remedy="Codes are changed by coding again.")


def check_going(actor: Actor, going: Iterable[Entry]) -> None:
    """What hangs on an entry goes along with it: all of it must be of the actor's facilities. Raises Refused, naming what is not."""
    elsewhere = (one for one in going if one.facility_id and one.facility_id not in actor.facilities)
    away = None if actor.is_system else next(elsewhere, None)
    if away is not None:
        raise Refused(
            f"“{away.label or away.code or away.resource_type}” hangs on it and would go along; it is of a facility you do not work at.",
            remedy="Have somebody move it who works at both.",
        )


def can_move(actor: Actor, entry: Entry) -> bool:
    try:
        check_entry(actor, entry)
    except (Refused, NotAllowedInState):
        return False
    return True


def check_see_move(actor: Actor, move: Move) -> None:
    """Whoever may see one of the two charts' facilities, in a role that moves or screens."""
    check_facility(actor, [move.from_facility_id, move.to_facility_id])
    if not (can(actor, Category.PRIVACY) or can(actor, Category.INTAKE, Grade.WRITE)):
        check_category(actor, Category.PRIVACY)


def check_screen(actor: Actor, move: Move, grade: Grade = Grade.WRITE) -> None:
    check_category(actor, Category.PRIVACY, grade)
    check_facility(actor, [move.from_facility_id, move.to_facility_id])
