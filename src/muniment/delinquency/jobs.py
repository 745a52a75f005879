"""The worker's part: every morning what the rules ask for, every five minutes suspensions that have settled themselves."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.delinquency import actions


@app.periodic(cron="10 6 * * *", periodic_id="delinquency.look")
@app.task(name="delinquency.look", queueing_lock="delinquency.look", lock="delinquency", pass_context=False)
def look(timestamp: int) -> None:
    actions.look(actor=_worker())


@app.periodic(cron="*/5 * * * *", periodic_id="delinquency.settle")
@app.task(name="delinquency.settle", queueing_lock="delinquency.settle", lock="delinquency", pass_context=False)
def settle(timestamp: int) -> None:
    actions.settle_all(actor=_worker())


def _worker() -> Actor:
    return Actor.system("worker", organisation=organisation_code())
