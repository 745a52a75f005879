"""Who may see and mute findings."""

from __future__ import annotations

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, Refused
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import State, Step, allowed


def check_see(actor: Actor, row: QualitativeFinding) -> None:
    check_category(actor, Category.RECORD)
    check_facility(actor, [row.facility_id])


def may_mute(actor: Actor) -> bool:
    """Whoever codes or completes charts judges whether it is a contradiction."""
    return actor.is_system or can(actor, Category.CODING, Grade.WRITE) or can(actor, Category.COMPLETION, Grade.WRITE)


def check_mute(actor: Actor, row: QualitativeFinding) -> None:
    check_see(actor, row)
    if not may_mute(actor):
        raise Refused("Coders and clinicians mute findings.", remedy="Tell one of them what you know of it.")


def check_step(row: QualitativeFinding, step: Step) -> State:
    """The state after ``step``. Raises Conflict where somebody, or the chart, was quicker."""
    after = allowed(State(row.state), step)
    if after is None:
        by = f" by {row.muted_by}" if row.state == State.MUTED else ""
        raise Conflict(f"This finding is {row.state}{by} in the meantime; nothing of yours was written.", remedy="Look again.")
    return after


def check_said(reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why this is no contradiction.", where="reason")
