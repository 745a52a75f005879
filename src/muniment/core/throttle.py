"""The first of many alike: so that a page that asks for itself every minute does not fill the trail.

Kept in the process, not in the shared cache: whoever can write the database must not be able to silence an event.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

MOST = 20_000  # keys remembered; forgetting one costs an event too many, never one too few


class Throttle:
    """``first`` says yes once per key and ``seconds``."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._said: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def first(self, key: Hashable) -> bool:
        now = time.monotonic()
        with self._lock:
            said = self._said.pop(key, None)
            fresh = said is None or now - said >= self.seconds
            self._said[key] = now if said is None or fresh else said
            while len(self._said) > MOST:
                del self._said[next(iter(self._said))]
            return fresh

    def forget(self) -> None:
        with self._lock:
            self._said.clear()
