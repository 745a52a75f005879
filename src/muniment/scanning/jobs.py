"""The worker's part: reading what was taken, and looking into the watch folder. No batch keeps the worker for long."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.scanning import reading, taking
from muniment.scanning.models import Batch
from muniment.scanning.rules import BatchState

SLICE_SECONDS = 40
LOOK = "scanning.look"
READ = "scanning.read"


@app.periodic(cron="* * * * *", periodic_id=LOOK)
@app.task(name=LOOK, queueing_lock=LOOK, pass_context=False)
def look(timestamp: int) -> None:
    """Every minute: files of the watch folder, and batches whose reader was killed."""
    if settings.MUNIMENT_SCAN_FOLDER:
        list(taking.take_folder(_actor("watch folder"), settings.MUNIMENT_SCAN_FOLDER))
    if Batch.objects.filter(state=BatchState.READING).exists():
        read_soon()


@app.task(name=READ, queueing_lock=READ)
def read_next() -> None:
    """Read for a while at the batch that came first, then come back for the rest: other jobs get their turn."""
    actor = _actor("scan reader")
    for batch_id in list(
        Batch.objects.filter(state=BatchState.READING).order_by("received_at").values_list("id", flat=True)[:4]
    ):
        if reading.read(actor, batch_id, seconds=SLICE_SECONDS):
            break
    if Batch.objects.filter(state=BatchState.READING).exists():
        read_soon()


def read_soon() -> None:
    """Have the worker read; once, however often it is asked."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        read_next.configure(schedule_in={"seconds": 1}).defer()


def _actor(part: str) -> Actor:
    return Actor.system(part, organisation=organisation_code())
