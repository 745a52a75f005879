"""Find in the chart: full text, the words marked; a hit opens the document at them. Each search leaves its event."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.record import actions, queries
from muniment.record.web import presenters
from muniment.record.web.desk import frame, open_chart
from muniment.record.web.views.chart import summary, wants_part


@needs(Category.RECORD)
@require_GET
def find(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    opened = open_chart(request, encounter_id)
    text = request.GET.get("q", "").strip()[:200]
    hits = queries.find_in_chart(request.actor, opened.patients, text, encounter_id=opened.encounter_id)
    actions.note_view(
        actor=request.actor, patient_id=opened.stay.patient_id, subject=("encounter", str(encounter_id)),
        shown=f"find in chart, {len(hits)} places", facility_id=opened.stay.facility_id,
    )  # fmt: skip
    context = {
        "chart": opened,
        "q": text,
        "hits": presenters.found_lines(opened, hits),
        "found": True,
        "close_url": opened.url(),
    }
    if wants_part(request):
        return render(request, "record/_hits.html", context)
    return render(request, "record/chart.html", frame(opened, request.actor) | summary(request.actor, opened) | context)
