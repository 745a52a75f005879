"""A document is typed off downtime paper."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.downtime import actions, permissions, queries
from muniment.downtime.entering import Typed
from muniment.downtime.models import Downtime, Paper
from muniment.downtime.web import presenters
from muniment.downtime.web.forms import EnterForm
from muniment.encounters.models import Encounter
from muniment.encounters.queries import seen_by
from muniment.kernel.errors import Refused


@needs(Category.DOWNTIME, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest, downtime_id: UUID) -> HttpResponse:
    row = queries.downtime(request.actor, downtime_id)
    permissions.check_enter(request.actor, row)
    form = EnterForm(request.POST if request.method == "POST" else None, zone=ZoneInfo(row.facility.zone), initial={"visit": request.GET.get("visit", "")[:120]})  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            made = _entered(request, row, form)
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, f"{told.what} {told.remedy}".strip())
        else:
            messages.success(request, f"Filed “{made.title}” as a late entry.")
            return redirect("downtime-one", downtime_id=row.id)
    return render(
        request,
        "downtime/enter.html",
        {"form": form, "row": presenters.row(row), "downtime": row},
        status=422 if form.is_bound else 200,
    )


def _entered(request: ActorRequest, row: Downtime, form: EnterForm) -> Paper:
    said = form.cleaned_data
    typed = Typed(
        encounter_id=_stay(request, row, said["visit"]).id, type_code=said["type_code"], acted=said["acted"], author=said["author"], text=said["text"]
    )  # fmt: skip
    return actions.enter(actor=request.actor, downtime_id=row.id, typed=typed)


def _stay(request: ActorRequest, row: Downtime, text: str) -> Encounter:
    found = list(seen_by(request.actor).filter(facility_id=row.facility_id, visit_number=text.strip())[:2])
    if len(found) != 1:
        raise Refused(f"No single stay at {row.facility.name} has this visit number.", where="visit")
    return found[0]
