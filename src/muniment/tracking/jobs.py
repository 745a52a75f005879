"""The worker's part: calling back what is late."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.tracking import actions

RECALL = "tracking.recall"


@app.periodic(cron="15 5 * * *", periodic_id=RECALL)
@app.task(name=RECALL, queueing_lock=RECALL, pass_context=False)
def recall(timestamp: int) -> None:
    """Every morning, until nothing late is left uncalled."""
    actor = Actor.system("worker", organisation=organisation_code())
    while actions.recall_late(actor=actor, today=clock.today()):
        pass
