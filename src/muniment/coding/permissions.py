"""Who may code what, and when."""

from __future__ import annotations

from uuid import UUID

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.coding.assessment import Assessment
from muniment.coding.findings import Severity
from muniment.coding.models import Abstract, State
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused


def check_read(actor: Actor, facility_id: UUID) -> None:
    check_category(actor, Category.CODING)
    check_facility(actor, [facility_id])


def check_code(actor: Actor, facility_id: UUID) -> None:
    check_category(actor, Category.CODING, Grade.WRITE)
    check_facility(actor, [facility_id])


def check_favourite(actor: Actor) -> UUID:
    """Whose favourites these are. Raises Refused for somebody who doesn't code, and for a process."""
    check_category(actor, Category.CODING, Grade.WRITE)
    if actor.id is None:
        raise Refused("A favourite is kept for a person.")
    return actor.id


def check_room(kept: int, most: int) -> None:
    """There are no more favourites than are seen at a glance."""
    if kept >= most:
        raise Refused(f"You keep {kept} favourites already.", remedy="Take one out first.")


def can_code(actor: Actor, facility_id: UUID) -> bool:
    try:
        check_code(actor, facility_id)
    except Refused:
        return False
    return True


def check_draft(abstract: Abstract, revision: int) -> None:
    """The abstract is still a draft, and as it was when the actor read it."""
    if abstract.state != State.DRAFT:
        raise NotAllowedInState(
            f"{abstract.changed_by} made this coding final; it no longer changes.",
            remedy="Open the final coding; there it can be coded again with a reason.",
        )
    if abstract.revision != revision:
        raise Conflict(
            f"{abstract.changed_by} changed these codes in the meantime; nothing of yours was saved.",
            remedy="What you entered stays on this screen.",
        )


def check_finalise(assessment: Assessment) -> None:
    if not assessment.draft.codes:
        raise NotAllowedInState("There is no code to finalise.", remedy="Add the principal diagnosis.")
    stopping = [edit for edit in assessment.edits if edit.severity in (Severity.CRITICAL, Severity.ERROR)]
    if stopping:
        raise NotAllowedInState(f"The codes can't be final yet: {stopping[0].sentence}", remedy=_more(len(stopping)))
    if assessment.unanswered:
        first = assessment.unanswered[0]
        raise NotAllowedInState(f"A warning needs a reason: {first.sentence}", remedy=_more(len(assessment.unanswered)))


def _more(count: int) -> str:
    return f"There are {count} of these in all." if count > 1 else ""


def check_reason(reason: str) -> None:
    if len(reason.strip()) < 3:
        raise Refused("Say why this stay is coded again.", where="reason")
