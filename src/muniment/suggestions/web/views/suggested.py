"""What a stay's documents suggest, and what the coder makes of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import check_category
from muniment.access.rules import Category, Grade
from muniment.coding.rules import Sex
from muniment.coding.web.desk import Desk, open_desk
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem, Refused
from muniment.record import actions as record
from muniment.record.queries import documents, texts_of
from muniment.suggestions import actions, charts, jobs, queries
from muniment.suggestions.models import Why
from muniment.suggestions.scoring import Found
from muniment.suggestions.web import presenters
from muniment.terminology.queries import lookup_many
from muniment.terminology.rules import System


@needs(Category.CODING, Grade.WRITE)
@require_GET
def suggested(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """The panel's content: the suggestions, or that the chart is being read."""
    desk = open_desk(request.actor, encounter_id)
    check_category(request.actor, Category.RECORD)
    try:
        read = charts.read(request.actor, desk.stay)
    except Problem as problem:  # no release is installed
        return render(request, "suggestions/_suggested.html", {"stay": desk.stay, "told": problem})
    if read is None:
        if "again" not in request.GET:
            jobs.read_stay.defer(patient_id=str(desk.stay.patient_id), encounter_id=str(encounter_id))
        return render(request, "suggestions/_suggested.html", {"stay": desk.stay, "reading": True})
    return _shown(request, desk, read)


def _shown(request: ActorRequest, desk: Desk, read: charts.Read) -> HttpResponse:
    stay = desk.stay
    hidden = queries.refused(stay) | queries.drafted(stay)
    lessons = queries.lessons({one.code for one in read.found})
    fitting = [one for one in read.found if not (one.code[0] == "O" and (desk.facts.newborn or desk.facts.sex is Sex.MALE))]
    quiet = queries.muted(request.actor)
    heard = presenters.heard(fitting, quiet)
    some = [one for one in presenters.ranked(heard, lessons, hidden) if one[1] >= presenters.LIKELY]
    first, rest = some[: presenters.MOST], some[presenters.MOST :]
    titles = {
        code: one.display
        for code, one in lookup_many(System.ICD10CM, [one.code for one, _ in first], desk.facts.discharged).items()
        if one.valid
    }
    entries = {
        one.entry_id: one for one in documents(request.actor, [stay.patient_id], encounter_id=stay.id).filter(retracted=False)
    }
    record.note_view(
        actor=request.actor, patient_id=stay.patient_id, subject=("encounter", str(stay.id)), shown="coding workspace, suggested codes",
        facility_id=stay.facility_id,
    )  # fmt: skip
    return render(request, "suggestions/_suggested.html", {
        "stay": stay, "lines": presenters.lines(stay, first, titles, entries, texts_of([stay.patient_id]), lessons, read.model), "more": len(rest),
        "documents": read.documents, "reasons": list(Why), "found": len(read.found), "model": read.model, "muted": len(fitting) - len(heard),
    })  # fmt: skip


@needs(Category.CODING, Grade.WRITE)
@require_POST
def decide(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """Take or refuse one suggestion; answers the panel's content anew. What is taken goes into the draft by the draft's own way."""
    desk = open_desk(request.actor, encounter_id)
    check_category(request.actor, Category.RECORD)
    read = charts.read(request.actor, desk.stay)
    found = _named(read, request.POST.get("code", ""))
    if read is None or found is None:
        raise Refused("This is not suggested any more.", remedy="The chart has changed: load the page again.")
    verdict = request.POST.get("verdict", "")
    if verdict == "mute":
        actions.mute(actor=request.actor, code=found.code, words=found.words, muted=True)
        return _shown(request, desk, read)
    ((_, score),) = presenters.ranked([found], queries.lessons([found.code]), set())
    actions.decide(
        actor=request.actor, stay=desk.stay, found=found, percent=round(score * 100), model=read.model, taken=verdict == "take",
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return _shown(request, desk, charts.Read(read.documents, tuple(one for one in read.found if one is not found), read.model))


def _named(read: charts.Read | None, code: str) -> Found | None:
    return next((one for one in read.found if one.code == code), None) if read else None
