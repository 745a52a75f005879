"""Who may see, index, check and certify scanned paper."""

from __future__ import annotations

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.scanning.models import Batch, Document, Lot
from muniment.scanning.rules import BatchState, Policy, State, after


def check_see(actor: Actor, row: Batch | Document | Lot) -> None:
    """That a batch or document is there, and how it stands."""
    check_category(actor, Category.INTAKE)
    check_facility(actor, [row.facility_id])


def check_read(actor: Actor, row: Batch | Document | Lot) -> None:
    """Its pages: they are part of a patient's record, whoever's they turn out to be."""
    check_see(actor, row)
    check_category(actor, Category.RECORD)


def can_read(actor: Actor, row: Batch | Document) -> bool:
    try:
        check_read(actor, row)
    except Refused:
        return False
    return True


def check_work(actor: Actor, row: Batch | Document | Lot) -> None:
    check_read(actor, row)
    check_category(actor, Category.INTAKE, Grade.WRITE)


def can_work(actor: Actor, row: Batch | Document | Lot) -> bool:
    try:
        check_work(actor, row)
    except Refused:
        return False
    return True


def check_batch_step(row: Batch, step: str) -> BatchState:
    """The state the step leads to. Raises NotAllowedInState where the batch does not permit it."""
    reached = after(BatchState(row.state), step)
    if not isinstance(reached, BatchState):
        raise NotAllowedInState(
            f"This batch is {_words(row.state)}; that can't be done with it now.", remedy="Open the batch again."
        )
    return reached


def check_step(row: Document, step: str) -> State:
    reached = after(State(row.state), step)
    if not isinstance(reached, State):
        raise NotAllowedInState(f"This document is {row.state}; that can't be done with it now.", remedy="Take the next one.")
    return reached


def check_revision(row: Document, revision: int | None) -> None:
    if revision is not None and row.revision != revision:
        raise Conflict(
            "Somebody changed this document in the meantime; nothing of yours was written.", remedy="Look at it again."
        )


def check_checker(actor: Actor, row: Document, policy: Policy) -> None:
    check_work(actor, row)
    if policy.another_person and actor.id is not None and actor.id == row.indexed_by_id:
        raise Refused("You indexed this document yourself.", remedy="Somebody else checks it; release it to the queue.")


def can_check(actor: Actor, row: Document, policy: Policy) -> bool:
    try:
        check_checker(actor, row, policy)
    except Refused:
        return False
    return True


def check_resume(actor: Actor) -> None:
    """Sampling that was discontinued goes on when somebody who answers for the rules says what was corrected."""
    check_category(actor, Category.RULES, Grade.WRITE)


def can_resume(actor: Actor) -> bool:
    try:
        check_resume(actor)
    except Refused:
        return False
    return True


def check_said(text: str, what: str, where: str) -> None:
    if not text.strip():
        raise Refused(what, where=where)


def _words(state: str) -> str:
    return "being read" if state == BatchState.READING else state
