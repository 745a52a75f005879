"""Asking for a certified production: set, stays, days and options on the left; what it would hold on the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core.request import ActorRequest
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Problem, Refused
from muniment.record import actions, jobs
from muniment.record.production import asking
from muniment.record.production.definition import Mark
from muniment.record.production.order import Order
from muniment.record.production.selection import Selection
from muniment.record.web.forms import OrderForm


@needs(Category.RELEASE, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def produce(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """``look`` in what is sent shows what it would hold and writes nothing but that somebody looked."""
    patient = asking.patient_for(request.actor, patient_id)
    facility = _facility(request, patient)
    looking = request.method == "GET" or "look" in request.POST
    form = _form(request, patient, facility, looking="look" in request.POST)
    problem: Problem | None = None
    order = form.order() if form.is_bound and form.is_valid() else None if form.is_bound else _default(request)
    if order and not looking:
        try:
            row = jobs.produce_soon(actor=request.actor, patient_id=patient_id, facility_id=facility.id, order=order)
        except Problem as error:
            problem = error
        else:
            messages.success(request, f"Production {row.number} was asked for. The worker sets it.")
            return redirect("record-production", production_id=row.id)
    return _page(request, patient, facility, form, order, problem, looking)


def _page(
    request: ActorRequest, patient: Patient, facility: Facility, form: OrderForm, order: Order | None, problem: Problem | None, looking: bool
) -> HttpResponse:  # fmt: skip
    holds: dict[str, Any] = {}
    if order:
        try:
            holds = _holds(asking.preview(request.actor, patient, facility, order).selection)
        except Problem as error:
            problem = problem or error
    actions.note_view(
        actor=request.actor, patient_id=patient.id, subject=("patient", str(patient.id)), shown="what a production would hold",
        facility_id=facility.id,
    )  # fmt: skip
    numbers = people.numbers_for(request.actor, [patient.id]).get(patient.id, [])
    return render(request, "record/produce.html", {
        "banner": people.banner(patient, numbers), "patient": patient, "facility": facility, "form": form, "problem": problem, "holds": holds,
        "others": [one for one in accounts.facilities(request.actor) if one.id != facility.id],
    }, status=200 if looking and not form.errors else 422)  # fmt: skip


def _facility(request: ActorRequest, patient: Patient) -> Facility:
    """The one that was named; else the one of the record, where the actor works there; else the first of the actor's."""
    mine = {one.id: one for one in accounts.facilities(request.actor)}
    code = request.GET.get("facility", "")
    named = next((one for one in mine.values() if one.code == code), None)
    found = named or (mine.get(patient.facility_id) if patient.facility_id else None) or next(iter(mine.values()), None)
    if found is None:
        raise Refused("You work at no facility whose record could be produced.", remedy="An administrator assigns roles.")
    return found


def _form(request: ActorRequest, patient: Patient, facility: Facility, *, looking: bool) -> OrderForm:
    known = asking.stays_of(request.actor, patient, facility)
    data = request.POST if request.method == "POST" else None
    initial = {"which": Mark.LEGAL.value, "stays": request.GET.getlist("stay"), "uncovered": ""}
    may_trail = can(request.actor, Category.AUDIT)
    return OrderForm(data, initial=initial, known=known, zone=ZoneInfo(facility.zone), may_trail=may_trail, looking=looking)


def _default(request: ActorRequest) -> Order:
    stays = tuple(UUID(one) for one in request.GET.getlist("stay") if _is_id(one))
    return Order(which=Mark.LEGAL, reason="not said yet", stays=stays)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _holds(selection: Selection) -> dict[str, Any]:
    """Counted by type: what is in, what is left out and why (to those who work here every type is named), what is not covered."""
    types: dict[str, int] = {}
    for item in selection.items:
        types[item.type] = types.get(item.type, 0) + 1
    return {
        "entries": len(selection.items), "documents": len(selection.documents), "types": sorted(types.items()),
        "left": sorted((left.type, left.why, count) for left, count in selection.left.items()),
        "uncovered": sorted(selection.uncovered.items()),
    }  # fmt: skip
