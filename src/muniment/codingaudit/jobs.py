"""The worker's part: every morning the draws of the day and a look at what was coded again."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.codingaudit import actions
from muniment.core.actor import Actor


@app.periodic(cron="50 6 * * *", periodic_id="codingaudit.look")
@app.task(name="codingaudit.look", queueing_lock="codingaudit.look", lock="codingaudit", pass_context=False)
def look(timestamp: int) -> None:
    actions.look(actor=Actor.system("worker", organisation=organisation_code()))
