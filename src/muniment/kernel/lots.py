"""Drawing by lot, so that nobody can foresee or choose who is drawn and anybody can draw again. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID


def seed(key: bytes, *parts: str) -> bytes:
    """The seed of one draw, named by its parts: nobody without the installation's key can foresee it or choose another."""
    return hmac.new(key, "|".join(parts).encode(), "sha256").digest()


def in_order(drawing: bytes, candidates: Iterable[UUID]) -> list[UUID]:
    """The candidates in the order of the lot (SHA-256 of seed and id), whatever order they come in."""
    return sorted(set(candidates), key=lambda one: hashlib.sha256(drawing + one.bytes).digest())
