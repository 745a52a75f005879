"""The worker's part: every morning the reviews that are due, every night which types of document are in use."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.forms import actions

REVIEWS, COUNT = "forms.reviews", "forms.count-types"


@app.periodic(cron="25 5 * * *", periodic_id=REVIEWS)
@app.task(name=REVIEWS, queueing_lock=REVIEWS, pass_context=False)
def reviews(timestamp: int) -> None:
    actions.ask_reviews(actor=_worker(), today=clock.today())


@app.periodic(cron="50 2 * * *", periodic_id=COUNT)
@app.task(name=COUNT, queueing_lock=COUNT, pass_context=False)
def count_types(timestamp: int) -> None:
    actions.count_types(actor=_worker())


def _worker() -> Actor:
    return Actor.system("worker", organisation=organisation_code())
