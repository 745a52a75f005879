"""How a verification of the chain stands. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

ABANDONED = timedelta(minutes=10)  # without a sign of life; then another may be asked for


class Standing(StrEnum):
    WAITING = "waiting"  # for the worker
    RUNNING = "running"
    SOUND = "sound"
    BROKEN = "broken"
    ABANDONED = "abandoned"


OPEN = (Standing.WAITING, Standing.RUNNING)


def is_abandoned(standing: Standing, changed_at: datetime, now: datetime) -> bool:
    """Whether the worker that had it was stopped."""
    return standing in OPEN and now - changed_at > ABANDONED
