"""Identifiers: time-ordered ones for new things, derived ones for things a source already names."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from datetime import datetime
from uuid import UUID

_RANDOM_BITS = 74
_turn = threading.Lock()  # two threads reading one counter would name two things alike
_last_ms = 0
_counter = 0


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562 §5.7): Unix milliseconds, then a per-process counter over random bits.

    Each is greater than the one before in its process, whatever the clock does. Time order keeps b-tree inserts at the right
    edge of an index.
    """
    global _last_ms, _counter
    with _turn:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms, _counter = now, secrets.randbits(_RANDOM_BITS - 1)
        else:
            _counter += 1 + secrets.randbits(32)
            if _counter >> _RANDOM_BITS:  # used up: borrow from the next millisecond (RFC 9562 §6.2)
                _last_ms, _counter = _last_ms + 1, secrets.randbits(_RANDOM_BITS - 1)
        now, rand = _last_ms, _counter
    value = (now & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0x2 << 62 | rand & ((1 << 62) - 1)
    return UUID(int=value)


def first_of(moment: datetime) -> UUID:
    """The least version 7 UUID of that millisecond: what was numbered from then on is not below it."""
    return UUID(int=(int(moment.timestamp() * 1000) & ((1 << 48) - 1)) << 80 | 0x7 << 76 | 0x2 << 62)


def derived_id(*parts: str) -> UUID:
    """A version 8 UUID (RFC 9562 §5.8) from SHA-256 of the parts: the same names give the same identifier.

    It lets a resource that arrives again, or is referred to before it arrives, be found without a look-up.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    value = int.from_bytes(digest[:16], "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
