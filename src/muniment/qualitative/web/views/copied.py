"""A note beside what it holds of an earlier one, line by line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import NotAllowedInState
from muniment.qualitative import queries
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import Kind
from muniment.qualitative.sides import side_by_side
from muniment.qualitative.web import presenters
from muniment.record import actions as record
from muniment.record import queries as chart
from muniment.record.models import Entry
from muniment.record.web import presenters as charts
from muniment.record.web import reading


@needs(Category.RECORD)
@require_GET
def copied(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    row = queries.finding(request.actor, finding_id)
    if row.kind != Kind.COPIED:
        raise NotAllowedInState("This finding is not about copied text.", remedy="Open its places one by one.")
    later, source = (_side(request, row, one) for one in row.evidence)
    pairs = side_by_side(source["text"], later["text"])
    stay = encounter(request.actor, row.encounter_id)
    return render(request, "qualitative/copied.html", {
        "line": presenters.line(row), "banner": presenters.banner(request.actor, row, stay), "later": later, "source": source, "pairs": pairs,
    })  # fmt: skip


def _side(request: ActorRequest, row: QualitativeFinding, place: dict[str, Any]) -> dict[str, Any]:
    """The version the finding is about, as it is read. Each leaves its view event, since each is read."""
    entry: Entry = chart.entry(request.actor, row.patient_id, UUID(place["entry_id"]))
    version = chart.version(row.patient_id, entry.entry_id, place["number"])
    record.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry.entry_id)), facility_id=entry.facility_id,
        shown=f"version {version.number}, copied text side by side",
    )  # fmt: skip
    return {
        "title": charts.title_of(entry), "author": entry.author_name or "author not stated",
        "when": charts.shown_time(entry.occurred, zone_of(row)) or "no date", "text": reading.words_of(entry, version),
    }  # fmt: skip
