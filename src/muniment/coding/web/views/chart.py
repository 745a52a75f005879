"""The left half: a document, and find in the chart. Both leave their event."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding.web.desk import open_desk
from muniment.core.request import ActorRequest
from muniment.record import actions, queries
from muniment.record.web import presenters, reading
from muniment.record.web.desk import open_chart
from muniment.record.web.views.document import entry_of


@needs(Category.CODING, Grade.WRITE)
@require_GET
def document(request: ActorRequest, encounter_id: UUID, entry_id: UUID) -> HttpResponse:
    open_desk(request.actor, encounter_id)
    chart = open_chart(request, encounter_id)
    entry = entry_of(request, chart, entry_id)
    actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), shown=f"version {entry.number}",
        facility_id=entry.facility_id,
    )  # fmt: skip
    shown = reading.reader(request.actor, chart, entry, entry.number, request.GET.get("find", "")[:200])
    return render(request, "coding/_document.html", shown | {"chart": chart})


@needs(Category.CODING, Grade.WRITE)
@require_GET
def find(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    desk = open_desk(request.actor, encounter_id)
    chart = open_chart(request, encounter_id)
    text = request.GET.get("q", "").strip()[:200]
    hits = queries.find_in_chart(request.actor, chart.patients, text, encounter_id=encounter_id)
    actions.note_view(
        actor=request.actor, patient_id=desk.stay.patient_id, subject=("encounter", str(encounter_id)),
        shown=f"find in chart, {len(hits)} places", facility_id=desk.stay.facility_id,
    )  # fmt: skip
    lines = zip(hits, presenters.found_lines(chart, hits), strict=True)
    return render(request, "coding/_found.html", {"lines": list(lines), "q": text, "stay": desk.stay})
