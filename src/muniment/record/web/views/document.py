"""A document, or any entry, in one of its versions. Every view leaves its event."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.record import actions, queries
from muniment.record.models import Entry
from muniment.record.web import lists, reading
from muniment.record.web.desk import Chart, frame, open_chart
from muniment.record.web.views.chart import wants_part


@needs(Category.RECORD)
@require_GET
def document(request: ActorRequest, encounter_id: UUID, entry_id: UUID) -> HttpResponse:
    opened = open_chart(request, encounter_id)
    entry = entry_of(request, opened, entry_id)
    number = asked_version(request, entry)
    shown = reading.reader(request.actor, opened, entry, number, request.GET.get("find", "")[:200])
    actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), shown=f"version {number}",
        facility_id=entry.facility_id,
    )  # fmt: skip
    if wants_part(request):
        return render(request, "record/_reader.html", {"chart": opened} | shown)
    listed = lists.listed(request.actor, opened, request.GET)
    return render(request, "record/chart.html", frame(opened, request.actor) | listed | shown | {"reading": True})


def entry_of(request: ActorRequest, opened: Chart, entry_id: UUID) -> Entry:
    """The entry, where the chart in its scope holds it. Raises Refused alike otherwise."""
    entry = queries.entry_among(request.actor, opened.patients, entry_id)
    if not opened.holds(entry):
        raise Refused("There is nothing here that you may see.", remedy="Look in the person's whole chart.")
    return entry


def asked_version(request: ActorRequest, entry: Entry, name: str = "version") -> int:
    """The version the address names, else the current one. Raises Refused for what is no number."""
    text = request.GET.get(name, "")
    if not text:
        return entry.number
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refused("There is no such version of this document.", remedy="Its versions are listed under it.")
    return int(text)
