"""The chart of a stay: documents, timeline, results and coded data on the left; the stay, or the open document, on the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.encounters import queries as encounters
from muniment.encounters.models import Movement
from muniment.encounters.web import presenters as stays
from muniment.kernel.errors import Refused
from muniment.record import actions, assembly, panels
from muniment.record.web import lists
from muniment.record.web.desk import TABS, Chart, frame, open_chart


@needs(Category.RECORD)
@require_GET
def chart(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """The page; asked by htmx for a further page of the list, those rows alone. Both leave their event."""
    opened = open_chart(request, encounter_id)
    usual = "" if opened.chosen or wants_part(request) else assembly.usual_view(request.actor)
    if usual:
        return redirect(opened.url(tab=usual))
    listed = lists.listed(request.actor, opened, request.GET)
    fresh = listed.get("news") or assembly.fresh(request.actor, opened.patients, encounter_id=opened.encounter_id)
    actions.note_view(
        actor=request.actor, patient_id=opened.stay.patient_id, subject=("encounter", str(encounter_id)),
        shown=f"chart, {TABS[opened.tab].lower()}{', further' if wants_part(request) else ''}", facility_id=opened.stay.facility_id,
    )  # fmt: skip
    listed["fresh"] = fresh.entries
    if wants_part(request):
        return render(request, "record/_list.html", {"chart": opened} | listed)
    shown = frame(opened, request.actor) | listed | summary(request.actor, opened, listed.get("moves"))
    shown["keep_url"] = opened.url("record-keep-view") if opened.chosen else ""
    return render(request, "record/chart.html", shown)


@needs(Category.RECORD)
@require_POST
def keep_view(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """Have charts open in the view this one stands in."""
    opened = open_chart(request, encounter_id)
    view = request.POST.get("view", "")
    if view not in TABS:
        raise Refused("There is no such view of a chart.", remedy="Choose one of the tabs.")
    actions.keep_view(actor=request.actor, view=view)
    messages.success(request, f"Charts open in “{TABS[view]}” for you from now on.")
    return redirect(opened.url(tab=view))


def wants_part(request: ActorRequest) -> bool:
    """Whether htmx asks for a part of the page (going back in the browser's history it wants the whole)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def summary(actor: Actor, opened: Chart, moves: list[Movement] | None = None) -> dict[str, Any]:
    """The right side while no document is open: the stay's facts and movements, and what other features say of it.

    ``moves`` are those the list has read already; of a whole person's, the stay's are taken.
    """
    if moves is None:
        moves = encounters.movements(actor, [opened.stay.patient_id], encounter_id=opened.stay.id)
    moves = [move for move in moves if move.encounter_id == opened.stay.id]
    status, tone = stays.status(opened.stay)
    return {
        "facts": stays.facts(opened.stay), "status": status, "tone": tone, "panels": panels.CHART.panels(actor, opened.stay),
        "events": stays.movement_events(moves, opened.zone, {}),
    }  # fmt: skip
