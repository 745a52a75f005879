"""The only writer of queues and work items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from muniment.core import clock
from muniment.core.actions import action, at_end, held, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import Known, at_close, inserting, keep
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Conflict, NotAllowedInState
from muniment.kernel.ids import uuid7
from muniment.work import permissions
from muniment.work.models import Queue, WorkItem, WorkStep
from muniment.work.rules import ACTIVE, State, Step, after

RESUMED_AT_ONCE = 500  # items in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What is to be done. ``subject`` is (type, id); one active item per queue and subject."""

    queue: str
    subject: tuple[str, str]
    title: str
    reason: str
    citation: str = ""
    facility_id: UUID | None = None
    patient_id: UUID | None = None
    encounter_id: UUID | None = None
    owner_id: UUID | None = None
    priority: int = 0
    due_at: datetime | None = None


@action("work.define-queue", Lifecycle.CONFIGURE)
def define_queue(
    *, actor: Actor, code: str, name: str, definition: str, pools: Sequence[str], personal: bool = False, order: int = 0
) -> Queue:
    """Make or change a queue. ``pools`` are the role codes that may pull from it."""
    queue, made = Queue.objects.update_or_create(
        code=code, defaults={"name": name, "definition": definition, "pools": list(pools), "personal": personal, "order": order}
    )
    leave(subject=("queue", code), after={"pools": list(pools), "new": made})
    return queue


@action("work.create", Lifecycle.WORK)
def create(*, actor: Actor, items: Sequence[NewItem]) -> list[WorkItem]:
    """Put things to do into their queues; what is already active there stays as it is. Returns the new ones."""
    now = clock.now()
    rows = [_row(item, now) for item in items]
    made = _insert_new(rows)
    if not made:
        unchanged()
        return []
    steps = [_step(row, Step.CREATE, actor, now, row.reason[:400]) for row in made]
    keep(steps)
    first = made[0]
    leave(
        subject=("work-item", first.id) if len(made) == 1 else ("work-items", uuid7()),
        patient_id=first.patient_id if len({row.patient_id for row in made}) == 1 else None,
        facility_id=first.facility_id,
        reason=first.reason if len(made) == 1 else "",
        after={"items": [str(row.id) for row in made], "queues": sorted({row.queue_id for row in made})},
    )
    stands(*made, *steps)
    return made


def _row(item: NewItem, now: datetime) -> WorkItem:
    return WorkItem(
        queue_id=item.queue, facility_id=item.facility_id, subject_type=item.subject[0], subject_id=item.subject[1],
        patient_id=item.patient_id, encounter_id=item.encounter_id, title=item.title[:200], reason=item.reason[:400],
        citation=item.citation[:200], priority=item.priority, due_at=item.due_at, owner_id=item.owner_id,
        state=State.ASSIGNED if item.owner_id else State.OPEN, created_at=now, changed_at=now,
    )  # fmt: skip


