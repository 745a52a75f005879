"""The chart as every one of its screens needs it: the stay, whose it is, what is in scope, and the addresses that keep both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.access.permissions import can
from muniment.access.rules import Category as Area
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.encounters import queries as encounters
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.identity import queries as identity
from muniment.identity.models import PatientIdentifier
from muniment.identity.web import presenters as people
from muniment.record import queries
from muniment.record.models import Entry
from muniment.record.rules import Category
from muniment.ui import shapes
from muniment.ui.shapes import Tab

TABS = {
    "documents": "Documents", "timeline": "Timeline", "results": "Results", "coded": "Coded data", "problems": "By problem", "outside": "Outside records",
    "new": "New",
}  # fmt: skip
RESULTS = (Category.RESULT, Category.VITAL_SIGN)
CODED = {
    Category.DIAGNOSIS: "Diagnoses",
    Category.PROCEDURE: "Procedures",
    Category.MEDICATION: "Medications",
    Category.ALLERGY: "Allergies and intolerances",
    Category.IMMUNISATION: "Immunisations",
    Category.CODING: "Final codes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A stay's chart, or the whole person's (``scope`` "person"), seen from that stay."""

    stay: Encounter
    scope: str
    tab: str
    patients: list[UUID]
    numbers: Mapping[UUID, list[PatientIdentifier]]
    chosen: bool = False  # whether the address names the tab: then its links do, whatever view is the reader's usual one

    @property
    def encounter_id(self) -> UUID | None:
        """What bounds the entries: the stay's id, or None for all stays of the person."""
        return None if self.scope == "person" else self.stay.id

    @property
    def zone(self) -> ZoneInfo:
        return stays.zone_of(self.stay)

    def holds(self, entry: Entry) -> bool:
        return self.encounter_id is None or entry.encounter_id == self.encounter_id

    def query(self, **more: object) -> str:
        """The query string that keeps tab and scope, with ``more``; what is the default is left out."""
        said: dict[str, object] = {"tab": self.tab, "scope": self.scope} | more
        said["from"] = said.pop("first", None)  # a Python keyword
        default = {"scope": "stay"} | ({} if self.chosen or "tab" in more else {"tab": "documents"})
        kept = {name: value for name, value in said.items() if value not in ("", None, default.get(name))}
        return f"?{urlencode(kept)}" if kept else ""

    def url(self, name: str = "record-chart", *args: object, **more: object) -> str:
        """The address of a screen of this chart, ``args`` after the stay's id."""
        return reverse(name, args=[self.stay.id, *args]) + self.query(**more)


def open_chart(request: ActorRequest, encounter_id: UUID) -> Chart:
    """The chart the address means. Raises Refused alike for a stay that is not there and one at another facility."""
    actor = request.actor
    stay = encounters.encounter(actor, encounter_id)
    scope, tab = request.GET.get("scope", ""), request.GET.get("tab", "")
    patients = [stay.patient_id]
    if scope == "person":
        patients = [row.id for row in identity.person_records(actor, stay.patient.person_id)]
        patients = patients if stay.patient_id in patients else [*patients, stay.patient_id]
    survivors = [stay.patient.merged_into_id] if stay.patient.merged_into_id else []
    return Chart(
        stay=stay, scope="person" if scope == "person" else "stay", tab=tab if tab in TABS else "documents", patients=patients,
        numbers=people.numbers_for(actor, [stay.patient_id, *survivors]), chosen=tab in TABS,
    )  # fmt: skip


def banner(chart: Chart, actor: Actor) -> shapes.Patient:
    """The banner; it leads to the person where the role may look at persons."""
    row = chart.stay.patient
    survivor = chart.numbers.get(row.merged_into_id, []) if row.merged_into_id else []
    return people.banner(
        row, chart.numbers.get(row.id, []), stay=stays.for_banner(chart.stay, url=chart.url(scope="stay")),
        merged_into=people.number_words(identity.chief_number(survivor)), url=can(actor, Area.IDENTITY),
    )  # fmt: skip


def tabs(chart: Chart, actor: Actor) -> list[Tab]:
    found = queries.counts(actor, chart.patients, encounter_id=chart.encounter_id)
    documents, outside = found.pop("documents"), found.pop("outside")
    count = {
        "documents": documents,
        "timeline": sum(found.values()),
        "results": sum(found.get(one, 0) for one in RESULTS),
        "coded": sum(found.get(one, 0) for one in CODED),
        "outside": outside,
    }
    return [Tab(label, chart.url(tab=name), name == chart.tab, count.get(name)) for name, label in TABS.items()]


def frame(chart: Chart, actor: Actor) -> dict[str, Any]:
    """What every full page of a chart shows around its list and its reader."""
    other = "person" if chart.scope == "stay" else "stay"
    return {
        "chart": chart,
        "banner": banner(chart, actor),
        "tabs": tabs(chart, actor),
        "find_url": chart.url("record-find"),
        "scope_url": chart.url(scope=other),
        "person_url": reverse("identity-person", args=[chart.stay.patient.person_id]) if can(actor, Area.IDENTITY) else "",
    }
