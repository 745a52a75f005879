"""Appending to the chain and proving it.

Thirty-two lanes, each a chain of its own. A transaction claims a free lane by an advisory lock at its very end, reads that
lane's last seal, seals its events and inserts them: writers wait for one another only when all lanes are busy (ADR 0002).
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import connection
from psycopg import ClientCursor
from psycopg.types.json import Jsonb

from muniment.audit.rules import GENESIS, LANES, Sealed, seal
from muniment.core import keys
from muniment.core.actions import Event

LOCK_SPACE = 0x4D55  # "MU": advisory locks of ours are (space, lane)
KEY_NUMBER = 1
COLUMNS = (*Sealed._fields, "mac")
_random = random.Random(os.urandom(16))


def append(events: list[Event], last: bool = False) -> None:
    """Chain ``events`` in order, in one lane, inside the caller's transaction; commit it when this is its ``last`` work."""
    lane, sequence, previous = _claim_lane()
    key = keys.named("audit")
    rows = []
    for event in events:
        sequence += 1
        row = _sealed(event, lane, sequence)
        previous = seal(key, previous, row)
        rows.append((*row[:17], Jsonb(row.before), Jsonb(row.after), row.key_number, previous))
    _insert(rows, last=last)


def _claim_lane() -> tuple[int, int, bytes]:
    """A free lane, its last sequence and seal, in one round trip (``audit_claim_lane``, made by this app's migration)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lane, sequence, mac FROM audit_claim_lane(%s, %s, %s)", [LOCK_SPACE, LANES, _random.randrange(LANES)]
        )
        lane, sequence, mac = cursor.fetchone()
    return (lane, sequence, bytes(mac)) if sequence else (lane, 0, GENESIS)


def _sealed(event: Event, lane: int, sequence: int) -> Sealed:
    actor = event.actor
    return Sealed(
        lane, sequence, str(event.id), event.at.astimezone(UTC), event.name, event.lifecycle.value, actor.organisation,
        _text(event.facility_id), _text(actor.id), actor.name, actor.role, event.subject_type, event.subject_id,
        _text(event.patient_id), actor.workstation, actor.source_system, event.reason, event.before, event.after, KEY_NUMBER,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _insert(rows: list[tuple[Any, ...]], *, last: bool) -> None:
    names = ", ".join(COLUMNS)
    marks = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        if len(rows) < 20:
            values = ", ".join([f"({marks})"] * len(rows))
            # Sent together they are one round trip; the driver then sees that there is nothing left to commit.
            commit = "; COMMIT" if last and isinstance(cursor.cursor, ClientCursor) else ""
            cells = [cell for row in rows for cell in row]
            cursor.execute(f"INSERT INTO audit_event ({names}) VALUES {values}{commit}", cells)
            return
        with cursor.copy(f"COPY audit_event ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def rows_of(lane: int, after: int = 0, limit: int | None = None) -> Iterator[tuple[Sealed, bytes]]:
    """A lane's rows in order, streamed; at most ``limit`` of them."""
    names = ", ".join(COLUMNS)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM audit_event WHERE lane = %s AND sequence > %s ORDER BY sequence LIMIT %s",
            [lane, after, limit],
        )
        for found in cursor:
            yield _row(found), bytes(found[-1])


def _row(found: tuple[Any, ...]) -> Sealed:
    cells = list(found[:-1])
    for place, name in enumerate(Sealed._fields):
        if name in ("id", "facility_id", "actor_id", "patient_id"):
            cells[place] = _text(cells[place])
        elif name == "at":
            cells[place] = cells[place].astimezone(UTC)
        elif name in ("before", "after") and isinstance(cells[place], str):
            cells[place] = json.loads(cells[place])
    return Sealed(*cells)
