"""Reading what the checks look at, for a batch of stays in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from muniment.completion.charts import APPENDS
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.qualitative.parameters import AREA, RuleSet, compile_rules
from muniment.qualitative.rules import Chart, Code, Document, Kind, Result
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.queries import in_force
from muniment.rulebook.rules import RuleInForce

PCS = "http://www.cms.gov/Medicare/Coding/ICD10"


@dataclass(frozen=True, slots=True)
class Looked:
    """A stay with its chart and the checks of its day of discharge. ``chart`` is None while it is not discharged or nothing is checked."""

    stay: Encounter
    chart: Chart | None
    rules: RuleSet


class RulesByDay:
    """The rules of qualitative analysis on any day, from one query."""

    def __init__(self) -> None:
        rows = RuleVersion.objects.filter(adopted_at__isnull=False, rule__code__startswith=AREA).select_related("rule")
        self._rows: list[tuple[date, date | None, RuleInForce]] = [
            (row.effective_from, row.effective_to, in_force(row)) for row in rows.order_by("rule_id", "number")
        ]
        self._sets: dict[tuple[tuple[str, int], ...], RuleSet] = {}

    def on(self, day: date) -> RuleSet:
        rules = {rule.code: rule for begin, end, rule in self._rows if begin <= day and (end is None or end > day)}
        named = tuple(sorted((one.code, one.number) for one in rules.values()))
        if named not in self._sets:
            self._sets[named] = compile_rules(rules.values())
        return self._sets[named]


def load(stays: Sequence[tuple[UUID, UUID]]) -> list[Looked]:
    """The charts of these (patient, encounter) pairs. Four queries, and one more for each passage that may be a template."""
    patients, encounters = [patient for patient, _ in stays], [encounter for _, encounter in stays]
    rows = (
        Encounter.objects.select_related("facility", "patient")
        .filter(patient_id__in=patients, id__in=encounters)
        .order_by("id")
    )
    rules, found = RulesByDay(), list(rows)
    judged = [
        (stay, checks)
        for stay in found
        if stay.discharged_at and stay.status == Status.FINISHED and (checks := rules.on(_day(stay.discharged_at, stay))).checks
    ]
    entries, earlier = _entries([stay for stay, _ in judged]), _earlier(judged)
    charts = {
        stay.id: _chart(stay, entries[stay.id], earlier[stay.patient_id], one, stay.discharged_at)
        for stay, one in judged
        if stay.discharged_at
    }
    sets = {stay.id: one for stay, one in judged}
    return [Looked(stay, charts.get(stay.id), sets.get(stay.id, RuleSet())) for stay in found]


def load_open(stay: Encounter, at: datetime) -> Looked:
    """A stay that goes on, as if it had ended at ``at`` and by the rules of that day. What happened later is left out."""
    rules = RulesByDay().on(_day(at, stay))
    copied = rules.parameters(Kind.COPIED)
    rows = [row for row in _entries([stay])[stay.id] if row["occurred_at"] is None or row["occurred_at"] <= at]
    since = (stay.admitted_at or at) - timedelta(days=copied.look_back_days if copied else 0)
    codes = list(copied.documents) if copied else []
    before = _read(_BEFORE, patients=[stay.patient_id], codes=codes, since=since, until=at) if codes else []
    return Looked(stay, _chart(stay, rows, before, rules, at), rules)


def _day(at: datetime, stay: Encounter) -> date:
    return at.astimezone(ZoneInfo(stay.facility.zone)).date()


_COLUMNS = """
SELECT entry.patient_id, entry.encounter_id, entry.entry_id, entry.number, entry.category, entry.code_system, entry.code, entry.label,
  entry.value, entry.flag, entry.occurred_at, entry.occurred, entry.signed_at, entry.author_name,
  entry.keys @> %(appends)s::bigint[] AS addendum, text.text
