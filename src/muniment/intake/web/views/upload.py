"""Files a person brings: taken at the same desk as everything else, the outcome listed for each input in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.core.malware import NotScanned
from muniment.core.request import ActorRequest
from muniment.intake import runs
from muniment.intake.desk import Desk, Outcome
from muniment.intake.web import words
from muniment.intake.web.forms import UploadForm
from muniment.kernel.errors import Problem
from muniment.ui.shapes import Tone

SOURCE = "upload"
TONES = {"filed": Tone.OK, "duplicate": Tone.INFO, "quarantined": Tone.LATE, "waiting": Tone.DUE}
WORDS = {"filed": "Filed", "duplicate": "Came before", "quarantined": "In quarantine", "waiting": "Not taken"}


@dataclass(frozen=True, slots=True)
class Line:
    """One input of an uploaded file and what became of it."""

    outcome: Outcome

    @property
    def format(self) -> str:
        return words.FORMATS[self.outcome.format]

    @property
    def state(self) -> str:
        return WORDS[self.outcome.status]

    @property
    def tone(self) -> Tone:
        return TONES[self.outcome.status]


@needs(Category.INTAKE, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def upload(request: ActorRequest) -> HttpResponse:
    facilities = {one.id: one for one in Facility.objects.filter(id__in=request.actor.facilities).order_by("name")}
    names = {one: facility.name for one, facility in facilities.items()}
    if request.method == "GET":
        only = str(next(iter(names))) if len(names) == 1 else ""
        return render(request, "intake/upload.html", {"form": UploadForm(facilities=names, initial={"facility": only})})
    form = UploadForm(request.POST, request.FILES, facilities=names)
    if not form.is_valid():
        return render(request, "intake/upload.html", {"form": form}, status=422)
    chosen = form.cleaned_data["facility"]
    lines = _take(
        request.actor, form.cleaned_data["uploads"], facilities[UUID(chosen)] if chosen else None, form.cleaned_data["origin"]
    )
    counts = {name: sum(line.outcome.status == name for line in lines) for name in WORDS}
    return render(request, "intake/uploaded.html", {"lines": lines, "counts": counts})


def _take(actor: Actor, files: list[UploadedFile], facility: Facility | None, origin: str) -> list[Line]:
    desk = Desk(actor=actor, source=SOURCE, facility=facility, origin=origin)
    return [Line(outcome) for file in files for outcome in _outcomes(desk, file)]


def _outcomes(desk: Desk, file: UploadedFile) -> list[Outcome]:
    name, found = file.name or "file", []
    for place, content in runs.units(cast("runs.BinaryIO", file), file.size or 0):
        label = f"{name}#{place}" if place else name
        if isinstance(content, Problem):
            found.append(Outcome(label, "", "quarantined", str(content), 0, "", ""))
        else:
            found.extend(_taken(desk, content, label))
    return found


def _taken(desk: Desk, content: bytes, label: str) -> list[Outcome]:
    try:
        return desk.take(content, label)
    except NotScanned as told:  # the person has it still, and brings it again
        return [Outcome(label, "", "waiting", str(told), 0, "", "")]
