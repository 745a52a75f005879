"""What deficiencies were: each with the stretches in which it was open, read from its steps. For whoever counts days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from muniment.completion.rules import Step
from muniment.core import clock

CLOSING = (Step.COMPLETE, Step.CANCEL, Step.WAIVE, Step.CLOSE)
Stretch = tuple[datetime, datetime | None, UUID | None]  # open from, until (None: still), owed by


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A deficiency of a discharged stay. ``available_at``: when the document that lacks something was first filed here."""

    deficiency_id: UUID
    patient_id: UUID
    encounter_id: UUID
    facility_id: UUID
    class_code: str
    service: str
    kind: str
    document_code: str
    document_name: str
    discharged_at: datetime
    available_at: datetime | None
    zone: str
    facility_code: str
    stretches: tuple[Stretch, ...]


# Charts that are incomplete (index chart_incomplete) or became complete since the moment; then, by the keys of their stays, their
# deficiencies (deficiency_once_per_stay) and those deficiencies' steps (deficiency_history). A deficiency that was closed before
# the moment, or before so many days from discharge, can't have been open that late: closed_at is that of its last closing.
_LATE = """
SELECT lack.id AS deficiency_id, lack.patient_id, lack.encounter_id, lack.facility_id, stay.class_code, stay.service, lack.kind,
  lack.document_code, lack.document_name, stay.discharged_at, filed.recorded_at AS available_at, house.zone, house.code AS facility_code,
  step.at, step.step, step.responsible_id
FROM completion_chart AS chart
JOIN completion_deficiency AS lack USING (patient_id, encounter_id)
JOIN encounters_encounter AS stay ON stay.patient_id = lack.patient_id AND stay.id = lack.encounter_id
JOIN accounts_facility AS house ON house.id = lack.facility_id
JOIN completion_step AS step ON step.patient_id = lack.patient_id AND step.deficiency_id = lack.id
LEFT JOIN record_version AS filed ON filed.patient_id = lack.patient_id AND filed.entry_id = lack.entry_id AND filed.number = 1
WHERE chart.facility_id = ANY(%(facilities)s) AND stay.discharged_at IS NOT NULL
  AND (chart.open_count > 0 OR (chart.complete_since >= %(since)s AND chart.complete_since >= chart.discharged_at + %(days)s * interval '1 day'))
  AND chart.discharged_at <= %(now)s - %(days)s * interval '1 day'
  AND (lack.state = 'open' OR (lack.closed_at >= %(since)s AND lack.closed_at >= chart.discharged_at + %(days)s * interval '1 day'))
ORDER BY lack.patient_id, lack.id, step.id
"""


def late(facilities: Collection[UUID], *, since: datetime, days: int) -> list[Lived]:
    """Every deficiency that was open at some time from ``since`` on, ``days`` or more after discharge. One query.

    ``days`` are of 24 hours; whoever counts calendar days asks for one fewer.
    """
    asked: dict[str, Any] = {"facilities": list(facilities), "since": since, "days": days, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_LATE, asked)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_lived(list(steps)) for _, steps in groupby(rows, key=lambda row: row["deficiency_id"])]


def _lived(steps: list[dict[str, Any]]) -> Lived:
    facts = {name: value for name, value in steps[0].items() if name not in ("at", "step", "responsible_id")}
    return Lived(**facts, stretches=_stretches(steps))


def _stretches(steps: list[dict[str, Any]]) -> tuple[Stretch, ...]:
    """Each step begins one, and the next step ends it; a closing step begins none."""
    ends = [after["at"] for _, after in pairwise(steps)]
    pairs = zip(steps, [*ends, None], strict=True)
    return tuple((one["at"], end, one["responsible_id"]) for one, end in pairs if one["step"] not in CLOSING)