def _insert_new(rows: list[WorkItem]) -> list[WorkItem]:
    if not rows:
        return []
    WorkItem.objects.bulk_create(rows, ignore_conflicts=True)
    kept = set(WorkItem.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    return [row for row in rows if row.id in kept]


@action("work.pull", Lifecycle.WORK)
def pull_next(*, actor: Actor, queue: str) -> WorkItem | None:
    """Give the actor the next item of ``queue`` within their facilities: highest priority, then earliest due.

    Two people never get the same one: a row somebody else is just taking is skipped (SKIP LOCKED). What only a colleague may decide
    (``permissions.bar``) is passed over. None when nothing is left.
    """
    permissions.check_pull(actor, Queue.objects.get(code=queue))
    waiting = WorkItem.objects.select_for_update(skip_locked=True).filter(
        permissions.within(actor), queue_id=queue, state=State.OPEN
    )
    if barred := permissions.barred(actor, queue):
        waiting = waiting.exclude(barred)
    item = waiting.order_by(F("priority").desc(), "due_at", "id").first()
    if item is None:
        unchanged()
        return None
    return _move(item, Step.PULL, actor, owner_id=actor.id)


@action("work.assign", Lifecycle.WORK)
def assign(*, actor: Actor, item_id: UUID, owner_id: UUID, reason: str = "", revision: int | None = None) -> WorkItem:
    """Give an item to somebody, or take it oneself."""
    item = _locked(item_id, revision)
    permissions.check_assign(actor, item, owner_id)
    return _move(item, Step.ASSIGN, actor, owner_id=owner_id, reason=reason)


@action("work.release", Lifecycle.WORK)
def release(*, actor: Actor, item_id: UUID, reason: str = "", revision: int | None = None) -> WorkItem:
    """Put an item back into its pool."""
    item = _locked(item_id, revision)
    permissions.check_change(actor, item)
    return _move(item, Step.RELEASE, actor, owner_id=None, reason=reason)


@action("work.defer", Lifecycle.WORK)
def defer(*, actor: Actor, item_id: UUID, until: datetime, reason: str, revision: int | None = None) -> WorkItem:
    """Set an item aside until ``until``, saying why. It comes back to the pool by itself."""
    item = _locked(item_id, revision)
    permissions.check_change(actor, item)
    permissions.check_deferral(until, reason)
    item.deferred_until = until
    _count(actor, item, "deferred")
    return _move(item, Step.DEFER, actor, owner_id=item.owner_id, reason=reason)


@action("work.complete", Lifecycle.WORK)
def complete(*, actor: Actor, item_id: UUID, reason: str = "", revision: int | None = None) -> WorkItem:
    item = _locked(item_id, revision)
    permissions.check_change(actor, item)
    _count(actor, item, "completed")
    return _move(item, Step.COMPLETE, actor, owner_id=item.owner_id, reason=reason)


@action("work.settle", Lifecycle.WORK)
def settle(
    *, actor: Actor, queue: str | Sequence[str], subjects: Iterable[tuple[str, str]], reason: str, done: bool = True
) -> int:
    """Complete (or cancel) whatever is active in ``queue`` (or these queues) about the subjects: the matter settled itself.

    Returns how many items it was.
    """
    queues = [queue] if isinstance(queue, str) else list(queue)
    kinds: dict[str, list[str]] = {}
    for kind, name in subjects:
        kinds.setdefault(kind, []).append(name)
    items: list[WorkItem] = []
    for kind, names in kinds.items():
        found = WorkItem.objects.select_for_update().filter(
            queue_id__in=queues, subject_type=kind, subject_id__in=names, state__in=ACTIVE
        )
        items.extend(found.order_by("id"))
    if not items:
        unchanged()
        return 0
    now, step = clock.now(), Step.COMPLETE if done else Step.CANCEL
    for item in items:
        item.state, item.finished_at, item.changed_at, item.revision = (
            _reached(item, step),
            now,
            now,
            item.revision + 1,
        )
        if done:
            _count(actor, item, "completed")
    steps = [_step(item, step, actor, now, reason[:400]) for item in items]
    keep(items, key=("id",), known=Known.REPLACED)
    keep(steps)
    leave(
        subject=("work-items", uuid7()),
        reason=reason,
        after={"items": [str(item.id) for item in items], "state": items[0].state},
    )
    stands(*items, *steps)
    return len(items)


SAID = ("title", "reason", "citation", "due_at")  # what an item says of its subject


@action("work.restate", Lifecycle.WORK)
def restate(*, actor: Actor, changed: Sequence[tuple[NewItem, NewItem]], reason: str) -> int:
    """Have active items say of their subjects what they say now: each (as it was said, as it is said now), of the same queue.

    Owner, state and priority stay, and so does what a person set: another due date, another reason. Returns how many changed.
    """
    now = clock.now()
    said = {(one.queue, *one.subject): (_row(before, now), _row(one, now)) for before, one in changed}
    found = WorkItem.objects.select_for_update().filter(
        queue_id__in={one for one, _, _ in said}, subject_id__in={one for _, _, one in said}, state__in=ACTIVE
    )
    known = [(one, said.get((one.queue_id, one.subject_type, one.subject_id))) for one in found.order_by("id")]
    items = [item for item, pair in known if pair and _say(item, *pair)]
    if not items:
        unchanged()
        return 0
    for item in items:
        item.changed_at, item.revision = now, item.revision + 1
    WorkItem.objects.bulk_update(items, [*SAID, "changed_at", "revision"])
    steps = [_step(item, Step.RESTATE, actor, now, reason[:400]) for item in items]
    keep(steps)
    leave(subject=("work-items", uuid7()), reason=reason, after={"items": [str(item.id) for item in items]})
    stands(*items, *steps)
    return len(items)


def _say(item: WorkItem, before: WorkItem, after: WorkItem) -> bool:
    """Whether the item says anything else now."""
    names = [
        name for name in SAID
        if getattr(item, name) == getattr(before, name) != getattr(after, name)
    ]  # fmt: skip
    for name in names:
        setattr(item, name, getattr(after, name))
    return bool(names)


@action("work.escalate", Lifecycle.WORK)
def reprioritise(
    *, actor: Actor, item_id: UUID, priority: int, reason: str, due_at: datetime | None = None, revision: int | None = None
) -> WorkItem:
    """Raise or lower an item's priority, and set another due date where one is given."""
    item = _locked(item_id, revision)
    permissions.check_supervise(actor, item)
    item.priority, item.due_at = priority, due_at or item.due_at
    return _move(item, Step.ESCALATE, actor, owner_id=item.owner_id, reason=reason)


@action("work.resume", Lifecycle.WORK)
def resume_due(*, actor: Actor, now: datetime) -> int:
    """Bring back what was deferred until ``now`` or earlier, at most ``RESUMED_AT_ONCE`` of it. Returns how many.

    To its pool; in a queue of personal items, to its owner.
    """
    due = WorkItem.objects.filter(state=State.DEFERRED, deferred_until__lte=now).select_related("queue")
    items = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("deferred_until", "id")[:RESUMED_AT_ONCE])
    if not items:
        unchanged()
        return 0
    steps = [Step.RETURN if item.owner_id and item.queue.personal else Step.RESUME for item in items]
    for item, step in zip(items, steps, strict=True):
        item.state, item.deferred_until = _reached(item, step), None
        item.changed_at, item.revision = now, item.revision + 1
        item.owner_id = item.owner_id if step is Step.RETURN else None
    WorkItem.objects.bulk_update(items, ["state", "owner", "deferred_until", "changed_at", "revision"])
    told = [
        _step(item, step, actor, now, "the time it was deferred to has come") for item, step in zip(items, steps, strict=True)
    ]
    WorkStep.objects.bulk_create(told)
    leave(subject=("work-items", uuid7()), after={"items": [str(item.id) for item in items]})
    stands(*items, *told)
    return len(items)


