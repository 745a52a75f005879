"""Who enters pauses, makes letters, proposes and decides suspensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.delinquency.models import Suspension
from muniment.delinquency.rules import TRANSITIONS, State
from muniment.kernel.errors import Conflict, Problem, Refused


def check_administer(actor: Actor, facility_id: UUID | None = None) -> None:
    """The administrator runs delinquency, at their facilities; the worker does what the rule says."""
    if actor.is_system:
        return
    check_category(actor, Category.DELINQUENCY, Grade.WRITE)
    if actor.role != Role.ADMINISTRATOR:
        raise Refused("Administrators enter absences, make letters and propose suspensions.")
    if facility_id:
        check_facility(actor, [facility_id])


def check_step(row: Suspension, step: str) -> State:
    """The state the step leads to. Somebody may have been quicker: the second is told by whom."""
    reached = TRANSITIONS.get((State(row.state), step))
    if reached is None:
        by = row.ended_by or row.decided_by
        raise Conflict(
            f"This suspension is {row.state}{f', by {by}' if by else ''}; nothing of yours was written.",
            remedy="Look at it again.",
        )
    return reached


def check_decide(actor: Actor, row: Suspension, step: str) -> State:
    """A person of the facility, other than the one who proposed it."""
    check_category(actor, Category.DELINQUENCY, Grade.WRITE)
    check_facility(actor, [row.facility_id])
    if actor.id is None:
        raise Refused("A person decides about a suspension.")
    reached = check_step(row, step)
    if step != "lift" and row.proposed_by_id == actor.id:
        raise Refused("You proposed this suspension; somebody else has to decide.")
    return reached


def can(check: Callable[..., Any], *given: Any) -> bool:
    try:
        check(*given)
    except Problem:
        return False
    return True


def check_said(text: str, what: str) -> str:
    if not text.strip():
        raise Refused(what, where="reason")
    return text.strip()
