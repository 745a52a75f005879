"""The worker's part: looking at the stays that were noted, one batch a transaction."""

from __future__ import annotations

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.encounters.draining import drained_by
from muniment.qualitative import actions

NAME = "qualitative.look_at_pending"


def drain_all() -> int:
    """Look until nothing is noted. Returns the number of stays."""
    actor = Actor.system("qualitative analysis", organisation=organisation_code())
    total = 0
    while count := actions.drain(actor=actor):
        total += count
    return total


look_soon = drained_by(NAME, drain_all)
