"""Reading what chart analysis looks at, for hundreds of stays in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from muniment.accounts.models import Practitioner
from muniment.completion.parameters import RuleSet, compile_rules
from muniment.completion.rules import LOINC, Document, Facts, Procedure
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status, days
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.queries import in_force
from muniment.rulebook.rules import RuleInForce


@dataclass(slots=True)
class Chart:
    """A stay as analysis sees it. ``facts`` is None while it is not discharged."""

    stay: Encounter
    facts: Facts | None
    rules: RuleSet
    documents: list[Document] = field(default_factory=list)


class RulesByDay:
    """The completion rules of any day, from one query: a case is judged by the rules of the day of its discharge."""

    def __init__(self) -> None:
        rows = RuleVersion.objects.filter(adopted_at__isnull=False, rule__code__startswith="completion.").select_related("rule")
        self._rows: list[tuple[date, date | None, RuleInForce]] = [
            (row.effective_from, row.effective_to, in_force(row)) for row in rows.order_by("rule_id", "number")
        ]
        self._sets: dict[int, RuleSet] = {}

    @cached_property
    def _turns(self) -> list[date]:
        return sorted({day for begin, end, _ in self._rows for day in (begin, end) if day})

    def on(self, day: date) -> RuleSet:
        """The rules in force on ``day``, read once for each stretch of time in which nothing changes."""
        stretch = sum(turn <= day for turn in self._turns)
        if stretch not in self._sets:
            rules = {rule.code: rule for begin, end, rule in self._rows if begin <= day and (end is None or end > day)}
            self._sets[stretch] = compile_rules(rules.values())
        return self._sets[stretch]


def load(charts: Sequence[tuple[UUID, UUID]]) -> list[Chart]:
    """The charts of these (patient, encounter) pairs. Three queries, whatever their number."""
    rules = RulesByDay()
    stays = (
        Encounter.objects.select_related("facility")
        .filter(patient_id__in=[patient for patient, _ in charts], id__in=[encounter for _, encounter in charts])
        .order_by("id")
    )
    loaded = [Chart(stay, None, _rules_of(stay, rules)) for stay in stays]
    entries = _entries(loaded)
    for chart in loaded:
        if chart.stay.discharged_at and chart.stay.status == Status.FINISHED:
            _fill(chart, chart.stay.discharged_at, entries[chart.stay.patient_id])
    return loaded


def _rules_of(stay: Encounter, rules: RulesByDay) -> RuleSet:
    """The rules of the day of discharge, as the facility's clock has it."""
    if stay.status != Status.FINISHED or stay.discharged_at is None:
        return RuleSet()
    return rules.on(stay.discharged_at.astimezone(ZoneInfo(stay.facility.zone)).date())


def _fill(chart: Chart, discharged_at: datetime, entries: list[dict[str, Any]]) -> None:
    stay = chart.stay
    mine = [row for row in entries if row["encounter_id"] == stay.id]
    chart.facts = Facts(
        class_code=stay.class_code, service=stay.service, facility_kind=stay.facility.kind, admitted_at=stay.admitted_at,
        discharged_at=discharged_at, days=days(stay.admitted_at, discharged_at), disposition=stay.disposition,
        attending_id=stay.attending_id,
        procedures=tuple(_procedure(row) for row in mine if row["category"] == "procedure"),
        signs=tuple(_procedure(row, LOINC) for row in mine if row["category"] == "document"),
    )  # fmt: skip
    chart.documents = [_document(row, stay.id) for row in entries if row["category"] == "document"]


def _procedure(row: dict[str, Any], system: str = "") -> Procedure:
    return Procedure(
        system=system or row["code_system"],
        code=row["code"],
        name=row["label"],
        at=row["occurred_at"],
        operator_id=row["author_id"],
    )


def _document(row: dict[str, Any], encounter_id: UUID) -> Document:
    return Document(
        entry_id=row["entry_id"], code=row["code"], name=row["label"], at=row["occurred_at"], signed=row["signed"],
        author_id=row["author_id"], of_stay=row["encounter_id"] == encounter_id,
    )  # fmt: skip


_ENTRIES = """
SELECT patient_id, encounter_id, entry_id, category, code_system, code, label, occurred_at, author_id,
  signed_at IS NOT NULL AS signed
FROM record_entry
WHERE patient_id = ANY(%s) AND category IN ('document', 'procedure') AND NOT retracted
  AND (encounter_id = ANY(%s) OR (category = 'document' AND code = ANY(%s)))
"""


def _entries(charts: Sequence[Chart]) -> dict[UUID, list[dict[str, Any]]]:
    """Documents and procedures of the stays, and the patients' documents that count from before a stay."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    patients = list({chart.stay.patient_id for chart in charts})
    if not patients:
        return found
    before = {code for rules in {id(chart.rules): chart.rules for chart in charts}.values() for code in rules.codes_before}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [patients, [chart.stay.id for chart in charts], sorted(before)])
        names = [column.name for column in cursor.description or ()]
        for row in cursor.fetchall():
            entry = dict(zip(names, row, strict=True))
            found[entry["patient_id"]].append(entry)
    return found


def users_of(practitioners: Iterable[UUID | None]) -> dict[UUID, Practitioner]:
    """The practitioners by id, with the sign-in of those who have one. One query."""
    wanted = {one for one in practitioners if one}
    return Practitioner.objects.select_related("user").in_bulk(wanted) if wanted else {}
