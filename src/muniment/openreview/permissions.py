"""Who may review open records, and who may say what of a finding, with the reason a person reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Practitioner
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.openreview.models import CorrectiveAction, OpenFinding, Review
from muniment.openreview.rules import REVIEW_TRANSITIONS, TRANSITIONS, ReviewState, State, Step


def check_see(actor: Actor, row: Review | OpenFinding) -> None:
    check_category(actor, Category.OPEN_REVIEW)
    check_facility(actor, [row.facility_id])


def check_review(actor: Actor, row: Review | OpenFinding) -> None:
    """Who works open-record review, at the facility, and may read the chart."""
    check_see(actor, row)
    check_category(actor, Category.OPEN_REVIEW, Grade.WRITE)
    check_category(actor, Category.RECORD)


def can_review(actor: Actor) -> bool:
    return can(actor, Category.OPEN_REVIEW, Grade.WRITE)


def check_revision(row: Review | OpenFinding | CorrectiveAction, revision: int | None, who: str) -> None:
    """The second is told who was first, and that nothing of theirs was written."""
    if revision is not None and row.revision != revision:
        raise Conflict(
            f"{who or 'Somebody'} changed this in the meantime; nothing of yours was written.",
            remedy="Load the page again to see how it stands; what you typed is kept.",
        )


def check_administer(actor: Actor, facility_id: UUID) -> None:
    """Administrators decide about corrective actions, at their facilities."""
    check_category(actor, Category.OPEN_REVIEW, Grade.WRITE)
    check_facility(actor, [facility_id])
    if actor.id is None or actor.role != Role.ADMINISTRATOR:
        raise Refused("Only an administrator decides about corrective actions.")


def reached(row: Review, step: str) -> ReviewState:
    found = REVIEW_TRANSITIONS.get((ReviewState(row.state), step))
    if found is None:
        raise NotAllowedInState(f"This review is {row.state}; that can't be done with it now.", remedy="Open it again.")
    return found


def check_begun(row: Review) -> None:
    if row.state != ReviewState.BEGUN:
        raise NotAllowedInState(f"This review is {row.state}; it takes no answer.", remedy="Open it again.")


def step(row: OpenFinding, way: Step) -> State:
    found = TRANSITIONS.get((State(row.state), way))
    if found is None:
        raise NotAllowedInState(f"This finding is {row.state}; nothing is left to say.", remedy="Open it again.")
    return found


def check_owner(actor: Actor, row: OpenFinding, practitioner: Practitioner | None) -> None:
    """Who owes it says that it is mended; the department may say so for them."""
    check_see(actor, row)
    if can_review(actor):
        return
    if practitioner is None or row.owner_id != practitioner.id:
        raise Refused("This is not yours to mend.", remedy="It is shown to you because you work at its facility.")


def check_said(text: str, what: str, where: str = "reason") -> str:
    if not text.strip():
        raise Refused(what, where=where)
    return text.strip()[:400]


def allows(check: Any, *given: Any) -> bool:
    try:
        check(*given)
    except (Refused, NotAllowedInState):
        return False
    return True
