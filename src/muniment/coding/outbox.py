"""Noting which stays may have to enter or leave the coding queue, in the transaction that makes it so, and taking them from there.

Rows are only added and removed, so a discharge never waits for the queue to be brought into step.
"""

from __future__ import annotations

import time
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from muniment.encounters.happenings import StayChanged
from muniment.rulebook.happenings import RuleChanged

NUDGE_SECONDS = 1.0  # at most one job per process in this time; it starts later than that, so it sees all of it
_last_nudge = 0.0


def stay_changed(happening: StayChanged) -> None:
    if not (happening.discharged or happening.was_discharged):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coding_pending (patient_id, encounter_id) VALUES (%s, %s)",
            [happening.patient_id, happening.encounter_id],
        )
    transaction.on_commit(_nudge, robust=True)


def rule_changed(happening: RuleChanged) -> None:
    if not happening.code.startswith("coding."):
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO coding_pending (since) VALUES (%s)", [happening.since])
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """Ask the worker to look soon. Its periodic look finds what no nudge was sent for."""
    global _last_nudge
    if time.monotonic() - _last_nudge < NUDGE_SECONDS:
        return
    _last_nudge = time.monotonic()
    from muniment.coding.jobs import enqueue_soon

    enqueue_soon()


def claim(limit: int) -> list[tuple[UUID, UUID]]:
    """Take up to ``limit`` noted rows; the distinct (patient, encounter) they name. Rows another worker is taking are passed over."""
    _spread_sweeps()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM coding_pending WHERE id IN"
            " (SELECT id FROM coding_pending WHERE encounter_id IS NOT NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING patient_id, encounter_id",
            [limit],
        )
        return sorted(set(cursor.fetchall()), key=lambda stay: stay[1])


def _spread_sweeps() -> None:
    """A changed rule's note becomes one row per stay it may concern."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM coding_pending WHERE id IN"
            " (SELECT id FROM coding_pending WHERE encounter_id IS NULL FOR UPDATE SKIP LOCKED) RETURNING since"
        )
        days: list[date] = [row[0] for row in cursor.fetchall()]
        if days:
            cursor.execute(
                "INSERT INTO coding_pending (patient_id, encounter_id)"
                " SELECT patient_id, id FROM encounters_encounter WHERE discharged_at >= %s::date - 1 AND status = 'finished'",
                [min(days)],
            )
