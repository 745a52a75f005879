"""Who may declare a downtime, enter its paper and close it."""

from __future__ import annotations

from uuid import UUID

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.downtime.models import Downtime
from muniment.downtime.rules import State, Step, after
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused


def check_see(actor: Actor, facility_id: UUID) -> None:
    check_category(actor, Category.DOWNTIME)
    check_facility(actor, [facility_id])


def check_declare(actor: Actor, facility_id: UUID) -> None:
    """An administrator declares a downtime, says when it was over, and closes its reconciliation."""
    check_category(actor, Category.DOWNTIME, Grade.WRITE)
    check_facility(actor, [facility_id])
    if actor.role != Role.ADMINISTRATOR:
        raise Refused("An administrator declares downtimes and closes them.")


def check_enter(actor: Actor, row: Downtime) -> None:
    """Whoever enters its paper reads charts too."""
    check_category(actor, Category.DOWNTIME, Grade.WRITE)
    check_category(actor, Category.RECORD)
    check_facility(actor, [row.facility_id])
    if row.state == State.RECONCILED:
        raise NotAllowedInState(
            "This downtime is reconciled: no more paper is entered for it.", remedy="An administrator can open it again."
        )  # fmt: skip


def check_step(row: Downtime, step: Step) -> State:
    """The state the step leads to. Raises NotAllowedInState where the downtime does not permit it."""
    reached = after(State(row.state), step)
    if reached is None:
        raise NotAllowedInState(f"This downtime is {row.state}; “{step}” is not possible now.", remedy="Open it again.")
    return reached


def check_revision(row: Downtime, revision: int | None) -> None:
    if revision is not None and row.revision != revision:
        raise Conflict(
            "Somebody changed this downtime in the meantime; nothing of yours was written.", remedy="Look at it again."
        )


def check_said(text: str, what: str, where: str) -> None:
    if not text.strip():
        raise Refused(what, where=where)


def can_declare(actor: Actor, facility_id: UUID) -> bool:
    try:
        check_declare(actor, facility_id)
    except Refused:
        return False
    return True


def can_enter(actor: Actor, row: Downtime) -> bool:
    try:
        check_enter(actor, row)
    except (Refused, NotAllowedInState):
        return False
    return True
