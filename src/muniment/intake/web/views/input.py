"""One input: what it is, what is wrong with it, its bytes as they came; filed again, corrected or dismissed from here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Facility
from muniment.audit.queries import history_of
from muniment.core.request import ActorRequest
from muniment.intake import actions, corrections, permissions, queries
from muniment.intake.models import Input
from muniment.intake.rules import Status
from muniment.intake.web import originals, presenters
from muniment.intake.web.forms import CorrectForm, ReasonForm, ReplayForm, TakeOutForm
from muniment.kernel.errors import NotAllowedInState, Problem, Refused
from muniment.ui.shapes import Tab

Given = dict[str, forms.Form]


@needs(Category.INTAKE)
@require_GET
def one(request: ActorRequest, input_id: UUID) -> HttpResponse:
    return _page(request, queries.one(request.actor, input_id), correcting=request.GET.get("view") == "correct")


@needs(Category.INTAKE)
@require_GET
def original(request: ActorRequest, input_id: UUID) -> HttpResponse:
    """The bytes themselves, to be saved, never to be opened in the browser."""
    row = queries.one(request.actor, input_id)
    permissions.check_read(request.actor, row)
    content = corrections.original(row)
    actions.note_view(actor=request.actor, row=row, shown="downloaded")
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.id}{_SUFFIX.get(row.format, ".bin")}"'
    return response


@needs(Category.SYSTEM, Grade.WRITE)
@require_POST
def infected(request: ActorRequest, input_id: UUID) -> HttpResponse:
    """The bytes in which malware was found, for whoever looks into it: with a reason, under a name no program opens."""
    row, form = queries.one(request.actor, input_id), TakeOutForm(request.POST, auto_id="take_out_%s")
    if not form.is_valid():
        return _page(request, row, {"take_out": form}, status=422)
    actions.take_out_infected(actor=request.actor, input_id=row.id, reason=form.cleaned_data["reason"])
    response = HttpResponse(corrections.original(row), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.id}.infected"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


_SUFFIX = {"hl7v2": ".hl7", "ccda": ".xml", "fhir": ".json", "mail": ".eml", "xdm": ".zip"}


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def replay(request: ActorRequest, input_id: UUID) -> HttpResponse:
    """File it again as it came."""
    row = queries.one(request.actor, input_id)
    return _settle(request, row, "replay", ReplayForm(request.POST, auto_id="replay_%s"))


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def correct(request: ActorRequest, input_id: UUID) -> HttpResponse:
    """File what a person made of it."""
    row = queries.one(request.actor, input_id)
    permissions.check_read(request.actor, row)
    content = corrections.original(row)
    text = originals.read(content, row.format)
    if text is None or not originals.typed_in(text, content):
        raise Refused("This input can't be corrected as text.", remedy="Have it corrected at its source and sent again.")
    return _settle(request, row, "correct", CorrectForm(request.POST, original=text, content=content))


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def dismiss(request: ActorRequest, input_id: UUID) -> HttpResponse:
    """Two steps: the reason, then the consequence in words."""
    row = queries.one(request.actor, input_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, {"dismiss": form}, status=422)
    if "confirmed" not in request.POST:
        return render(request, "intake/dismiss.html", {"row": presenters.rows(request.actor, [row])[0], "form": form})
    try:
        actions.settle(actor=request.actor, input_id=row.id, step="dismiss", reason=form.cleaned_data["reason"])
    except NotAllowedInState as told:
        return _page(request, queries.one(request.actor, input_id), {"dismiss": form}, told=told, status=409)
    messages.success(request, "Dismissed. Its bytes are kept; it is in no chart.")
    return redirect("intake-quarantine")


def _settle(request: ActorRequest, row: Input, step: str, form: forms.Form) -> HttpResponse:
    """Filed again, or the new sentence beside what was typed."""
    if not form.is_valid():
        return _page(request, row, {step: form}, correcting=step == "correct", status=422)
    said: dict[str, Any] = form.cleaned_data
    try:
        outcome = corrections.replay(actor=request.actor, input_id=row.id, reason=said["reason"], content=said.get("content"))
    except NotAllowedInState as told:
        return _page(request, queries.one(request.actor, row.id), {step: form}, correcting=True, told=told, status=409)
    except Problem as told:
        return _page(request, row, {step: form}, correcting=step == "correct", told=told, status=422)
    messages.success(request, f"Filed: {outcome.entries:,} entries in the record.")
    return redirect("intake-input", input_id=outcome.input_id)


def _page(
    request: ActorRequest, row: Input, given: Given | None = None, *, correcting: bool = False, told: Problem | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    actor, given = request.actor, given or {}
    may_settle = permissions.can_settle(actor, row)
    shown = presenters.rows(actor, [row])[0]
    context = {
        "row": shown, "input": row, "facts": presenters.facts(shown, _facility(row)),
        "told": told, "may_settle": may_settle, "may_replay": may_settle and not row.place, "status": status,
        "settled": row.status in (Status.CORRECTED, Status.DISMISSED), "corrects": queries.corrects(row),
        "may_take_out": permissions.can_take_out(actor, row), "take_out": given.get("take_out") or TakeOutForm(auto_id="take_out_%s"),
        "replay": given.get("replay") or ReplayForm(auto_id="replay_%s"), "dismiss": given.get("dismiss") or ReasonForm(),
        "parts": presenters.rows(actor, queries.parts(actor, row)), "is_envelope": row.format in queries.ENVELOPES,
        "page_number": _number(request.GET.get("page", "")),
    } | _original(request, row, given.get("correct"), correcting=correcting)  # fmt: skip
    context["events"] = presenters.events(history_of("input", str(row.id)))
    return render(request, "intake/input.html", context, status=status)


def _original(request: ActorRequest, row: Input, form: forms.Form | None, *, correcting: bool) -> dict[str, Any]:
    """The left half: a page of the original, or the form that corrects it. Seeing it leaves its event."""
    if not permissions.can_read(request.actor, row):
        return {"may_read": False}
    content = corrections.original(row)
    actions.note_view(actor=request.actor, row=row, shown="on screen")
    text = originals.read(content, row.format)
    typed_in = originals.typed_in(text, content)
    may_correct = typed_in and not row.place and permissions.can_settle(request.actor, row)
    if may_correct and text and form is None:
        form = CorrectForm(
            original=text, content=content, initial={"text": text.text.replace("\r\n", "\n").replace("\r", "\n")}
        )
    correcting = correcting and (may_correct or form is not None)
    page = originals.show(content, row.format, where=row.where, page=_number(request.GET.get("page", "")))
    tabs = [Tab("As it came", "?", not correcting), Tab("Correct it", "?view=correct", correcting)] if may_correct else []
    return {
        "may_read": True,
        "shown": page,
        "tabs": tabs,
        "correct": form,
        "correcting": correcting,
        "may_correct": may_correct,
    }


def _facility(row: Input) -> Facility | None:
    return Facility.objects.filter(id=row.facility_id).first() if row.facility_id else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
