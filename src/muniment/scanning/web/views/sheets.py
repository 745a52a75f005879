"""Separator sheets: who and what they are for, and the PDF to be printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.permissions import check_category
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.encounters.models import Encounter
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Refused
from muniment.scanning import actions, clues
from muniment.scanning.separators import Sheet
from muniment.scanning.typeset import Printed
from muniment.scanning.web import desk
from muniment.scanning.web.forms import SheetsForm


@needs(Category.INTAKE, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def sheets(request: ActorRequest) -> HttpResponse:
    check_category(request.actor, Category.RECORD)
    places = {one.id: one for one in accounts.facilities(request.actor)}
    names = {one: place.name for one, place in places.items()}
    if request.method == "GET":
        return render(request, "scanning/sheets.html", {"form": SheetsForm(facilities=names, initial=request.GET.dict())})
    form = SheetsForm(request.POST, facilities=names)
    if form.is_valid():
        try:
            return _printed(request.actor, places[UUID(form.cleaned_data["facility"])], form.cleaned_data)
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, f"{told.what} {told.remedy}".strip())
    return render(request, "scanning/sheets.html", {"form": form}, status=422)


def _printed(actor: Actor, facility: Facility, said: dict[str, Any]) -> HttpResponse:
    patient = _patient(actor, facility, said["patient"])
    stay = _stay(patient, facility, said["visit"])
    number = identity.chief_number(identity.numbers_of([patient.id]).get(patient.id, []), facility.code) if patient else None
    wanted = [
        Printed(
            sheet=Sheet(
                facility=facility.code, assigner=number.system if number else "", number=number.value if number else "",
                visit=stay.visit_number if stay else "", type_code=code, pages=said["pages"] or 0,
            ),
            facility=facility.name, patient=patient.display_name if patient else "", born=people.partial(patient.birth) if patient else "",
            type_name=clues.types().get(code, ""), paper=said["paper"],
        )
        for code in said["types"] or [""]
    ]  # fmt: skip
    content = actions.print_sheets(actor=actor, facility=facility, sheets=wanted, patient_id=patient.id if patient else None)
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": 'attachment; filename="separator-sheets.pdf"'}
    )


def _patient(actor: Actor, facility: Facility, text: str) -> Patient | None:
    if not text.strip():
        return None
    found = desk.candidates(actor, facility, text)
    if len(found) != 1:
        raise Refused(
            "Several patients are meant; type the record number." if found else f"Nobody of {facility.name} is found by this.",
            where="patient",
        )
    return found[0]


def _stay(patient: Patient | None, facility: Facility, text: str) -> Encounter | None:
    if not text.strip():
        return None
    found = (
        Encounter.objects.filter(patient_id=patient.id, facility_id=facility.id, visit_number=text.strip()).first()
        if patient
        else None
    )
    if found is None:
        raise Refused("This visit is not the patient's at this facility.", where="visit")
    return found
