"""The worker's part: a year regrouped, a thousand stays a transaction."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.codeupdates import actions
from muniment.core.actor import Actor

NAME = "codeupdates.regroup"


@app.task(name=NAME, lock=NAME)
def regroup_year(run_id: str) -> None:
    """One at a time: it takes a processor."""
    actor = Actor.system("worker", organisation=organisation_code())
    while actions.go_on(actor=actor, run_id=UUID(run_id)):
        pass
