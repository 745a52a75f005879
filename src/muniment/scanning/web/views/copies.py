"""A scan beside a document of the chart whose text is nearly the same: the same one, a new version of it, or another one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.identity import queries as identity
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Problem, Refused
from muniment.record import actions as record
from muniment.record import queries as entries
from muniment.scanning import actions, choosing, comparing, permissions, queries
from muniment.scanning.models import Document
from muniment.scanning.queues import EXCEPTIONS, INDEXING
from muniment.scanning.rules import Copy
from muniment.scanning.web import desk, looks
from muniment.scanning.web.views.index import numbered, onward
from muniment.ui.shapes import Input, Why

CHOICES = {"same": Copy.SAME, "version": Copy.VERSION, "different": Copy.DIFFERENT}


@needs(Category.INTAKE)
@require_http_methods(["GET", "POST"])
def one(request: ActorRequest, document_id: UUID, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    permissions.check_read(request.actor, row)
    if identity.seen_by(request.actor).filter(id=patient_id).first() is None:
        raise Refused(queries.NOTHING)
    if request.method == "POST":
        return _decide(request, row, patient_id, entry_id)
    return _page(request, row, patient_id, entry_id)


def _decide(request: ActorRequest, row: Document, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    decision = CHOICES.get(request.POST.get("decision", ""))
    if decision is None:
        raise Refused("Say whether it is the same document, a new version of it, or a different one.")
    exceptional = bool(row.exception)
    try:
        actions.judge_copy(
            actor=request.actor, document_id=row.id, entry_id=entry_id, patient_id=patient_id, decision=decision,
            revision=numbered(request.POST.get("revision", "")),
        )  # fmt: skip
    except Problem as told:
        messages.error(request, str(told))
        return redirect("scanning-index", document_id=row.id)
    if decision is Copy.SAME:
        messages.success(request, "Left out: the same document is in the chart. Its pages stay in the batch.")
        return onward(request, EXCEPTIONS if exceptional else INDEXING)
    messages.success(
        request, "Decided: it will replace the other one." if decision is Copy.VERSION else "Decided: a different document."
    )
    return redirect("scanning-index", document_id=row.id)


def _page(request: ActorRequest, row: Document, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    actor = request.actor
    governs = queries.in_force(clock.today())
    found = choosing.copy_of(actor, row, patient_id, entry_id, governs.policy)
    patient = identity.patient(patient_id)
    pages = [one for one in queries.pages(row) if not one.dropped]
    pairs = comparing.side_by_side(entries.text_of(patient_id, entry_id), choosing.text_of(pages))
    looks.note_pages(request, row, "pages, beside a likely copy", always=True)
    record.note_view(
        actor=actor, patient_id=patient_id, subject=("entry", str(entry_id)), facility_id=found.entry.facility_id, shown="beside a scan that is nearly the same"
    )  # fmt: skip
    why = Why(
        rule=governs.statement("duplicates") or "Scans of nearly the same text are decided on before they are filed.",
        citation=governs.cited("duplicates"), inputs=[Input("Five-word runs in common", f"{found.per_cent} %")], judged_on=clock.today(),
    )  # fmt: skip
    return render(request, "scanning/copy.html", {
        "document": row, "found": found, "dated": desk.day_of(found.entry), "pairs": pairs, "changes": sum(pair.kind != "same" for pair in pairs), "why": why,
        "banner": people.banner(patient, people.numbers_for(actor, [patient.id]).get(patient.id, []), url=False), "batch": row.batch,
        "decided": row.copies.get(str(entry_id), {}), "may_work": permissions.can_work(actor, row),
    })  # fmt: skip
