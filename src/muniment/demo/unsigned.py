"""The demo hospital's documents that nobody signed: authors told, closures proposed, some decided in the last days."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.accounts import queries
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import ORGANISATION_CODE, ZONE, day_of
from muniment.demo.staff import staff
from muniment.pending import actions
from muniment.pending.models import PendingStep
from muniment.pending.queries import proposed
from muniment.record.models import Entry
from muniment.work.models import WorkItem

CLOSED = "Its author left the medical staff; the chair of the department reviewed the stay and found nothing outstanding."
MORE_TIME = "Its author is on leave and signs it on return."
TO_CLOSE = 3


def run(as_of: datetime) -> None:
    """A look at the rule eight days ago, decisions about the oldest proposals the day after, and a look this morning."""
    if PendingStep.objects.exists():
        return
    names = [one.username for one in staff() if one.role == Role.ADMINISTRATOR]
    administrator = queries.actor_for(User.objects.filter(username__in=names).order_by("username")[0])
    worker = Actor.system("worker", organisation=ORGANISATION_CODE)
    with clock.at(as_of - timedelta(days=8)):
        actions.look(actor=worker)
    with clock.at((as_of - timedelta(days=7)).astimezone(ZONE).replace(hour=10, minute=20)):
        _decide(administrator)
    with clock.at(as_of):
        actions.look(actor=worker)


def _decide(administrator: Actor) -> None:
    """Close the oldest, give the author of one more time; the others wait."""
    items = list(proposed().filter(facility_id__in=administrator.facilities).order_by("due_at", "id")[: TO_CLOSE + 1])
    for place, item in enumerate(items):
        entry = _entry(item)
        about = {"actor": administrator, "patient_id": entry.patient_id, "entry_id": entry.entry_id, "number": entry.number}
        if place < TO_CLOSE:
            actions.close(**about, reason=CLOSED)  # type: ignore[arg-type]
        else:
            actions.extend(**about, until=day_of(clock.now()) + timedelta(days=21), reason=MORE_TIME)  # type: ignore[arg-type]


def _entry(item: WorkItem) -> Entry:
    return Entry.objects.get(patient_id=item.patient_id, entry_id=item.subject_id)
