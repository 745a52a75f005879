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
from muniment.record.models import PENDING, Entry

LEFT = "Its author did not answer two notices; the chair of the department reviewed it and found nothing outstanding."
NAMELESS = "The sender does not name its author, so nobody can sign it; the practice manager was asked in vain."
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
    """Close the oldest, no more than half; give the author of one more time; the others wait."""
    found = list(proposed().filter(facility_id__in=administrator.facilities).order_by("due_at", "id"))
    close = min(TO_CLOSE, (len(found) + 1) // 2)
    for place, item in enumerate(found[: close + (len(found) > close + 1)]):
        entry = Entry.objects.get(PENDING, entry_id=item.subject_id, patient_id__in=[item.patient_id])
        about = {"actor": administrator, "patient_id": entry.patient_id, "entry_id": entry.entry_id, "number": entry.number}
        if place < close:
            actions.close(**about, reason=LEFT if entry.author_id else NAMELESS)  # type: ignore[arg-type]
        else:
            actions.extend(**about, until=day_of(clock.now()) + timedelta(days=21), reason=MORE_TIME)  # type: ignore[arg-type]
