"""Reads of the trail: one thing's history, how far the lanes have grown, whether one row carries its seal."""

from __future__ import annotations

from django.db import connection

from muniment.audit.chain import rows_of
from muniment.audit.models import LifecycleEvent
from muniment.audit.rules import GENESIS, LANES, seal
from muniment.core import keys


def history_of(subject_type: str, subject_id: str, *, limit: int = 200) -> list[LifecycleEvent]:
    """What happened to one thing, newest first."""
    found = LifecycleEvent.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return list(found.order_by("-at", "-id")[:limit])


def heads() -> dict[int, int]:
    """lane → the sequence number of its last row. One index probe a lane."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lanes.lane, head.sequence FROM generate_series(0, %s) AS lanes(lane) CROSS JOIN LATERAL"
            " (SELECT sequence FROM audit_event WHERE lane = lanes.lane ORDER BY sequence DESC LIMIT 1) AS head",
            [LANES - 1],
        )
        return dict(cursor.fetchall())


def carries_its_seal(lane: int, sequence: int) -> bool:
    """Whether a row, read now, carries the seal its content and its predecessor's seal give."""
    previous = GENESIS
    for row, mac in rows_of(lane, after=sequence - 2, limit=2):
        if row.sequence == sequence:
            return seal(keys.named("audit"), previous, row) == mac
        previous = mac
    return False
