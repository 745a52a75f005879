"""Indexing: the pages on the left, what is proposed of them on the right; Enter files and moves on."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused
from muniment.scanning import actions, permissions, queries
from muniment.scanning.automatic import doubts
from muniment.scanning.choosing import Index
from muniment.scanning.models import Document
from muniment.scanning.queues import EXCEPTIONS, INDEXING
from muniment.scanning.rules import IN_CHART, State
from muniment.scanning.web import desk, looks, presenters
from muniment.scanning.web.forms import NO_STAY, IndexForm, ReasonForm, TakeOutForm
from muniment.work import actions as work
from muniment.work import places
from muniment.work.queries import held

FIELDS = {"patient": "patient", "type": "type", "date": "date", "said": "said"}
ELSEWHERE = ("stay", "pages", "copies")  # told on top of the form


@needs(Category.INTAKE)
@require_http_methods(["GET", "POST"])
def index(request: ActorRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    permissions.check_read(request.actor, row)
    facility = Facility.objects.get(id=row.facility_id)
    if request.method == "POST":
        return _file(request, row, facility)
    looks.note_pages(request, row, "pages, to be indexed", always=True)
    begun = desk.initial(row, facility)
    return _page(request, row, facility, IndexForm(initial=begun, zone=ZoneInfo(facility.zone)), begun)


@needs(Category.INTAKE)
@require_GET
def patient(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Who is meant by what is typed: swapped in beside the field."""
    row = queries.document(request.actor, document_id)
    permissions.check_read(request.actor, row)
    facility = Facility.objects.get(id=row.facility_id)
    said = request.GET
    shown = desk.whose(
        request.actor, row, facility, queries.in_force(clock.today()), text=said.get("patient", "")[:120],
        chosen=_chosen(said), stay=said.get("stay", "") or row.proposals.get("encounter", {}).get("value", ""),
    )  # fmt: skip
    looks.note_whose(request, row, shown)
    return render(request, "scanning/_whose.html", {"whose": shown, "document": row, "swapped": True, "no_stay": NO_STAY})


def _chosen(said: QueryDict) -> str:
    """The patient chosen for what is typed; one chosen for an earlier text counts no more."""
    return said.get("patient_id", "") if said.get("known", "") == said.get("patient", "") else ""


def _file(request: ActorRequest, row: Document, facility: Facility) -> HttpResponse:
    form = IndexForm(request.POST, zone=ZoneInfo(facility.zone))
    given = {
        "patient": request.POST.get("patient", ""),
        "patient_id": _chosen(request.POST),
        "stay": request.POST.get("stay", ""),
    }
    if not form.is_valid():
        return _page(request, row, facility, form, given, status=422)
    try:
        index = _index(request, row, facility, form.cleaned_data, given)
        filed = actions.file_document(
            actor=request.actor, document_id=row.id, index=index, revision=numbered(request.POST.get("revision", ""))
        )
    except Refused as told:
        if told.where not in (*FIELDS, *ELSEWHERE):
            raise
        form.add_error(FIELDS.get(told.where), f"{told.what} {told.remedy}".strip())
        return _page(request, row, facility, form, given, status=422)
    except (Conflict, NotAllowedInState) as told:  # what was typed stays, beside how the document stands now
        form.add_error(None, str(told))
        return _page(request, queries.document(request.actor, row.id), facility, form, given, status=409)
    except Problem as told:
        messages.error(request, str(told))
        return redirect("scanning-index", document_id=row.id)
    undo = f"{reverse('scanning-index', args=[row.id])}?out"
    messages.success(request, f"Filed: {filed.type_name}{', to be checked' if filed.sampled else ''}.", extra_tags=undo)
    return onward(request, EXCEPTIONS if row.exception else INDEXING)


def _index(request: ActorRequest, row: Document, facility: Facility, said: dict[str, Any], given: dict[str, str]) -> Index:
    found = desk.candidates(request.actor, facility, said["patient"])
    patient = next((one for one in found if str(one.id) == given["patient_id"]), found[0] if len(found) == 1 else None)
    if patient is None:
        several = "Several patients are meant; choose one of them." if found else f"Nobody of {facility.name} is found by this."
        raise Refused(several, where="patient")
    if not given["stay"]:
        raise Refused("Choose the stay, or say that it belongs to none.", where="stay")
    return Index(
        patient_id=patient.id, encounter_id=None if given["stay"] == NO_STAY else _uuid(given["stay"]), type_code=said["type"],
        original=said["original"], signed_by=said["signed_by"], downtime=said["downtime"], said=said["said"],
    )  # fmt: skip


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("Choose the stay from the list.", where="stay") from None


