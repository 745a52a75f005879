"""The worker's part: reading what was taken. No batch keeps the worker for long."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import structlog
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from muniment.accounts.queries import organisation_code
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState, Problem
from muniment.scanning import actions, reading
from muniment.scanning.lots import actions as lotting
from muniment.scanning.lots import queries as lots
from muniment.scanning.models import Batch
from muniment.scanning.rules import BatchState

SLICE_SECONDS = 40
LOOK = "scanning.look"
log = structlog.get_logger("muniment.scanning")
READ = "scanning.read"


@app.periodic(cron="* * * * *", periodic_id=LOOK)
@app.task(name=LOOK, queueing_lock=LOOK, pass_context=False)
def look(timestamp: int) -> None:
    """Every minute: batches whose reader was killed, and lots that are old enough to be closed."""
    if Batch.objects.filter(state=BatchState.READING).exists():
        read_soon()
    for lot_id in lots.to_close(clock.now(), lots.policy(clock.today())):
        with suppress(NotAllowedInState):  # somebody closed it
            lotting.close(actor=_actor("lots"), lot_id=lot_id)


@app.task(name=READ, queueing_lock=READ)
def read_next() -> None:
    """Read for a while at the batch that came first, then come back for the rest: other jobs get their turn."""
    actor = _actor("scan reader")
    for batch_id in list(
        Batch.objects.filter(state=BatchState.READING).order_by("received_at").values_list("id", flat=True)[:4]
    ):
        if _read(actor, batch_id):
            break
    if Batch.objects.filter(state=BatchState.READING).exists():
        read_soon()


def _read(actor: Actor, batch_id: UUID) -> bool:
    """One that can't be read is stopped and put before somebody: it keeps none of the others back."""
    try:
        return reading.read(actor, batch_id, seconds=SLICE_SECONDS)
    except Problem as told:
        trouble = str(told)
    except Exception as error:
        log.exception("a batch could not be read")
        trouble = f"It could not be read ({type(error).__name__}); the log says where it failed."
    with suppress(NotAllowedInState):  # somebody stopped it
        actions.stop(actor=actor, batch_id=batch_id, trouble=trouble)
    return False


def read_soon() -> None:
    """Have the worker read; once, however often it is asked."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        read_next.configure(schedule_in={"seconds": 1}).defer()


def _actor(part: str) -> Actor:
    return Actor.system(part, organisation=organisation_code())
