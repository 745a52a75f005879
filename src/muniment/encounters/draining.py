"""How a feature's worker takes what its outbox noted: soon when it is nudged, and every minute in any case."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

SOON = 2  # seconds


def drained_by(name: str, drain_all: Callable[[], int]) -> Callable[[], None]:
    """Have the worker call ``drain_all`` (until nothing is noted). Returns what asks for it soon; once, however often it is asked.

    ``name`` is the job's; no two of it run at a time.
    """
    look = f"{name.partition('.')[0]}.look"

    @app.periodic(cron="* * * * *", periodic_id=name)
    @app.task(name=look, queueing_lock=look, pass_context=False)
    def every_minute(timestamp: int) -> None:
        """Whatever was noted and not nudged for (a crash between commit and nudge) is found here."""
        drain_all()

    @app.task(name=name, queueing_lock=name, lock=name)
    def now() -> None:
        drain_all()

    def soon() -> None:
        with suppress(AlreadyEnqueued), transaction.atomic():
            now.configure(schedule_in={"seconds": SOON}).defer()

    return soon
