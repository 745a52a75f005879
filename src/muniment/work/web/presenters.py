"""Work items as rows, facts and events: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tone, Why
from muniment.work import places
from muniment.work.models import WorkItem, WorkStep
from muniment.work.names import Whose, directory
from muniment.work.rules import State

PRIORITIES = {3: "most urgent", 2: "urgent", 1: "raised", 0: "normal", -1: "lowered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a queue."""

    item: WorkItem
    url: str
    verb: str
    whose: Whose | None
    facility: str
    owner: str
    age: int  # days since it came in

    @property
    def due(self) -> date | None:
        return timezone.localdate(self.item.due_at) if self.item.due_at else None

    @property
    def why(self) -> Why:
        return Why(rule=self.item.reason, citation=self.item.citation)


def rows(actor: Actor, items: Sequence[WorkItem]) -> list[Row]:
    """A fixed number of queries whatever the number of items. A patient's number is the one of the item's facility."""
    patients = directory.patients(actor, {(one.patient_id, one.facility_id) for one in items if one.patient_id})
    facilities = directory.facilities() if items else {}
    now = clock.now()
    return [
        Row(
            item=one, url=places.url_of(one), verb=places.verb_of(one), whose=patients.get((one.patient_id, one.facility_id)) if one.patient_id else None,
            facility=facilities.get(one.facility_id, "") if one.facility_id else "", owner=owner_words(one, actor),
            age=(now - one.created_at).days,
        )
        for one in items
    ]  # fmt: skip


HELD = Why(rule="Items you pulled or were given and have not finished, deferred ones included, in whatever queue.")
DONE = Why(rule="Items you completed since midnight, by your facility’s clock. One taken up and completed again counts again.")
EVERY = Why(
    rule="Items that are not finished, deferred ones included, of every queue your role works. Late is what is past its due date.",
    inputs=[Input("Counted", "at your facilities, with what belongs to no facility; now")],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneRow:
    """One completion."""

    row: Row
    at: datetime
    how: str


def done_rows(actor: Actor, steps: Sequence[WorkStep]) -> list[DoneRow]:
    """As ``rows``: the items, each with when it was completed and how."""
    made = rows(actor, [one.item for one in steps])
    return [DoneRow(row=row, at=one.at, how=one.reason) for row, one in zip(made, steps, strict=True)]


def owner_words(item: WorkItem, actor: Actor) -> str:
    if item.owner is None:
        return ""
    return "you" if item.owner_id == actor.id else str(item.owner)


def state_of(item: WorkItem) -> tuple[str, Tone]:
    """The item's state in words, and its tone."""
    if item.state == State.DEFERRED and item.deferred_until:
        return f"Deferred to {dates.day(timezone.localdate(item.deferred_until))}", Tone.INFO
    if item.state in (State.DONE, State.CANCELLED):
        return item.state.capitalize(), Tone.OK if item.state == State.DONE else Tone.PLAIN
    if item.due_at and item.due_at < clock.now():
        return "Late", Tone.LATE
    return item.state.capitalize(), Tone.PLAIN


def facts(row: Row) -> list[Fact]:
    item = row.item
    due = dates.moment(item.due_at, timezone.get_current_timezone()) if item.due_at else "no date set"
    patient = [
        Fact(label="Patient", value=row.whose.name), Fact(label="Born", value=row.whose.born), Fact(label="Number", value=row.whose.number),
    ] if row.whose else []  # fmt: skip
    return [
        *patient,
        Fact(label="Queue", value=item.queue.name),
        Fact(label="Why it is here", value=item.reason, why=row.why if item.citation else None),
        Fact(label="Due", value=due),
        Fact(label="Priority", value=PRIORITIES.get(item.priority, str(item.priority))),
        Fact(label="Owner", value=row.owner or "nobody yet"),
        Fact(label="Facility", value=row.facility or "every facility"),
    ]


WORDS = {
    "create": "Came into the queue",
    "pull": "Pulled",
    "assign": "Assigned",
    "release": "Put back into the queue",
    "defer": "Deferred",
    "resume": "Came back",
    "return": "Came back to its owner",
    "complete": "Completed",
    "cancel": "Cancelled",
    "reopen": "Reopened",
    "escalate": "Priority changed",
    "restate": "Due date or reason changed",
}


def events(steps: Sequence[WorkStep], names: dict[UUID, str]) -> list[Event]:
    """The item's history, as given. An assignment says to whom, where the name is known."""
    zone = timezone.get_current_timezone()
    return [
        Event(what=_what(step, names), who=step.actor_name, when=dates.moment(step.at, zone), why=step.reason) for step in steps
    ]


def _what(step: WorkStep, names: dict[UUID, str]) -> str:
    what = WORDS.get(step.step, step.step)
    if step.step == "assign" and step.owner_id:
        to = "themselves" if step.owner_id == step.actor_id else names.get(step.owner_id, "a colleague")
        return f"{what} to {to}"
    return what
