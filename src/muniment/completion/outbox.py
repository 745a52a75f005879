"""Noting which charts are to be analysed, in the transaction that makes it necessary, and taking them from there.

Rows are only ever added and removed, never merged: a writer never waits for an analysis in progress, and a change that
commits while a chart is analysed leaves its own row for the next run.
"""

from __future__ import annotations

import time
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from muniment.encounters.happenings import StayChanged
from muniment.record.happenings import Filed, Signed
from muniment.rulebook.happenings import RuleChanged

Chart = tuple[UUID, UUID]  # (patient, encounter)
NUDGE_SECONDS = 1.0  # at most one job per process in this time; it starts later than that, so it sees all of it
_last_nudge = 0.0


def stay_changed(happening: StayChanged) -> None:
    if happening.discharged or happening.was_discharged:
        _note(happening.patient_id, [happening.encounter_id])


def filed(happening: Filed) -> None:
    """A document may also serve a stay it was not filed to (a history written before admission)."""
    _note_discharged(happening.patient_id, list(happening.encounters), every=happening.documents)


def signed(happening: Signed) -> None:
    _note_discharged(happening.patient_id, [happening.encounter_id] if happening.encounter_id else [], every=True)


def rule_changed(happening: RuleChanged) -> None:
    if not happening.code.startswith("completion."):
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO completion_pending (since) VALUES (%s)", [happening.since])
    transaction.on_commit(_nudge, robust=True)


def _note(patient_id: UUID, encounters: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO completion_pending (patient_id, encounter_id) SELECT %s, unnest(%s::uuid[])", [patient_id, encounters]
        )
    transaction.on_commit(_nudge, robust=True)


def _note_discharged(patient_id: UUID, encounters: list[UUID], *, every: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO completion_pending (patient_id, encounter_id) SELECT patient_id, id FROM encounters_encounter"
            " WHERE patient_id = %s AND status = 'finished' AND (%s OR id = ANY(%s))",
            [patient_id, every, encounters],
        )
        noted = cursor.rowcount
    if noted:
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """Ask the worker to look soon. Its periodic look finds what no nudge was sent for."""
    global _last_nudge
    if time.monotonic() - _last_nudge < NUDGE_SECONDS:
        return
    _last_nudge = time.monotonic()
    from muniment.completion.jobs import analyse_soon

    analyse_soon()


def claim(limit: int) -> list[Chart]:
    """Take up to ``limit`` noted rows; the distinct charts they name. Rows another worker is taking are passed over."""
    _spread_sweeps()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM completion_pending WHERE id IN"
            " (SELECT id FROM completion_pending WHERE encounter_id IS NOT NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING patient_id, encounter_id",
            [limit],
        )
        return sorted(set(cursor.fetchall()), key=lambda chart: chart[1])


def claim_of(encounter_id: UUID) -> None:
    """Take one chart's rows: it is about to be analysed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM completion_pending WHERE id IN"
            " (SELECT id FROM completion_pending WHERE encounter_id = %s FOR UPDATE SKIP LOCKED)",
            [encounter_id],
        )


def _spread_sweeps() -> None:
    """A changed rule's note becomes one row per chart it may concern."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM completion_pending WHERE id IN"
            " (SELECT id FROM completion_pending WHERE encounter_id IS NULL FOR UPDATE SKIP LOCKED) RETURNING since"
        )
        days: list[date] = [row[0] for row in cursor.fetchall()]
        if days:
            cursor.execute(
                "INSERT INTO completion_pending (patient_id, encounter_id)"
                " SELECT patient_id, id FROM encounters_encounter WHERE discharged_at >= %s::date - 1 AND status = 'finished'",
                [min(days)],
            )
