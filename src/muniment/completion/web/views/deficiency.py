"""One deficiency: its facts, its history, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.completion import actions, permissions, queries
from muniment.completion.models import Deficiency
from muniment.completion.rules import Kind, State
from muniment.completion.web import presenters
from muniment.completion.web.forms import ReassignForm, TakeBackForm, WaiveForm
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.kernel.errors import Refused
from muniment.record import actions as record
from muniment.ui.words import sentence_case


@needs(Category.COMPLETION)
@require_GET
def deficiency(request: ActorRequest, deficiency_id: UUID) -> HttpResponse:
    row = queries.deficiency(request.actor, deficiency_id)
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("deficiency", str(row.id)), shown="deficiency",
        facility_id=row.facility_id,
    )  # fmt: skip
    return _page(request, row)


@needs(Category.COMPLETION)
@require_POST
def step(request: ActorRequest, deficiency_id: UUID, name: str) -> HttpResponse:
    """``name`` is "reassign", "waive" or "take-back". What was typed comes back with its errors."""
    row = queries.deficiency(request.actor, deficiency_id)
    if name not in STEPS:
        raise Refused("There is no such step for a deficiency.")
    form = STEPS[name](request)
    if not form.is_valid():
        return _page(request, row, {name: form}, status=422)
    form.check_unchanged(row.revision)
    messages.success(request, _take(request, row, form))
    return redirect("completion-deficiency", deficiency_id=row.id)


def _reassign_form(request: ActorRequest) -> ReassignForm:
    return ReassignForm(request.POST, clinicians=list(queries.clinicians(request.actor)))


STEPS: dict[str, Callable[[ActorRequest], ReassignForm | WaiveForm | TakeBackForm]] = {
    "reassign": _reassign_form,
    "waive": lambda request: WaiveForm(request.POST),
    "take-back": lambda request: TakeBackForm(request.POST),
}


def _take(request: ActorRequest, row: Deficiency, form: ReassignForm | WaiveForm | TakeBackForm) -> str:
    if isinstance(form, ReassignForm):
        return _reassign(request, row, form)
    return _waive(request, row, form) if isinstance(form, WaiveForm) else _take_back(request, row, form)


def _reassign(request: ActorRequest, row: Deficiency, form: ReassignForm) -> str:
    after = actions.reassign(
        actor=request.actor, deficiency_id=row.id, practitioner_id=form.practitioner_id, reason=form.cleaned_data["reason"]
    )
    return f"“{sentence_case(row.document_name)}” is owed by {after.responsible} now and stands in their inbox."


def _waive(request: ActorRequest, row: Deficiency, form: WaiveForm) -> str:
    said = form.cleaned_data
    actions.waive(actor=request.actor, deficiency_id=row.id, reason=said["reason"], authority=said["authority"])
    return f"Waived “{sentence_case(row.document_name)}”. The chart no longer waits for it."


def _take_back(request: ActorRequest, row: Deficiency, form: TakeBackForm) -> str:
    after = actions.take_back(actor=request.actor, deficiency_id=row.id, reason=form.cleaned_data["reason"])
    name = sentence_case(row.document_name)
    if after.state != State.OPEN:
        return f"The waiver is taken back. “{name}” is {after.state} meanwhile: {after.closed_why}"
    return f"The waiver is taken back: the chart waits for “{name}” again."


def _page(
    request: ActorRequest, row: Deficiency, given: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    actor, given = request.actor, given or {}
    stay, still = encounter(actor, row.encounter_id), row.state == State.OPEN
    clinicians = list(queries.clinicians(actor))
    start = {"revision": row.revision}
    names = {one.id: str(one) for one in clinicians}
    url, words = _chart(actor, row)
    return render(request, "completion/deficiency.html", {
        "row": row, "chart_url": url, "chart_words": words, "banner": presenters.banner(request.actor, row, stay), "task": presenters.task(row),
        "due_on": presenters.due_on(row), "tone": presenters.TONES[State(row.state)], "facts": presenters.facts(row, stay),
        "events": presenters.events(row, queries.history(row), names),
        "reassign": given.get("reassign") or ReassignForm(clinicians=clinicians, initial=start, auto_id="reassign-%s"),
        "take_back": given.get("take-back") or TakeBackForm(initial=start, auto_id="take-back-%s"), "may_take_back": permissions.can_take_back(actor, row),
        "waive": given.get("waive") or WaiveForm(initial=start, auto_id="waive-%s"), "open": next(iter(given), ""),
        "may_reassign": still and permissions.can_reassign(actor, row), "may_waive": still and permissions.can_waive(actor, row),
    }, status=status)  # fmt: skip


def _chart(actor: Actor, row: Deficiency) -> tuple[str, str]:
    """Where the document a deficiency is about is read, else its chart; nowhere for who may read neither."""
    if not can(actor, Category.RECORD):
        return "", ""
    if row.entry_id and row.kind != Kind.UNAUTHENTICATED_ORDER:
        return reverse("record-document", args=[row.encounter_id, row.entry_id]), "Read the document"
    return reverse("record-chart", args=[row.encounter_id]), "Open the chart"
