"""This is what was signed: a version's hashes, each signature's seal, and whether they hold now. Looking leaves its event."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.record import actions, queries
from muniment.record.models import Version
from muniment.record.web import presenters, proving, reading
from muniment.record.web.desk import banner, open_chart
from muniment.record.web.views.document import asked_version, entry_of
from muniment.ui.shapes import Document


@needs(Category.RECORD)
@require_GET
def proof(request: ActorRequest, encounter_id: UUID, entry_id: UUID) -> HttpResponse:
    opened = open_chart(request, encounter_id)
    entry = entry_of(request, opened, entry_id)
    version = queries.version(entry.patient_id, entry_id, asked_version(request, entry))
    signatures = queries.signatures(entry.patient_id, entry_id)
    proved, own = proving.prove(version, signatures), [one for one in signatures if one.number == version.number]
    closures = [one for one in reading.closed(entry) if one.number == version.number]
    actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), facility_id=entry.facility_id,
        shown=f"proof of version {version.number}",
    )  # fmt: skip
    read = reading.body(entry, version)
    number = version.number if version.number != entry.number else None
    return render(request, "record/proof.html", {
        "banner": banner(opened, request.actor), "entry": entry, "version": version, "proof": proved,
        "body": read, "document": _document(entry.label, version, read), "back_url": opened.url("record-document", entry_id, version=number),
        "acts": presenters.in_order(own, proved.signatures, closures, opened.zone),
        "closures": [presenters.shut(one, own, opened.zone) for one in closures],
        "versions": proving.lineage(opened, entry), "kind": reading.KIND_WORDS.get(version.kind, version.kind),  # type: ignore[call-overload]
    })  # fmt: skip


def _document(title: str, version: Version, read: reading.Body) -> Document | None:
    """The words of the version, where it has words; the chart's reader shows the rest."""
    if not read.html:
        return None
    return Document(
        title=title or "Entry",
        author=version.author_name or "author not stated",
        when=f"version {version.number}",
        html=read.html,
    )
