"""The worker's part: analysing the charts that were noted, one batch a transaction."""

from __future__ import annotations

from muniment.accounts.queries import organisation_code
from muniment.completion import actions
from muniment.core.actor import Actor
from muniment.encounters.draining import drained_by

NAME = "completion.analyse_pending"


def drain_all() -> int:
    """Analyse until nothing is noted. Returns the number of charts."""
    actor = Actor.system("chart analysis", organisation=organisation_code())
    total = 0
    while count := actions.drain(actor=actor):
        total += count
    return total


analyse_soon = drained_by(NAME, drain_all)
