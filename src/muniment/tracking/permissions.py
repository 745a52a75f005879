"""Who may see, ask for and move paper."""

from __future__ import annotations

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.tracking.models import Volume
from muniment.tracking.rules import State, Step, after


def check_see(actor: Actor, row: Volume) -> None:
    check_category(actor, Category.PAPER)
    check_facility(actor, [row.facility_id])


def check_ask(actor: Actor, row: Volume) -> None:
    """Whoever may see a volume and has work of their own may ask for it."""
    check_see(actor, row)
    check_category(actor, Category.WORK, Grade.WRITE)


def check_move(actor: Actor, row: Volume) -> None:
    check_category(actor, Category.PAPER, Grade.WRITE)
    check_facility(actor, [row.facility_id])


def can(check: object, actor: Actor, row: Volume) -> bool:
    """Whether one of the checks above passes."""
    try:
        check(actor, row)  # type: ignore[operator]
    except Refused:
        return False
    return True


def check_step(row: Volume, step: Step) -> State:
    """The state the step leads to. Raises NotAllowedInState where the volume does not permit it."""
    reached = after(State(row.state), step)
    if reached is None:
        raise NotAllowedInState(f"Volume {row.number} is {row.state}; “{step}” is not possible now.", remedy="Open it again.")
    return reached


def check_revision(row: Volume, revision: int | None) -> None:
    if revision is not None and row.revision != revision:
        raise Conflict(
            "Somebody moved this volume in the meantime; nothing of yours was written.", remedy="Look at where it is now."
        )


def check_said(text: str, what: str, where: str) -> None:
    if not text.strip():
        raise Refused(what, where=where)
