"""A stay as the checks see it: one read of what chart analysis, qualitative analysis and pending documents know of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.completion import charts
from muniment.completion.rules import Document
from muniment.completion.sections import sections
from muniment.core import clock
from muniment.encounters.models import Encounter
from muniment.openreview import checks
from muniment.openreview.checks import Copy, Seen, Waiting
from muniment.openreview.parameters import AllergiesCheck, Check, CopiedCheck, Question
from muniment.openreview.rules import Place, Told
from muniment.pending import queries as pending
from muniment.qualitative import charts as qualitative
from muniment.qualitative.checks import copied
from muniment.qualitative.rules import Kind
from muniment.record.models import DocumentText, Entry
from muniment.record.rules import IN_RECORD, Category
from muniment.ui.words import sentence_case


def told(stay: Encounter, questions: Sequence[Question]) -> dict[str, dict[str, Any]]:
    """What the record answers now, by the question's code, as a review keeps it. About ten queries, whatever the questions."""
    asked = [(one.code, one.check) for one in questions if one.check]
    if not asked:
        return {}
    seen, now = see(stay, [check for _, check in asked]), clock.now()
    return {code: checks.answer(seen, check).kept() | {"at": now.isoformat()} for code, check in asked}


def mended(stay: Encounter, check: Check) -> Told:
    """Whether what was found is mended by now, be it late."""
    return checks.mended(see(stay, [check]), check)


def see(stay: Encounter, asked: Iterable[Any]) -> Seen:
    """The stay at this moment, with what these checks need."""
    kinds, now = {type(one) for one in asked}, clock.now()
    chart = charts.load_open(stay, now)
    assert chart.facts is not None
    zone = ZoneInfo(stay.facility.zone)
    signed = _signed_by(stay, now)
    documents = [replace(one, signed=one.entry_id in signed) for one in chart.documents]
    looked = qualitative.load_open(stay, now) if CopiedCheck in kinds else None
    rule = next((one.rule for one in looked.rules.checks if one.kind is Kind.COPIED), None) if looked else None
    return Seen(
        now=now, zone=zone, facts=chart.facts, rules=chart.rules, documents=documents,
        ended=stay.discharged_at if stay.discharged_at and stay.discharged_at <= now else None,
        signed=signed | _verified(stay), waiting=_waiting(stay, now), allergies=_allergies(stay, now) if AllergiesCheck in kinds else (),
        texts=_texts(stay, documents) if AllergiesCheck in kinds else None, copies=_copies(looked) if rule else None, copied_rule=rule,
    )  # fmt: skip


def _entries(stay: Encounter) -> Any:
    return Entry.objects.filter(patient_id=stay.patient_id, retracted=False, standing__in=IN_RECORD)


def _signed_by(stay: Encounter, now: datetime) -> dict[UUID, datetime]:
    """When documents and orders were signed, up to now."""
    rows = _entries(stay).filter(signed_at__lte=now).values_list("entry_id", "signed_at")
    return dict(rows)


def _verified(stay: Encounter) -> dict[UUID, datetime]:
    """When orders were verified in the ordering system: the time of the entry that says so."""
    rows = _entries(stay).filter(
        encounter_id=stay.id, category=Category.ORDER, resource_type="Provenance", signed_at__isnull=True
    )
    return dict(rows.filter(occurred_at__isnull=False).values_list("entry_id", "occurred_at"))


def _waiting(stay: Encounter, now: datetime) -> list[Waiting]:
    rows = pending.unsigned([stay.facility_id]).filter(patient_id=stay.patient_id, encounter_id=stay.id)
    return [Waiting(one.entry_id, one.label or "Document", one.since) for one in rows if one.since <= now]  # type: ignore[attr-defined]


def _allergies(stay: Encounter, now: datetime) -> list[Place]:
    rows = _entries(stay).filter(category=Category.ALLERGY).order_by("entry_id")
    return [
        Place(f"{sentence_case(one.label or 'Allergy')}", one.entry_id)
        for one in rows
        if one.occurred_at is None or one.occurred_at <= now
    ]


def _texts(stay: Encounter, documents: Sequence[Document]) -> dict[UUID, frozenset[str]]:
    wanted = [one.entry_id for one in documents if one.of_stay]
    rows = DocumentText.objects.filter(patient_id=stay.patient_id, entry_id__in=wanted).exclude(text="")
    return {entry: sections(text) for entry, text in rows.values_list("entry_id", "text")}


def _copies(looked: qualitative.Looked | None) -> list[Copy] | None:
    if looked is None or looked.chart is None:
        return None
    found = copied.check(looked.chart, looked.rules.parameters(Kind.COPIED))
    return [Copy(one.sentence, one.evidence[0].entry_id) for one in found]
