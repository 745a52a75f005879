"""The quality check: what was filed on the left, three questions on the right."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.encounters.models import Encounter
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Conflict, NotAllowedInState
from muniment.scanning import actions, permissions, queries
from muniment.scanning.making import Answers
from muniment.scanning.models import Document
from muniment.scanning.proposals import agreeing
from muniment.scanning.queues import QUALITY
from muniment.scanning.rules import State
from muniment.scanning.web import looks, presenters
from muniment.scanning.web.forms import TakeOutForm
from muniment.scanning.web.views.index import onward
from muniment.ui.shapes import Input, Why

QUESTIONS = (
    ("right_patient", "It is this patient's"), ("complete", "No page is missing or cut off"), ("legible", "Every page can be read"),
)  # fmt: skip


@needs(Category.INTAKE)
@require_http_methods(["GET", "POST"])
def check(request: ActorRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    permissions.check_read(request.actor, row)
    if row.state != State.CHECKING:
        messages.info(request, f"This document is {row.state}; there is nothing to check.")
        return redirect("scanning-batch", batch_id=row.batch_id)
    if request.method == "POST":
        return _answer(request, row)
    looks.note_pages(request, row, "filed pages, to be checked", always=True)
    return _page(request, row)


def _answer(request: ActorRequest, row: Document) -> HttpResponse:
    said = request.POST
    passing = said.get("answer") == "pass"
    right = {name: passing or name not in said.getlist("wrong") for name, _ in QUESTIONS}
    answers = Answers(**right, reason=said.get("reason", "").strip()[:400])
    if not passing and answers.passed:
        return _page(request, row, told="Tick what is wrong, or pass it.", status=422)
    if not passing and not answers.reason:
        return _page(request, row, told="Say what is wrong with it.", status=422)
    try:
        actions.check_document(
            actor=request.actor, document_id=row.id, answers=answers, revision=_revision(said.get("revision", ""))
        )
    except (Conflict, NotAllowedInState) as told:
        messages.error(request, str(told))
        return redirect("scanning-batch", batch_id=row.batch_id)
    messages.success(
        request, "Passed." if passing else "Failed: it was retracted from the chart and waits to be indexed again."
    )
    return onward(request, QUALITY)


def _revision(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _patient(row: Document) -> Patient:
    assert row.patient_id is not None  # filed
    return Patient.objects.get(id=row.patient_id)


def _page(request: ActorRequest, row: Document, *, told: str = "", status: int = 200) -> HttpResponse:
    facility, patient = Facility.objects.get(id=row.facility_id), _patient(row)
    stay = Encounter.objects.filter(patient_id=patient.id, id=row.encounter_id).first() if row.encounter_id else None
    governs = queries.in_force(clock.today())
    pages = [one for one in queries.pages(row) if not one.dropped]
    agreed = agreeing(patient, queries.texts(pages), facility.id)
    why = Why(
        rule=governs.statement("identify") or "Two identifiers are asked for.", citation=governs.cited("identify"),
        inputs=[Input(f"Page {one.place.page}: {one.what}", one.place.line) for one in agreed],
    )  # fmt: skip
    return render(request, "scanning/check.html", {
        "document": row, "banner": people.banner(patient, people.numbers_for(request.actor, [patient.id]).get(patient.id, []), url=False),
        "pictures": [(place, presenters.picture_of_filed(row.id, place)) for place, _ in enumerate(pages, 1)], "questions": QUESTIONS,
        "facts": presenters.index_facts(row, patient.display_name, stay.visit_number if stay else ""), "why": why, "told": told, "status": status,
        "agreed": [one.what for one in agreed], "may": permissions.can_check(request.actor, row, governs.policy), "may_work": permissions.can_work(request.actor, row),
        "out": TakeOutForm(auto_id="out_%s"),
        "wrong": request.POST.getlist("wrong"), "reason": request.POST.get("reason", ""),
    }, status=status)  # fmt: skip
