"""Findings in words and links: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.encounters.web.presenters import zone_of
from muniment.identity import queries as identity
from muniment.identity.web import presenters as people
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import Kind, State
from muniment.ui import dates, shapes
from muniment.ui.shapes import Fact, Tone, Why

KINDS = {
    Kind.LATERALITY: "Left and right", Kind.SEX: "Sex", Kind.DATES: "Dates", Kind.DIAGNOSES: "Diagnoses", Kind.COPIED: "Copied text",
    Kind.RESULTS: "Results not mentioned",
}  # fmt: skip
STATES = {State.OPEN: ("Open", Tone.DUE), State.MUTED: ("Muted", Tone.PLAIN), State.GONE: ("No longer found", Tone.OK)}


@dataclass(frozen=True, slots=True)
class Quote:
    """A place as it is shown. ``url`` opens the document at the words."""

    source: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    row: QualitativeFinding
    kind: str
    quotes: Sequence[Quote]
    copied_url: str


def line(row: QualitativeFinding) -> Line:
    copied = reverse("qualitative-copied", args=[row.id]) if row.kind == Kind.COPIED else ""
    return Line(row, KINDS[Kind(row.kind)], [_quote(row.encounter_id, one) for one in row.evidence], copied)


def _quote(encounter_id: UUID, one: dict[str, Any]) -> Quote:
    """Copied text has its source in another stay: the chart opens with all stays of the person."""
    said = {"scope": "person"} | ({"find": one["quote"]} if one["end"] else {})
    url = reverse("record-document", args=[encounter_id, one["entry_id"]])
    return Quote(one["source"], one["quote"], f"{url}?{urlencode(said)}{'#found' if one['end'] else ''}")


def banner(actor: Actor, row: QualitativeFinding, stay: Encounter) -> shapes.Patient:
    numbers = people.numbers_for(actor, [row.patient_id]).get(row.patient_id, [])
    return people.banner(row.patient, numbers, stay=stays.for_banner(stay, url=stays.chart_url(stay)), url=False)


def facts(row: QualitativeFinding, stay: Encounter) -> list[Fact]:
    zone = zone_of(row)
    return [
        Fact(label="Check", value=KINDS[Kind(row.kind)], why=why(row)),
        Fact(label="Found", value=dates.moment(row.found_at, zone)),
        *([Fact(label="No longer found", value=dates.moment(row.gone_at, zone))] if row.gone_at else []),
        *([Fact(label="Muted", value=f"{dates.moment(row.muted_at, zone)} by {row.muted_by}"), Fact(label="Why", value=row.muted_why)] if row.muted_at else []),
        Fact(label="Stay", value=f"{stay.visit_number}, {stays.interval(stay)}", url=stays.chart_url(stay)),
        Fact(label="Facility", value=row.facility.name),
    ]  # fmt: skip


def why(row: QualitativeFinding) -> Why:
    return Why(
        rule=f"The check “{KINDS[Kind(row.kind)]}” of the rule book, {row.rule_code}, version {row.rule_number}.", citation=row.citation,
        citation_url=reverse("rulebook-rule", args=[row.rule_code]), verified=row.verified,
    )  # fmt: skip


def whose(actor: Actor, rows: Sequence[QualitativeFinding]) -> dict[UUID, str]:
    """Patient → their number at the facility of the finding, or that they have none there."""
    found = people.numbers_for(actor, [row.patient_id for row in rows])
    return {
        row.patient_id: people.number_words(
            identity.chief_number([one for one in found.get(row.patient_id, ()) if one.system == row.facility.code])
        )
        for row in rows
    }  # fmt: skip
