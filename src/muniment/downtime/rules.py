"""A downtime: from when to when, what was down, and how its paper is reconciled. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muniment.kernel.errors import Refused


class State(StrEnum):
    """A downtime's."""

    RUNNING = "running"
    OVER = "over"  # systems are back; its paper is being entered
    RECONCILED = "reconciled"


class Step(StrEnum):
    END = "end"
    RECONCILE = "reconcile"
    REOPEN = "reopen"  # paper turned up later


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.RUNNING, Step.END): State.OVER,
    (State.OVER, Step.RECONCILE): State.RECONCILED,
    (State.RECONCILED, Step.REOPEN): State.OVER,
}


def after(state: State, step: Step) -> State | None:
    """The state ``step`` leads to, or None where it is not possible."""
    return TRANSITIONS.get((state, step))


def check_interval(began: datetime, ended: datetime | None, now: datetime) -> None:
    """Raises Refused for a downtime that ends before it begins, and for one of the future."""
    if began > now:
        raise Refused("It can't begin after now.", where="began")
    if ended is not None and ended <= began:
        raise Refused("It ends after it began.", where="ended")
    if ended is not None and ended > now:
        raise Refused("This time lies ahead.", where="ended", remedy="Leave it empty until the systems are back.")


def check_act(acted: datetime, began: datetime, ended: datetime | None, now: datetime) -> None:
    """The time of an act written down during a downtime lies in it: the paper says when, and it is never moved."""
    if acted > now:
        raise Refused("The act can't lie ahead.", where="acted")
    if acted < began or (ended is not None and acted > ended):
        raise Refused(
            "This time lies outside the downtime.", where="acted", remedy="Read it off the paper again, or choose the downtime it was written in."
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay that was in house during a downtime: how many of its documents were entered, and what was confirmed where there are none."""

    encounter_id: UUID
    unit: str
    documents: int = 0
    confirmed: str = ""  # why there are none, as somebody said

    @property
    def settled(self) -> bool:
        return self.documents > 0 or bool(self.confirmed)


def open_stays(found: Iterable[Stay]) -> int:
    """Stays nobody has entered paper for or said that there is none."""
    return sum(not one.settled for one in found)
