"""The worker's part: bringing the coding queue into step with the discharges."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from muniment.accounts.queries import organisation_code
from muniment.coding import actions
from muniment.core.actor import Actor

LOCK = "coding.enqueue"


@app.periodic(cron="* * * * *", periodic_id=LOCK)
@app.task(name="coding.look", queueing_lock="coding.look", pass_context=False)
def look(timestamp: int) -> None:
    """Every minute: whatever was noted and not nudged for (a crash between commit and nudge) is found here."""
    drain_all()


@app.task(name=LOCK, queueing_lock=LOCK, lock=LOCK)
def enqueue() -> None:
    drain_all()


def enqueue_soon() -> None:
    """Have the worker bring the queue into step in two seconds; once, however often it is asked."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        enqueue.configure(schedule_in={"seconds": 2}).defer()


def drain_all() -> int:
    """Until nothing is noted. Returns the number of stays looked at."""
    actor = Actor.system("worker", organisation=organisation_code())
    total = 0
    while count := actions.bring_into_step(actor=actor):
        total += count
    return total
