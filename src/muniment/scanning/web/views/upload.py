"""Scanned files a person brings."""

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
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.malware import NotScanned
from muniment.core.request import ActorRequest
from muniment.scanning import jobs, taking
from muniment.scanning.making import Arrival
from muniment.scanning.taking import Outcome
from muniment.scanning.web.forms import UploadForm
from muniment.ui.shapes import Tone

TONES = {
    "taken": ("Taken", Tone.OK),
    "known": ("Came before", Tone.INFO),
    "refused": ("Refused", Tone.LATE),
    "waiting": ("Not taken", Tone.DUE),
}


@needs(Category.INTAKE, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def upload(request: ActorRequest) -> HttpResponse:
    check_category(request.actor, Category.RECORD)
    places = {one.id: one for one in accounts.facilities(request.actor)}
    names, today = {one: place.name for one, place in places.items()}, clock.today()
    if request.method == "GET":
        return render(
            request,
            "scanning/upload.html",
            {"form": UploadForm(facilities=names, today=today, initial={"scanned_on": "today"})},
        )
    form = UploadForm(request.POST, request.FILES, facilities=names, today=today)
    if not form.is_valid():
        return render(request, "scanning/upload.html", {"form": form}, status=422)
    said = form.cleaned_data
    outcomes = [_take(request.actor, file, said, places[UUID(said["facility"])]) for file in said["uploads"]]
    if any(one.status == "taken" for one in outcomes):
        jobs.read_soon()
    lines = [(one, *TONES[one.status]) for one in outcomes]
    return render(request, "scanning/uploaded.html", {"lines": lines})


def _take(actor: Actor, file: Any, said: dict[str, Any], facility: Any) -> Outcome:
    arrival = Arrival(
        content=file.read(), name=file.name or "file", source="upload", facility=facility, operator_id=actor.id, operator_name=actor.name,
        received_at=clock.now(), scanned_on=said["scanned_on"], paper=said["paper"],
    )  # fmt: skip
    try:
        return taking.take(actor, arrival)
    except NotScanned as told:  # the person has it still, and brings it again
        return Outcome(arrival.name, "waiting", str(told))
