"""The worker's part: every morning the draws of the day, every hour a look whether findings are mended."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.openreview import actions


@app.periodic(cron="40 6 * * *", periodic_id="openreview.look")
@app.task(name="openreview.look", queueing_lock="openreview.look", lock="openreview", pass_context=False)
def look(timestamp: int) -> None:
    actions.look(actor=_worker())


@app.periodic(cron="25 * * * *", periodic_id="openreview.look_again")
@app.task(name="openreview.look_again", queueing_lock="openreview.look_again", lock="openreview", pass_context=False)
def look_again(timestamp: int) -> None:
    actions.look_again(actor=_worker())


def _worker() -> Actor:
    return Actor.system("worker", organisation=organisation_code())
