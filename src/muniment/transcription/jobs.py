"""The worker's part: following documents from dictation to authentication, one batch a transaction."""

from __future__ import annotations

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.encounters.draining import drained_by
from muniment.transcription import actions

NAME = "transcription.follow_pending"


def drain_all() -> int:
    """Follow until nothing is noted, then keep the months that are over. Returns the number of stays."""
    actor = Actor.system("transcription", organisation=organisation_code())
    total = 0
    while count := actions.drain(actor=actor):
        total += count
    actions.keep(actor=actor)
    return total


follow_soon = drained_by(NAME, drain_all)
