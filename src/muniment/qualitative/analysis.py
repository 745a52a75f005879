"""How what the checks find gets into the table: what is new is opened, what came back found again, what no longer holds is gone.

Called only by ``actions``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.core.actions import stands
from muniment.kernel.ids import uuid7
from muniment.qualitative.charts import Looked
from muniment.qualitative.checks import look
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import Evidence, Found, State

REWRITTEN = (
    "state", "sentence", "evidence", "rule_code", "rule_number", "citation", "verified", "found_at", "gone_at", "muted_at", "muted_by", "muted_why",
    "event_id", "revision",
)  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What an analysis is going to change."""

    opened: list[QualitativeFinding] = field(default_factory=list)
    again: list[QualitativeFinding] = field(default_factory=list)
    restated: list[QualitativeFinding] = field(default_factory=list)
    gone: list[QualitativeFinding] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.opened or self.again or self.restated or self.gone)


def plan(stays: Sequence[Looked]) -> Plan:
    """Compare what is found with what is stored. One query."""
    rows = QualitativeFinding.objects.filter(
        patient_id__in=[one.stay.patient_id for one in stays], encounter_id__in=[one.stay.id for one in stays]
    )
    stored: dict[UUID, dict[str, QualitativeFinding]] = defaultdict(dict)
    for row in rows:
        stored[row.encounter_id][row.key] = row
    made = Plan()
    for one in stays:
        _plan_stay(made, one, stored[one.stay.id])
    return made


def _plan_stay(made: Plan, looked: Looked, stored: dict[str, QualitativeFinding]) -> None:
    found = look(looked.chart, looked.rules) if looked.chart else []
    for one in found:
        row = stored.get(one.finding.key)
        if row is None:
            made.opened.append(_new(looked, one))
            continue
        changed = _take_over(row, one)
        if row.state == State.GONE:
            made.again.append(row)
        elif changed:
            made.restated.append(row)
    keys = {one.finding.key for one in found}
    made.gone += [row for key, row in stored.items() if key not in keys and row.state != State.GONE]


def _new(looked: Looked, found: Found) -> QualitativeFinding:
    row = QualitativeFinding(
        id=uuid7(), patient_id=looked.stay.patient_id, encounter_id=looked.stay.id, facility_id=looked.stay.facility_id,
        key=found.finding.key, kind=found.finding.kind, revision=0,
    )  # fmt: skip
    _take_over(row, found)
    return row


def _take_over(row: QualitativeFinding, found: Found) -> bool:
    """Write the finding's facts into the row. Whether anything changed."""
    rule = found.rule
    values: dict[str, Any] = {
        "sentence": found.finding.sentence, "evidence": [written(one) for one in found.finding.evidence], "rule_code": rule.code,
        "rule_number": rule.number, "citation": rule.citation, "verified": rule.verified,
    }  # fmt: skip
    changed = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return changed


def written(one: Evidence) -> dict[str, Any]:
    return asdict(one) | {"entry_id": str(one.entry_id)}


def write(made: Plan, *, event_id: UUID, at: datetime) -> None:
    """Write the plan in two statements. Who was muted before it went is muted when it comes back."""
    for row in (*made.opened, *made.again):
        row.state, row.found_at, row.gone_at = State.MUTED if row.muted_at else State.OPEN, at, None
    for row in made.gone:
        row.state, row.gone_at = State.GONE, at
    changed = [*made.again, *made.restated, *made.gone]
    for row in (*made.opened, *changed):
        row.event_id, row.revision = event_id, row.revision + 1
    QualitativeFinding.objects.bulk_create(made.opened)
    if changed:
        QualitativeFinding.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["patient", "encounter_id", "key"], update_fields=list(REWRITTEN)
        )
    stands(*made.opened, *changed)
