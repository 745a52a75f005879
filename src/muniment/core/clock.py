"""What time it is, told in one place (ADR 0015).

Every action and query asks here. The demo sets the clock back while it tells the hospital's past; in any other house the
clock cannot be set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time

from django.utils import timezone

from muniment.kernel.errors import Refused

_moment: ContextVar[datetime | None] = ContextVar("muniment_clock", default=None)
_may_be_set: list[Callable[[], bool]] = []


def now() -> datetime:
    """The moment, in UTC."""
    return _moment.get() or datetime.now(UTC)


def today() -> date:
    """The day it is in the current time zone."""
    return timezone.localdate(now())


def midnight(day: date | None = None) -> datetime:
    """When a day, today where none is given, began in the current time zone."""
    return datetime.combine(day or today(), time(), timezone.get_current_timezone())


def is_set() -> bool:
    """Whether somebody is telling a past here: events recorded meanwhile say so."""
    return _moment.get() is not None


def may_be_set_if(check: Callable[[], bool]) -> None:
    """Register who says whether this is a house with an invented past. The accounts do, when they are loaded."""
    if check not in _may_be_set:
        _may_be_set.append(check)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be ``moment`` (aware, not to come) inside. For the demo and for tests; refused in a house that is not a demo's.

    Raises ValueError for a moment without an offset or one that has not been reached.
    """
    if moment.tzinfo is None or moment > datetime.now(UTC):
        raise ValueError("the clock is set to a moment that has been, with its offset")
    if not is_set() and not (_may_be_set and all(check() for check in _may_be_set)):
        raise Refused("The clock can be set back only in the demo hospital.", remedy="Record it with the time it is now.")
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)
