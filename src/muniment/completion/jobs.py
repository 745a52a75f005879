"""The worker's part: analysing the charts that were noted, one batch a transaction; and dry runs over many charts."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.completion import actions, runs
from muniment.core.actor import Actor
from muniment.encounters.draining import drained_by

NAME = "completion.analyse_pending"
DRY_RUN = "completion.dry_run"


def drain_all() -> int:
    """Analyse until nothing is noted. Returns the number of charts."""
    actor = Actor.system("chart analysis", organisation=organisation_code())
    total = 0
    while count := actions.drain(actor=actor):
        total += count
    return total


analyse_soon = drained_by(NAME, drain_all)


@app.task(name=DRY_RUN, lock=DRY_RUN)
def dry_run(run_id: str) -> None:
    """One at a time: it takes a processor."""
    runs.carry_out(UUID(run_id))
