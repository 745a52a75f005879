"""The worker's part: every morning what the rule wants put before an administrator."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.querying import actions


@app.periodic(cron="40 6 * * *", periodic_id="querying.look")
@app.task(name="querying.look", queueing_lock="querying.look", lock="querying", pass_context=False)
def look(timestamp: int) -> None:
    actions.look(actor=Actor.system("worker", organisation=organisation_code()))
