"""The worker's part: analysing the charts that were noted, one batch a transaction."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from muniment.accounts.queries import organisation_code
from muniment.completion import actions, runs
from muniment.core.actor import Actor

LOCK = "completion.analyse_pending"
DRY_RUN = "completion.dry_run"


@app.periodic(cron="* * * * *", periodic_id=LOCK)
@app.task(name="completion.look", queueing_lock="completion.look", pass_context=False)
def look(timestamp: int) -> None:
    """Every minute: whatever was noted and not nudged for (a crash between commit and nudge) is found here."""
    drain_all()


@app.task(name=LOCK, queueing_lock=LOCK, lock=LOCK)
def analyse_pending() -> None:
    drain_all()


@app.task(name=DRY_RUN, lock=DRY_RUN)
def dry_run(run_id: str) -> None:
    """One at a time: it takes a processor."""
    runs.carry_out(UUID(run_id))


def analyse_soon() -> None:
    """Have the worker drain the notes in two seconds; once, however often it is asked."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        analyse_pending.configure(schedule_in={"seconds": 2}).defer()


def drain_all() -> int:
    """Analyse until nothing is noted. Returns the number of charts."""
    actor = Actor.system("chart analysis", organisation=organisation_code())
    total = 0
    while count := actions.drain(actor=actor):
        total += count
    return total