FROM record_entry AS entry LEFT JOIN record_text AS text USING (patient_id, entry_id)
WHERE entry.patient_id = ANY(%(patients)s) AND NOT entry.retracted AND entry.standing IN ('', 'accepted') AND
"""
_OF_STAYS = "entry.encounter_id = ANY(%(stays)s) AND entry.category IN ('document', 'coding', 'result')"
_BEFORE = """
entry.category = 'document' AND entry.code = ANY(%(codes)s) AND entry.occurred_at BETWEEN %(since)s AND %(until)s AND text.text <> ''
"""


def _read(where: str, **asked: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS + where, {"appends": [APPENDS], **asked})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _entries(stays: Sequence[Encounter]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    if stays:
        for row in _read(_OF_STAYS, patients=[one.patient_id for one in stays], stays=[one.id for one in stays]):
            found[row["encounter_id"]].append(row)
    return found


def _earlier(judged: Sequence[tuple[Encounter, RuleSet]]) -> dict[UUID, list[dict[str, Any]]]:
    """The patients' notes that may have been copied from, by patient."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    asked = [(stay, one.parameters(Kind.COPIED)) for stay, one in judged if one.parameters(Kind.COPIED)]
    if not asked:
        return found
    begun = [(stay.admitted_at or stay.discharged_at, one.look_back_days) for stay, one in asked]
    since = min(at - timedelta(days=days) for at, days in begun if at)
    until = max(stay.discharged_at for stay, _ in asked if stay.discharged_at)
    codes = sorted({code for _, one in asked for code in one.documents})
    for row in _read(_BEFORE, patients=[stay.patient_id for stay, _ in asked], codes=codes, since=since, until=until):
        found[row["patient_id"]].append(row)
    return found


def _chart(stay: Encounter, rows: list[dict[str, Any]], before: list[dict[str, Any]], rules: RuleSet, ended: datetime) -> Chart:
    zone, copied = ZoneInfo(stay.facility.zone), rules.parameters(Kind.COPIED)
    return Chart(
        admitted=_day(stay.admitted_at, stay) if stay.admitted_at else None, discharged=_day(ended, stay),
        sex=stay.patient.sex, born=stay.patient.birth_date,
        documents=tuple(_document(row, zone) for row in rows if row["category"] == "document"),
        earlier=tuple(_document(row, zone) for row in before if row["encounter_id"] != stay.id),
        codes=tuple(_code(row) for row in rows if row["category"] == "coding" and row["code"]),
        results=tuple(_result(row) for row in rows if row["category"] == "result"),
        elsewhere=_elsewhere(stay.patient_id, copied.patients if copied else 0),
    )  # fmt: skip


def _document(row: dict[str, Any], zone: ZoneInfo) -> Document:
    at, signed = row["occurred_at"], row["signed_at"]
    return Document(
        entry_id=row["entry_id"], number=row["number"], code=row["code"], name=row["label"] or "Document", text=row["text"] or "",
        at=at.astimezone(zone) if at else None, signed_at=signed.astimezone(zone) if signed else None, author=row["author_name"],
        day_only=len(row["occurred"]) <= len("2026-03-14"), addendum=row["addendum"],
    )  # fmt: skip


def _code(row: dict[str, Any]) -> Code:
    procedure = row["code_system"] == PCS
    return Code(
        entry_id=row["entry_id"], number=row["number"], code=row["code"].replace(".", ""), title=row["label"], procedure=procedure,
        on=_on(row["occurred"]) if procedure else None,
    )  # fmt: skip


def _on(text: str) -> date | None:
    """The day of a procedure, where its code gives one."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _result(row: dict[str, Any]) -> Result:
    return Result(row["entry_id"], row["number"], row["code"], row["label"], row["value"], row["flag"], row["text"] or "")


_ELSEWHERE = """
SELECT count(*) FROM (
  SELECT DISTINCT patient_id FROM record_text WHERE search @@ phraseto_tsquery('english', %s) AND patient_id <> %s LIMIT %s
) AS others
"""


def _elsewhere(patient_id: UUID, limit: int) -> Callable[[str], int]:
    """In how many other patients' documents a run of words stands, up to ``limit``. One query, by the index of find-in-chart."""

    def count(passage: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_ELSEWHERE, [passage, patient_id, limit])
            return int(cursor.fetchone()[0])

    return count