def _reached(item: WorkItem, step: Step) -> State:
    """The state that ``step`` leads to from where the item is. Raises NotAllowedInState where it leads nowhere."""
    reached = after(State(item.state), step)
    if reached is None:
        raise NotAllowedInState(
            f"This item is {item.state}; it can't be taken through “{step}”.",
            remedy="Open the queue again to see where it stands.",
        )
    return reached


def _locked(item_id: UUID, revision: int | None = None) -> WorkItem:
    item = WorkItem.objects.select_for_update().get(id=item_id)
    if revision is not None and item.revision != revision:
        last = item.steps.order_by("-at").first()
        who = last.actor_name if last else "somebody else"
        raise Conflict(
            f"{who} changed this item in the meantime; nothing of yours was written.", remedy="Look at it again, then decide."
        )
    return item


def _move(item: WorkItem, step: Step, actor: Actor, *, owner_id: UUID | None, reason: str = "") -> WorkItem:
    before: Mapping[str, Any] = {"state": item.state, "owner": str(item.owner_id or "")}
    reached = _reached(item, step)
    now = clock.now()
    item.state, item.owner_id, item.changed_at, item.revision = reached, owner_id, now, item.revision + 1
    item.finished_at = now if reached in (State.DONE, State.CANCELLED) else None
    if reached is not State.DEFERRED:
        item.deferred_until = None
    item.save()
    taken = _step(item, step, actor, now, reason[:400])
    taken.save(force_insert=True)
    leave(
        subject=("work-item", item.id), patient_id=item.patient_id, facility_id=item.facility_id, reason=reason,
        before=dict(before), after={"state": str(reached), "owner": str(owner_id or ""), "queue": item.queue_id},
    )  # fmt: skip
    stands(item, taken)
    return item


def _step(item: WorkItem, step: Step, actor: Actor, at: datetime, reason: str) -> WorkStep:
    return WorkStep(
        item_id=item.id, at=at, step=step, actor_id=actor.id, actor_name=actor.name, owner_id=item.owner_id, reason=reason
    )


Tally = tuple[UUID, date, str]  # a person, a day, a queue
TALLY_COLUMNS = ("actor_id", "day", "queue_id", "completed", "deferred")


def _count(actor: Actor, item: WorkItem, column: str) -> None:
    """One more for this person, queue and day: the day where they work (the request's zone).

    Written when the unit of work ends, so that two people's units wait for one another's counts as briefly as can be.
    """
    if actor.id is None:
        return
    counts: Counter[tuple[Tally, str]] = held("work tallies", Counter)
    if not counts:
        at_end(lambda: _write_tallies(counts))
    counts[(actor.id, clock.today(), item.queue_id), column] += 1


def _write_tallies(counts: Counter[tuple[Tally, str]]) -> None:
    """An upsert, so that two at once both count; in one order, so that they never wait crosswise."""
    rows = [
        (actor, day, queue, counts[(actor, day, queue), "completed"], counts[(actor, day, queue), "deferred"])
        for actor, day, queue in sorted({tally for tally, _ in counts})
    ]
    counts.clear()
    added = ", ".join(f"{column} = work_tally.{column} + excluded.{column}" for column in ("completed", "deferred"))
    conflict = f"ON CONFLICT (actor_id, day, queue_id) DO UPDATE SET {added}"
    at_close(inserting("work_tally", TALLY_COLUMNS, rows, conflict), lambda _: None)
