"""Anchors: the heads of all lanes, sealed and appended to a file outside the database, so that a cut tail shows."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from muniment.audit.rules import GENESIS, LANES
from muniment.core import keys

TAIL = 65_536  # bytes; an anchor is a few kilobytes long


def path() -> Path:
    return Path(settings.MUNIMENT_ANCHORS)


def drop() -> int:
    """Append an anchor if any lane has grown since the last one. Returns how many lanes it holds (0: nothing new).

    The worker calls it every few seconds; two processes take turns on the file's lock.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        last, known = _last(file)
        heads = _heads()
        grown = {lane: head for lane, head in heads.items() if known.get(lane, (0, ""))[0] != head[0]}
        if not grown:
            return 0
        line: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "lanes": {str(lane): head for lane, head in grown.items()}}
        line["mac"] = _seal(last, line).hex()
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
        return len(grown)


def expected() -> dict[int, dict[int, bytes]]:
    """lane → {sequence: seal} as anchored."""
    found: dict[int, dict[int, bytes]] = {}
    for line in _lines():
        for lane, (sequence, mac) in line.get("lanes", {}).items():
            found.setdefault(int(lane), {})[sequence] = bytes.fromhex(mac)
    return found


def count() -> int:
    return sum(1 for _ in _lines())


def latest() -> datetime | None:
    """When the last anchor was written; None while there is none or its line can't be read. Reads the file's end only."""
    if not path().exists():
        return None
    with path().open("rb") as file:
        file.seek(max(0, path().stat().st_size - TAIL))
        lines = file.read().splitlines()
    try:
        return datetime.fromisoformat(json.loads(lines[-1])["at"]) if lines else None
    except (ValueError, KeyError, TypeError):
        return None


def trouble() -> str:
    """What is wrong with the anchor file itself, in a sentence; empty when it holds."""
    previous = GENESIS
    for number, line in enumerate(_lines(), 1):
        mac = line.pop("mac", "")
        if _seal(previous, line).hex() != mac:
            return f"line {number} of the anchor file {path().name} does not carry its seal"
        previous = bytes.fromhex(mac)
    return ""


def _lines() -> Iterator[dict[str, Any]]:
    if path().exists():
        with path().open() as file:
            for text in file:
                try:
                    yield json.loads(text)
                except ValueError:
                    yield {"unreadable": text}


def _last(file: Any) -> tuple[bytes, dict[int, tuple[int, str]]]:
    previous = GENESIS
    known: dict[int, tuple[int, str]] = {}
    for text in file:
        line = json.loads(text)
        previous = bytes.fromhex(line["mac"])
        known |= {int(lane): (head[0], head[1]) for lane, head in line["lanes"].items()}
    return previous, known


def _heads() -> dict[int, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lanes.lane, head.sequence, head.mac FROM generate_series(0, %s) AS lanes(lane) CROSS JOIN LATERAL"
            " (SELECT sequence, mac FROM audit_event WHERE lane = lanes.lane ORDER BY sequence DESC LIMIT 1) AS head",
            [LANES - 1],
        )
        return {lane: (sequence, bytes(mac).hex()) for lane, sequence, mac in cursor.fetchall()}


def _seal(previous: bytes, line: dict[str, Any]) -> bytes:
    return hmac.digest(keys.named("audit"), previous + json.dumps(line, sort_keys=True).encode(), hashlib.sha256)
