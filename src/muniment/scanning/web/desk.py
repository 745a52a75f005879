"""The patient of a document as somebody types them, and what the screen then shows beside: stays, agreement, likely copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.identity import queries as identity
from muniment.identity.models import Patient, PatientIdentifier
from muniment.identity.web import presenters as people
from muniment.record.models import Entry
from muniment.record.queries import Alike
from muniment.record.web.presenters import shown_time
from muniment.scanning import queries
from muniment.scanning.choosing import text_of
from muniment.scanning.models import Document
from muniment.scanning.proposals import Agreement, agreeing, at_facility
from muniment.scanning.queries import InForce
from muniment.scanning.web.forms import typed_of
from muniment.ui import shapes
from muniment.ui.shapes import Input, Tone, Why

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class StayChoice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Copied:
    """A document of the chart of nearly the same text: what was decided of it, "" for nothing yet; ``first`` is the first undecided one."""

    title: str
    per_cent: int
    url: str
    decided: str
    first: bool


@dataclass(slots=True)
class Whose:
    """What is known of the typed patient. ``patient`` None: nobody, or several to choose from (``found``)."""

    text: str
    patient: Patient | None = None
    found: list[tuple[Patient, str]] = field(default_factory=list)
    banner: shapes.Patient | None = None
    stays: list[StayChoice] = field(default_factory=list)
    agreed: list[Agreement] = field(default_factory=list)
    copies: list[Copied] = field(default_factory=list)
    why: Why | None = None
    enough: bool = False

    @property
    def undecided(self) -> int:
        return sum(not one.decided for one in self.copies)

    @property
    def words(self) -> str:
        """What stands in the text of the pages, in words."""
        names = [one.what for one in self.agreed]
        return f"On the pages: {', '.join(names)}" if names else "No identifier of this patient stands in the text"

    @property
    def tone(self) -> Tone:
        return Tone.OK if self.enough else Tone.LATE


def candidates(actor: Actor, facility: Facility, text: str) -> list[Patient]:
    """Current records of the facility: the one with exactly this number, else those the search finds."""
    here = at_facility(facility.id).filter(id__in=identity.seen_by(actor).values("id"))
    numbers = PatientIdentifier.objects.filter(value=text.strip(), deciding=True).values("patient_id")
    exact = list(here.filter(id__in=numbers)[:MOST_FOUND])
    return exact or list(identity.find(actor, text).filter(id__in=here.values("id"))[:MOST_FOUND])


def whose(
    actor: Actor, row: Document, facility: Facility, governs: InForce, *, text: str, chosen: str = "", stay: str = ""
) -> Whose:
    """``chosen`` is the id of one of several; ``stay`` the id of the stay to be shown as chosen."""
    shown = Whose(text)
    found = candidates(actor, facility, text)
    shown.patient = next((one for one in found if str(one.id) == chosen), found[0] if len(found) == 1 else None)
    if shown.patient is None:
        numbers = people.numbers_for(actor, [one.id for one in found])
        shown.found = [(one, _number(numbers.get(one.id, []), facility)) for one in found]
        return shown
    _fill(shown, shown.patient, actor, row, facility, governs, stay)
    return shown


def _number(numbers: Sequence[PatientIdentifier], facility: Facility) -> str:
    found = identity.chief_number(numbers, facility.code)
    return found.value if found else ""


def number_of(patient_id: UUID, facility: Facility) -> str:
    """The number a patient goes by at the facility."""
    return _number(identity.numbers_of([patient_id]).get(patient_id, []), facility)


def _fill(shown: Whose, patient: Patient, actor: Actor, row: Document, facility: Facility, governs: InForce, stay: str) -> None:
    pages = queries.pages(row)
    texts = queries.texts(pages)
    shown.banner = people.banner(patient, people.numbers_for(actor, [patient.id]).get(patient.id, []), url=False)
    shown.agreed = agreeing(patient, texts, facility.id)
    shown.enough = len(shown.agreed) >= governs.policy.identifiers
    shown.why = Why(
        rule=governs.statement("identify") or f"{governs.policy.identifiers} identifiers are asked for.", citation=governs.cited("identify"),
        inputs=[Input(f"Page {one.place.page}: {one.what}", one.place.line) for one in shown.agreed], judged_on=clock.today(),
    )  # fmt: skip
    shown.copies = _copies(
        row,
        patient,
        queries.alike(actor, patient.id, text_of([one for one in pages if not one.dropped]), governs.policy.likeness),
    )
    found = (
        Encounter.objects.select_related("facility")
        .filter(patient_id=patient.id, facility_id=facility.id)
        .order_by("-admitted_at")
    )
    shown.stays = [_stay(one, stay) for one in found]


def day_of(entry: Entry) -> str:
    """The day a document of the chart is of, no more exact than its source."""
    return shown_time(entry.occurred[:10], ZoneInfo(timezone.get_current_timezone_name()))


def _copies(row: Document, patient: Patient, found: Sequence[Alike]) -> list[Copied]:
    """Those to be decided first."""
    said = [row.copies.get(str(one.entry.entry_id), {}).get("decision", "") for one in found]
    order = sorted(zip(found, said, strict=True), key=lambda pair: bool(pair[1]))
    return [
        Copied(
            f"{one.entry.label}, {day_of(one.entry)}{f', from {one.entry.origin}' if one.entry.origin else ''}", one.per_cent,
            reverse("scanning-copy", args=[row.id, patient.id, one.entry.entry_id]), decided, first=not place and not decided,
        )
        for place, (one, decided) in enumerate(order)
    ]  # fmt: skip


def _stay(one: Encounter, chosen: str) -> StayChoice:
    return StayChoice(str(one.id), f"{one.visit_number}, {stays.class_name(one)}, {stays.interval(one)}", str(one.id) == chosen)


def initial(row: Document, facility: Facility) -> dict[str, Any]:
    """What the form begins with: what was decided before a check failed, else what is proposed."""
    said = row.proposals
    patient = str(row.patient_id or "") or said.get("patient", {}).get("value", "")
    return {
        "patient": number_of(UUID(patient), facility) if patient else "",
        "patient_id": patient,
        "stay": str(row.encounter_id or "") or said.get("encounter", {}).get("value", ""),
        "type": row.type_code or said.get("type", {}).get("value", ""),
        "date": typed_of(row.original, ZoneInfo(facility.zone)) or said.get("date", {}).get("value", ""),
        "signed_by": row.signed_by,
        "downtime": row.downtime,
        "said": "",
    }
