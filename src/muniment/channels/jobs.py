"""The worker's part: looking into the folders of channels, and after the channels themselves."""

from __future__ import annotations

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.channels import actions, folders, queries
from muniment.channels.rules import LEFT
from muniment.core.actor import Actor

TAKE, LOOK = "channels.take", "channels.look"


@app.periodic(cron="* * * * *", periodic_id=TAKE)
@app.task(name=TAKE, queueing_lock=TAKE, lock=TAKE, pass_context=False)
def take(timestamp: int) -> None:
    """Every minute: what lies whole in the channels' folders. What broke what takes it is put before somebody."""
    places = folders.places()
    left = [(place, one) for place in places for one in folders.take(_actor(place.channel), place) if one.status == LEFT]
    if left or queries.files_left():
        actions.put_files_before(actor=_actor("worker"), left=left, places=places)


@app.periodic(cron="*/5 * * * *", periodic_id=LOOK)
@app.task(name=LOOK, queueing_lock=LOOK, pass_context=False)
def look(timestamp: int) -> None:
    """Every five minutes: what is silent or waits too long."""
    actions.look(actor=_actor("worker"))


def _actor(part: str) -> Actor:
    return Actor.system(part, organisation=organisation_code())