def numbered(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def onward(request: ActorRequest, queue: str) -> HttpResponse:
    """The next one of the queue, else one the person took before; the board when nothing waits."""
    try:
        item = work.pull_next(actor=request.actor, queue=queue) or next(iter(held(request.actor, queue)), None)
    except Refused:  # a role that indexes without being of the queue's pool
        item = None
    if item:
        return redirect(places.url_of(item))
    messages.info(request, "Nothing more waits in this queue for you.")
    return redirect("scanning-board")


def _page(
    request: ActorRequest, row: Document, facility: Facility, form: IndexForm, given: dict[str, Any], *, leaving: ReasonForm | None = None, taking: TakeOutForm | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    out, asked = taking or TakeOutForm(auto_id="out_%s"), taking is not None or "out" in request.GET
    if asked:
        out.fields["reason"].widget.attrs["data-first-focus"] = ""
    governs = queries.in_force(clock.today())
    pages = queries.pages(row)
    shown = desk.whose(
        request.actor,
        row,
        facility,
        governs,
        text=given.get("patient", ""),
        chosen=given.get("patient_id", ""),
        stay=given.get("stay", ""),
    )
    looks.note_whose(request, row, shown)
    before, waiting, first = queries.previous_of(row), row.state == State.WAITING, _first(row, given, shown)
    if first in form.fields and first != "patient":
        form.fields[first].widget.attrs["data-first-focus"] = ""
    doubtful = doubts(queries.known(row, pages, len(shown.copies)), governs.automatic) if waiting and governs.automatic else []
    return render(request, "scanning/index.html", {
        "document": row, "batch": row.batch, "row": presenters.document_row(row), "facility": facility, "form": form, "whose": shown,
        "leaves": presenters.leaves(row, pages, governs.policy.least_confidence), "kept": sum(not one.dropped for one in pages),
        "whys": {name: presenters.why_of(row.proposals, name, governs) for name in presenters.NAMES}, "no_stay": NO_STAY, "first": first,
        "stay_chosen": given.get("stay", ""), "status": status, "waiting": waiting, "leave": leaving or ReasonForm(auto_id="leave_%s"),
        "out": out, "filed": row.state in IN_CHART, "taking": asked,
        "may_work": permissions.can_work(request.actor, row), "mergeable": bool(before and before.state == State.WAITING), "ready": first == "file",
        "doubts": presenters.why_not_by_rule(doubtful, governs), "by_rule": presenters.why_by_rule(row),
        "against": row.proposals.get("against", []) if waiting else [], "holder": queries.holder(request.actor, row) if waiting else "",
        "typed": [] if waiting else presenters.typed(form, given, shown.patient),
    }, status=status)  # fmt: skip


def _first(row: Document, given: dict[str, Any], shown: desk.Whose) -> str:
    """Where the cursor stands: on the first thing that somebody has to say, or on "file" when everything is proposed and agrees."""
    if shown.patient is None or row.exception:
        return "patient"
    if shown.undecided:
        return "copies"
    missing = next((name for name in ("stay", "type", "date") if not given.get(name)), "")
    return missing or ("file" if shown.enough else "said")


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def leave_out(request: ActorRequest, document_id: UUID) -> HttpResponse:
    row, form = queries.document(request.actor, document_id), ReasonForm(request.POST, auto_id="leave_%s")
    if not form.is_valid():
        permissions.check_read(request.actor, row)
        facility = Facility.objects.get(id=row.facility_id)
        begun = desk.initial(row, facility)
        again = IndexForm(initial=begun, zone=ZoneInfo(facility.zone))
        return _page(request, row, facility, again, begun, leaving=form, status=422)
    queue = EXCEPTIONS if row.exception else INDEXING
    actions.leave_out(actor=request.actor, document_id=document_id, reason=form.cleaned_data["reason"])
    messages.success(request, "Left out of every chart. Its pages stay in the batch.")
    return onward(request, queue)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def take_out(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """A mistake in what was filed is mended where it was made: out of the chart, and indexed again."""
    row, form = queries.document(request.actor, document_id), TakeOutForm(request.POST, auto_id="out_%s")
    if not form.is_valid():
        return _again(request, row, form)
    said = numbered(request.POST.get("revision", ""))
    actions.take_out(actor=request.actor, document_id=document_id, revision=said, **form.cleaned_data)
    messages.success(request, "Taken out of the chart. What was said of it stands below: correct it and file it again.")
    return redirect("scanning-index", document_id=document_id)


def _again(request: ActorRequest, row: Document, form: TakeOutForm) -> HttpResponse:
    permissions.check_read(request.actor, row)
    facility = Facility.objects.get(id=row.facility_id)
    begun = desk.initial(row, facility)
    page = IndexForm(initial=begun, zone=ZoneInfo(facility.zone))
    return _page(request, row, facility, page, begun, taking=form, status=422)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def take_back(request: ActorRequest, document_id: UUID) -> HttpResponse:
    actions.take_back(actor=request.actor, document_id=document_id)
    messages.success(request, "It waits to be indexed again.")
    return redirect("scanning-index", document_id=document_id)
