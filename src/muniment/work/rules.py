"""A work item's states and what leads from one to another. Pure; the diagram in the docs is drawn from TRANSITIONS."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    DEFERRED = "deferred"
    DONE = "done"
    CANCELLED = "cancelled"


class Step(StrEnum):
    CREATE = "create"
    PULL = "pull"
    ASSIGN = "assign"
    RELEASE = "release"
    DEFER = "defer"
    RESUME = "resume"  # the time it was deferred to has come: to its pool
    RETURN = "return"  # likewise, to the owner of a personal item
    COMPLETE = "complete"
    CANCEL = "cancel"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    RESTATE = "restate"  # its subject is due at another time, or for another reason


ACTIVE = (State.OPEN, State.ASSIGNED, State.DEFERRED)

TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.PULL): State.ASSIGNED,
    (State.OPEN, Step.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Step.ASSIGN): State.ASSIGNED,
    (State.DEFERRED, Step.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Step.RELEASE): State.OPEN,
    (State.OPEN, Step.DEFER): State.DEFERRED,
    (State.ASSIGNED, Step.DEFER): State.DEFERRED,
    (State.DEFERRED, Step.RESUME): State.OPEN,
    (State.DEFERRED, Step.RETURN): State.ASSIGNED,
    (State.DEFERRED, Step.PULL): State.ASSIGNED,
    (State.OPEN, Step.COMPLETE): State.DONE,
    (State.ASSIGNED, Step.COMPLETE): State.DONE,
    (State.DEFERRED, Step.COMPLETE): State.DONE,
    (State.OPEN, Step.CANCEL): State.CANCELLED,
    (State.ASSIGNED, Step.CANCEL): State.CANCELLED,
    (State.DEFERRED, Step.CANCEL): State.CANCELLED,
    (State.DONE, Step.REOPEN): State.OPEN,
    (State.CANCELLED, Step.REOPEN): State.OPEN,
    (State.OPEN, Step.ESCALATE): State.OPEN,
    (State.ASSIGNED, Step.ESCALATE): State.ASSIGNED,
    (State.DEFERRED, Step.ESCALATE): State.DEFERRED,
    (State.OPEN, Step.RESTATE): State.OPEN,
    (State.ASSIGNED, Step.RESTATE): State.ASSIGNED,
    (State.DEFERRED, Step.RESTATE): State.DEFERRED,
}


def after(state: State, step: Step) -> State | None:
    """The state that ``step`` leads to, or None when it is not possible."""
    return TRANSITIONS.get((state, step))
