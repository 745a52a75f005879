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

import msgspec
from django.db import connection

from muniment.audit.rules import GENESIS, LANES, Sealed, seal
from muniment.core import keys
from muniment.core.actions import Event
from muniment.core.bulk import copy_in, inserting, send_last
from muniment.core.wire import send

LOCK_SPACE = 0x4D55  # "MU": advisory locks of ours are (space, lane)
KEY_NUMBER = 1
COLUMNS = (*Sealed._fields, "mac")
MOST_INSERTED = 50  # events of a unit of work that cost less in an INSERT than in a COPY
_random = random.Random(os.urandom(16))
_encode = msgspec.json.encode


def append(events: list[Event], last: bool = False) -> None:
    """Chain ``events`` in order, in one lane, inside the caller's transaction; commit it when this is its ``last`` work."""
    lane, sequence, previous = _claim_lane()
    key = keys.named("audit")
    rows = []
    for event in events:
        sequence += 1
        row = _sealed(event, lane, sequence)
        previous = seal(key, previous, row)
        rows.append((*row[:17], _encode(row.before).decode(), _encode(row.after).decode(), row.key_number, previous))
    _insert(rows, last=last)


def _claim_lane() -> tuple[int, int, bytes]:
    """A free lane, its last sequence and seal (``audit_claim_lane``, made by this app's migration).

    The last thing of the unit of work but for its events: it travels with what else is left to be written.
    """
    start = _random.randrange(LANES)
    head = send_last(f"SELECT lane, sequence, mac FROM audit_claim_lane({LOCK_SPACE}, {LANES}, {start})")
    lane, sequence, mac = (head.get_value(0, column) or b"" for column in range(3))
    if not sequence:
        return int(lane), 0, GENESIS
    return int(lane), int(sequence), bytes.fromhex(mac.decode().removeprefix("\\x"))


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
    if len(rows) > MOST_INSERTED:
        copy_in("audit_event", COLUMNS, rows)
        return
    # Sent together they are one round trip; the driver then sees that there is nothing left to commit.
    commit = "; COMMIT" if last else ""
    send(inserting("audit_event", COLUMNS, rows) + commit)


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
