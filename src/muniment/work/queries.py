"""Reads of the work engine: queues with their depth and age, a person's items, one item's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.kernel.ids import first_of
from muniment.work.models import Queue, Tally, WorkItem, WorkStep
from muniment.work.permissions import SUPERVISOR, check_see, within
from muniment.work.rules import ACTIVE, State, Step


@dataclass(frozen=True, slots=True)
class Depth:
    """How full a queue is, within the reader's facilities."""

    queue: Queue
    active: int
    unowned: int
    late: int
    oldest: datetime | None


def queues_for(actor: Actor) -> list[Queue]:
    """The queues the actor's role works; all of them for an administrator."""
    return [queue for queue in Queue.objects.all() if actor.role == SUPERVISOR or actor.role in queue.pools]


def depths(actor: Actor, queues: list[Queue] | None = None) -> list[Depth]:
    """One aggregate query for all queues."""
    queues = queues_for(actor) if queues is None else queues
    counts: dict[str, Any] = {
        row["queue_id"]: row
        for row in WorkItem.objects.filter(within(actor), state__in=ACTIVE, queue__in=queues)
        .values("queue_id")
        .annotate(
            active=Count("id"),
            unowned=Count("id", filter=Q(owner__isnull=True)),
            late=Count("id", filter=Q(due_at__lt=clock.now())),
            oldest=Min("created_at"),
        )
    }
    empty: dict[str, Any] = {"active": 0, "unowned": 0, "late": 0, "oldest": None}
    found = ((queue, counts.get(queue.code, empty)) for queue in queues)
    return [Depth(queue, row["active"], row["unowned"], row["late"], row["oldest"]) for queue, row in found]


def items(
    actor: Actor,
    *,
    queue: str = "",
    mine: bool = False,
    unowned: bool = False,
    late: bool = False,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    facility_id: UUID | None = None,
    states: tuple[State, ...] = ACTIVE,
) -> QuerySet[WorkItem]:
    """Items within the actor's facilities, in the order they would be pulled. Those of no facility stand at each."""
    found = WorkItem.objects.filter(within(actor), state__in=states).select_related("queue", "owner")
    narrower = {
        "queue_id": queue, "owner_id": mine and actor.id, "owner__isnull": unowned,
        "due_at__gte": due_after, "due_at__lt": clock.now() if late else due_before,
    }  # fmt: skip
    if facility_id:
        found = found.filter(Q(facility_id=facility_id) | Q(facility_id__isnull=True))
    return found.filter(**{name: value for name, value in narrower.items() if value}).order_by("-priority", "due_at", "id")


def following(found: QuerySet[WorkItem], last: WorkItem) -> QuerySet[WorkItem]:
    """What comes after ``last`` in the order of ``items``: the next keyset page. Items without a due date stand last."""
    if last.due_at is None:
        behind = Q(due_at__isnull=True, id__gt=last.id)
    else:
        behind = Q(due_at__gt=last.due_at) | Q(due_at__isnull=True) | Q(due_at=last.due_at, id__gt=last.id)
    return found.filter(Q(priority__lt=last.priority) | Q(priority=last.priority) & behind)


def held(actor: Actor, queue: str) -> list[WorkItem]:
    """What the actor took from ``queue`` and has not finished: where somebody who was interrupted goes on. At most two, to tell one from more."""
    return list(items(actor, queue=queue, mine=True, states=(State.ASSIGNED,))[:2]) if actor.id else []


def item(actor: Actor, item_id: UUID) -> WorkItem:
    """One item with its queue and owner. Raises Refused alike for one that is not there and one the actor may not see."""
    found = WorkItem.objects.select_related("queue", "owner").filter(within(actor), id=item_id).first()
    if found is None:
        raise Refused("There is no such item that you may see.", remedy="It may belong to another facility.")
    check_see(actor, found)
    return found


def queue(actor: Actor, code: str) -> Queue:
    """A queue the actor's role works. Raises Refused alike for one that is not there."""
    found = next((one for one in queues_for(actor) if one.code == code), None)
    if found is None:
        raise Refused("There is no such queue that your role works.", remedy="Your queues are listed under Work.")
    return found


def worked_by(actor: Actor) -> Q:
    """Items of the queues the actor's role works, as ``depths`` counts them."""
    return Q(queue__in=queues_for(actor))


def completions(actor: Actor, since: datetime) -> QuerySet[WorkStep]:
    """What the actor completed from then on, the latest first: a row a completion, as the day's counter has it.

    Steps are numbered in the order of time, so their key bounds the search (RFC 9562 §5.7).
    """
    found = WorkStep.objects.filter(id__gte=first_of(since), at__gte=since, actor_id=actor.id, step=Step.COMPLETE)
    return found.select_related("item__queue", "item__owner").order_by("-at", "-id")


def history(found: WorkItem) -> list[WorkStep]:
    """An item's steps, newest first."""
    return list(found.steps.order_by("-at", "-id"))


def done_by(actor_id: UUID, day: date) -> dict[str, int]:
    """Completed items per queue on a day: the productivity counter."""
    rows = Tally.objects.filter(actor_id=actor_id, day=day).values("queue_id").annotate(total=Sum("completed"))
    return {row["queue_id"]: row["total"] for row in rows}
