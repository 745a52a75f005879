"""The worker's part: bringing the coding queue into step with the discharges."""

from __future__ import annotations

from muniment.accounts.queries import organisation_code
from muniment.coding import actions
from muniment.core.actor import Actor
from muniment.encounters.draining import drained_by


def drain_all() -> int:
    """Until nothing is noted. Returns the number of stays looked at."""
    actor = Actor.system("worker", organisation=organisation_code())
    total = 0
    while count := actions.bring_into_step(actor=actor):
        total += count
    return total


enqueue_soon = drained_by("coding.enqueue", drain_all)
