"""The installation's keys, read once per process from files outside the database."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from muniment.kernel.keyfiles import key


@cache
def named(name: str) -> bytes:
    """The 32-byte key of this purpose: "accounts", "audit", "documents", "signatures"."""
    return key(settings.MUNIMENT_KEYS, name)
