"""Write the missing document: headings to fill in on the right, the stay's documents to read on the left."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.completion import actions, permissions, queries
from muniment.completion.documents import template_of
from muniment.completion.models import Deficiency
from muniment.completion.rules import State
from muniment.completion.web import presenters, reading
from muniment.completion.web.forms import DeclineForm, WriteForm
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.record import actions as record
from muniment.ui.words import inside, sentence_case


@needs(Category.COMPLETION, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def write(request: ActorRequest, deficiency_id: UUID) -> HttpResponse:
    row = queries.deficiency(request.actor, deficiency_id)
    permissions.check_owed(request.actor, row, queries.practitioner_of(request.actor))
    if request.method == "GET" and (row.state != State.OPEN or not row.to_write):
        return redirect("completion-sign", deficiency_id=row.id)
    form = _form(request, row)
    if form.is_valid():
        return _file(request, row, form)
    return _page(request, row, form, status=422 if form.is_bound else 200)


def _form(request: ActorRequest, row: Deficiency) -> WriteForm:
    if request.method == "POST":
        return WriteForm(request.POST)
    return WriteForm(initial={"text": template_of(row.document_code, row.sections)})


def _file(request: ActorRequest, row: Deficiency, form: WriteForm) -> HttpResponse:
    left = actions.write(actor=request.actor, deficiency_id=row.id, text=form.cleaned_data["text"])
    if not left.to_write and left.state == State.OPEN:
        messages.success(request, f"Filed “{sentence_case(row.document_name)}”. Read it once more, then sign it.")
        return redirect("completion-sign", deficiency_id=left.id)
    messages.success(request, f"Filed “{sentence_case(row.document_name)}”.")
    return redirect("completion-inbox")


def _page(request: ActorRequest, row: Deficiency, form: WriteForm, *, status: int = 200) -> HttpResponse:
    actor = request.actor
    stay = encounter(actor, row.encounter_id)
    record.note_view(
        actor=actor, patient_id=row.patient_id, subject=("deficiency", str(row.id)), shown="document to write",
        facility_id=row.facility_id,
    )  # fmt: skip
    asked = request.GET.get("entry", "")
    return render(request, "completion/write.html", {
        "row": row, "banner": presenters.banner(request.actor, row, stay), "why": presenters.why(row, stay), "task": presenters.task(row), "form": form,
        "shown": reading.shown(actor, row, asked) if asked else None, "documents": reading.others(actor, row),
        "due_on": presenters.due_on(row), "decline": DeclineForm(initial={"revision": row.revision}),
        "name": inside(row.document_name), "following": queries.after_among(queries.inbox(actor), row.id),
    }, status=status)  # fmt: skip
