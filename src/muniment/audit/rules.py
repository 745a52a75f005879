"""The chain's arithmetic: what is sealed, and how. Pure."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import NamedTuple

import msgspec

LANES = 32
GENESIS = bytes(32)
_encode = msgspec.json.Encoder(order="sorted").encode


class Sealed(NamedTuple):
    """An event's row as it is sealed, in the order of the table's columns (without ``mac``)."""

    lane: int
    sequence: int
    id: str
    at: datetime
    name: str
    lifecycle: str
    organisation: str
    facility_id: str | None
    actor_id: str | None
    actor_name: str
    role: str
    subject_type: str
    subject_id: str
    patient_id: str | None
    workstation: str
    source_system: str
    reason: str
    before: dict[str, object]
    after: dict[str, object]
    key_number: int


def seal(key: bytes, previous: bytes, row: Sealed) -> bytes:
    """HMAC-SHA-256 (RFC 2104) over the predecessor's seal and the whole row."""
    return hmac.digest(key, previous + _encode(tuple(row)), hashlib.sha256)
