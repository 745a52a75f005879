"""What a lower layer announces and a higher one hears, without the lower knowing the higher.

Listeners run inside the announcing action's transaction: they note what is to be done (an outbox row, a job on the same
PostgreSQL) and return, so that nothing is lost between a commit and a crash (ADR 0004).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")
_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def listen(kind: type[E], listener: Callable[[E], None]) -> None:
    """Have ``listener`` called for every announcement of ``kind``. Registered once, in an AppConfig's ``ready``."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def announce(happening: object) -> None:
    for listener in _listeners[type(happening)]:
        listener(happening)
