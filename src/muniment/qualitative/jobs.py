"""The worker's part: looking at the stays that were noted, one batch a transaction."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.qualitative import actions

LOCK = "qualitative.look_at_pending"


@app.periodic(cron="* * * * *", periodic_id=LOCK)
@app.task(name="qualitative.look", queueing_lock="qualitative.look", pass_context=False)
def look(timestamp: int) -> None:
    """Every minute: whatever was noted and not nudged for (a crash between commit and nudge) is found here."""
    drain_all()


@app.task(name=LOCK, queueing_lock=LOCK, lock=LOCK)
def look_at_pending() -> None:
    drain_all()


def look_soon() -> None:
    """Have the worker drain the notes in ten seconds; once, however often it is asked. Nobody waits for it at a screen."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        look_at_pending.configure(schedule_in={"seconds": 10}).defer()


def drain_all() -> int:
    """Look until nothing is noted. Returns the number of stays."""
    actor = Actor.system("qualitative analysis", organisation=organisation_code())
    total = 0
    while count := actions.drain(actor=actor):
        total += count
    return total
