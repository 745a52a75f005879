"""What if: codes left out, added, in another order or with another indicator, and what the DRG would be. Nothing is saved."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import queries
from muniment.coding.drafting import Draft, carry_out
from muniment.coding.web import trying
from muniment.coding.web.desk import Desk, open_desk
from muniment.coding.web.forms import read_draft
from muniment.core.request import ActorRequest
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Problem, Refused
from muniment.record import actions as record
from muniment.record.web import desk as charts


@needs(Category.CODING, Grade.WRITE)
@require_GET
def what_if(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    desk = open_desk(request.actor, encounter_id)
    current = _current(desk.stay)
    chart = charts.open_chart(request, encounter_id)
    record.note_view(
        actor=request.actor, patient_id=desk.stay.patient_id, subject=("encounter", str(encounter_id)), shown="DRG what-if",
        facility_id=desk.stay.facility_id,
    )  # fmt: skip
    shown = trying.shown(desk.facts, current, current)
    return render(request, "coding/what_if.html", shown | {"stay": desk.stay, "banner": charts.banner(chart, request.actor)})


@needs(Category.CODING, Grade.WRITE)
@require_POST
def try_out(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """The lines on the screen after the change it asks for, compared with the codes as they stand. Writes nothing."""
    desk = open_desk(request.actor, encounter_id)
    before = read_draft(request.POST, {})
    typed = request.POST.get("more", "")[:10]
    tried, problem = _changed(desk, before, request.POST.get("do", ""), typed)
    shown = trying.shown(desk.facts, _current(desk.stay), tried)
    return render(
        request, "coding/_what_if.html", shown | {"stay": desk.stay, "problem": problem, "typed": typed, "swapped": True}
    )


def _changed(desk: Desk, draft: Draft, command: str, typed: str) -> tuple[Draft, Problem | None]:
    """A change that can't be is said beside the lines, which stay as they are."""
    try:
        draft = carry_out(draft, command) if command else draft
        return (trying.add_typed(desk.facts, draft, typed), None) if typed.strip() else (draft, None)
    except Problem as problem:
        return draft, problem


def _current(stay: Encounter) -> Draft:
    """The draft as it stands, else the final coding."""
    abstract = queries.draft_abstract(stay)
    if abstract:
        return queries.draft_of(abstract, queries.lines_of(abstract))
    coding = queries.final(stay.patient_id, stay.id)
    if coding is None:
        raise Refused("This stay has no codes yet.", remedy="Open it in the coding workspace first.")
    return queries.draft_from(queries.content_of(coding))
