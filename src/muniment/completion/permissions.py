"""Who may sign, decline, reassign and waive."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Practitioner
from muniment.accounts.rules import Role
from muniment.completion.models import Deficiency
from muniment.completion.rules import WRITTEN, Kind, State, has_words
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused

REASSIGN = (Role.TECHNICIAN, Role.ADMINISTRATOR)


def check_see(actor: Actor, deficiency: Deficiency) -> None:
    check_category(actor, Category.COMPLETION)
    check_facility(actor, [deficiency.facility_id])


def check_try(actor: Actor) -> None:
    """A dry run shows charts: whoever writes rules without seeing what charts lack may not ask for one."""
    check_category(actor, Category.RULES, Grade.WRITE)
    check_category(actor, Category.COMPLETION)


def can_try(actor: Actor) -> bool:
    return can(actor, Category.RULES, Grade.WRITE) and can(actor, Category.COMPLETION)


def check_open(deficiency: Deficiency, who: str = "") -> None:
    """Somebody may have been quicker: the second is told by whom, and that nothing of theirs was written."""
    if deficiency.state != State.OPEN:
        by = f" by {who}" if who else ""
        raise Conflict(
            f"This was {deficiency.state} in the meantime{by}; nothing of yours was written.", remedy="Take the next one."
        )


def check_owed(actor: Actor, deficiency: Deficiency, practitioner: Practitioner | None) -> Practitioner:
    """Only who owes it completes or declines it; whoever covers for them has it reassigned first."""
    check_see(actor, deficiency)
    check_category(actor, Category.COMPLETION, Grade.WRITE)
    if practitioner is None:
        raise Refused(
            "Your sign-in is not linked to a practitioner of the directory.", remedy="Ask an administrator to link the two."
        )
    if deficiency.responsible_id != practitioner.id:
        raise Refused("This is not yours to complete.", remedy="Ask the records department to reassign it to you.")
    return practitioner


def check_reassign(actor: Actor, deficiency: Deficiency) -> None:
    check_see(actor, deficiency)
    if actor.role not in REASSIGN:
        raise Refused("Records technicians and administrators reassign deficiencies.")


def can_reassign(actor: Actor, deficiency: Deficiency) -> bool:
    return _can(check_reassign, actor, deficiency)


def check_waive(actor: Actor, deficiency: Deficiency) -> None:
    check_see(actor, deficiency)
    if actor.role != Role.ADMINISTRATOR:
        raise Refused("Only an administrator waives a deficiency.")


def can_waive(actor: Actor, deficiency: Deficiency) -> bool:
    return _can(check_waive, actor, deficiency)


def check_take_back(actor: Actor, deficiency: Deficiency) -> None:
    """Whoever may waive takes a waiver back."""
    check_waive(actor, deficiency)
    if deficiency.state != State.WAIVED:
        raise Conflict(f"This is {deficiency.state}: there is no waiver to take back.", remedy="Look at it again.")


def can_take_back(actor: Actor, deficiency: Deficiency) -> bool:
    return deficiency.state == State.WAIVED and can_waive(actor, deficiency)


def check_signable(deficiency: Deficiency) -> UUID:
    """What is owed is a signature, under a document that is there. Returns its entry."""
    if deficiency.kind == Kind.MISSING_SECTION:
        raise NotAllowedInState("This document lacks a section.", remedy="Write it as an addendum, then sign that.")
    if deficiency.entry_id is None:
        raise NotAllowedInState("This document is not written yet.", remedy="Write it, then sign it.")
    return deficiency.entry_id


def check_opened(deficiency: Deficiency, opened: bool) -> None:
    """Several are signed at once only after each was opened as it now stands."""
    if not opened:
        raise Refused("You have not opened it as it now stands.", remedy="Open it, then sign it.")


def check_writable(deficiency: Deficiency) -> None:
    """What is owed is text: a document, or a section of one."""
    if deficiency.kind not in WRITTEN:
        raise NotAllowedInState("This document is there already.", remedy="Read it, then sign it.")


def check_said(text: str, what: str, where: str) -> None:
    if not text.strip():
        raise Refused(what, where=where)


def check_written(text: str) -> None:
    """A page of headings says nothing: it is not filed as the document."""
    check_said(text, "The document is empty.", "text")
    if not has_words(text):
        raise Refused("Nothing is written under the headings.", where="text", remedy="Write the document, then file it.")


def _can(check: Callable[[Actor, Deficiency], None], actor: Actor, deficiency: Deficiency) -> bool:
    try:
        check(actor, deficiency)
    except Refused:
        return False
    return True
