"""The worker's part: every morning what the rule asks for, every five minutes work that has settled itself."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.pending import actions


@app.periodic(cron="20 6 * * *", periodic_id="pending.look")
@app.task(name="pending.look", queueing_lock="pending.look", lock="pending", pass_context=False)
def look(timestamp: int) -> None:
    actions.look(actor=_worker())


@app.periodic(cron="*/5 * * * *", periodic_id="pending.settle")
@app.task(name="pending.settle", queueing_lock="pending.settle", lock="pending", pass_context=False)
def settle(timestamp: int) -> None:
    actions.settle_gone(actor=_worker())


def _worker() -> Actor:
    return Actor.system("worker", organisation=organisation_code())
