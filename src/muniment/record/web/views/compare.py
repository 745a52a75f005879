"""Two versions of a document side by side, their differences marked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.record import actions, differences, queries
from muniment.record.web import reading
from muniment.record.web.desk import banner, open_chart
from muniment.record.web.views.document import asked_version, entry_of


@needs(Category.RECORD)
@require_GET
def compare(request: ActorRequest, encounter_id: UUID, entry_id: UUID) -> HttpResponse:
    opened = open_chart(request, encounter_id)
    entry = entry_of(request, opened, entry_id)
    newer = asked_version(request, entry, "newer")
    older = asked_version(request, entry, "older") if request.GET.get("older") else max(1, newer - 1)
    versions = [queries.version(entry.patient_id, entry_id, number) for number in (older, newer)]
    pairs = differences.compare(*(reading.words_of(entry, version) for version in versions))
    actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), facility_id=entry.facility_id,
        shown=f"versions {older} and {newer} compared",
    )  # fmt: skip
    return render(request, "record/compare.html", {
        "banner": banner(opened, request.actor), "entry": entry, "older": versions[0], "newer": versions[1], "pairs": pairs,
        "changes": sum(pair.kind != "same" for pair in pairs), "back_url": opened.url("record-document", entry_id),
        "kinds": [reading.KIND_WORDS.get(version.kind, version.kind) for version in versions],  # type: ignore[call-overload]
    })  # fmt: skip
