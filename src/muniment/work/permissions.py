"""Who may take, pass on or set aside which work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.work.models import Queue, WorkItem

SUPERVISOR = "administrator"


def within(actor: Actor) -> Q:
    """Items of the actor's facilities, and those of none."""
    if actor.is_system:
        return Q()
    return Q(facility_id__in=actor.facilities) | Q(facility_id__isnull=True)


def check_pull(actor: Actor, queue: Queue) -> None:
    if queue.personal:
        raise Refused(f"“{queue.name}” holds each person's own items; there is nothing to pull.")
    if not actor.is_system and actor.role not in queue.pools:
        raise Refused(f"Your role may not take work from “{queue.name}”.")


_bars: dict[str, Callable[[Actor], QuerySet[Any] | None]] = {}


def bar(queue: str, whose: Callable[[Actor], QuerySet[Any] | None]) -> None:
    """Say which subjects of ``queue`` an actor may not decide though their role works it: what they did or proposed themselves.

    ``whose`` gives the rows, keyed by ``id``; None for none. Pulling passes them over, so that nobody holds what only a
    colleague can do. Called once, in an AppConfig's ``ready``.
    """
    _bars[queue] = whose


def barred(actor: Actor, queue: str) -> Q:
    """The items of ``queue`` that pulling passes over for the actor."""
    own = _bars[queue](actor) if queue in _bars and actor.id else None
    return Q() if own is None else Q(subject_id__in=own.order_by().values_list(Cast("id", CharField())))


def check_see(actor: Actor, item: WorkItem) -> None:
    if actor.is_system:
        return
    if item.facility_id is not None and item.facility_id not in actor.facilities:
        raise Refused("This item belongs to a facility you do not work at.")
    if item.owner_id != actor.id and actor.role not in (*item.queue.pools, SUPERVISOR):
        raise Refused(f"Your role does not work the queue “{item.queue.name}”.")


def check_change(actor: Actor, item: WorkItem) -> None:
    check_see(actor, item)
    if actor.is_system or actor.role == SUPERVISOR or item.owner_id in (None, actor.id):
        return
    raise Refused("Somebody else has this item.", remedy="Ask them to release it, or an administrator to reassign it.")


def check_assign(actor: Actor, item: WorkItem, owner_id: UUID) -> None:
    check_change(actor, item)
    if owner_id != actor.id and not actor.is_system and actor.role != SUPERVISOR and item.owner_id != actor.id:
        raise Refused("You can give away only what is yours.", remedy="An administrator can assign it.")


def check_supervise(actor: Actor, item: WorkItem) -> None:
    check_see(actor, item)
    if not actor.is_system and actor.role != SUPERVISOR:
        raise Refused("Only an administrator changes priorities.")


def check_deferral(until: datetime, reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why this waits.", where="reason")
    if until <= clock.now():
        raise Refused("The day it comes back must lie ahead.", where="until")


def can_supervise(actor: Actor, item: WorkItem) -> bool:
    try:
        check_supervise(actor, item)
    except Refused:
        return False
    return True


def can_change(actor: Actor, item: WorkItem) -> bool:
    try:
        check_change(actor, item)
    except Refused:
        return False
    return True
