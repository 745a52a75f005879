"""The guided path to a code: one question at a time down the tabular list, or character by character to a procedure."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding.web.desk import Desk, open_desk
from muniment.coding.web.views.search import notes_of, system_of
from muniment.core.request import ActorRequest
from muniment.terminology import guided, queries
from muniment.terminology.rules import System

LONGEST = 12


@needs(Category.CODING, Grade.WRITE)
@require_GET
def guide(request: ActorRequest, encounter_id: UUID, kind: str) -> HttpResponse:
    """The choices below ``at`` (a heading or the beginning of a procedure code; empty: the top), or around the code ``near``."""
    desk, system = open_desk(request.actor, encounter_id), system_of(kind)
    on = desk.facts.discharged
    close = request.GET.get("near", "")[:LONGEST]
    return step_page(request, desk, kind, guided.near(system, close, on) if close else request.GET.get("at", "")[:LONGEST])


def step_page(request: ActorRequest, desk: Desk, kind: str, at: str) -> HttpResponse:
    """The step at a heading or the beginning of a code; also where the index leads."""
    system, on = system_of(kind), desk.facts.discharged
    step = guided.step(system, at, on)
    found = queries.lookup(system, step.at, on) if step.at and system is System.ICD10CM else None
    return render(request, "coding/_guide.html", {"step": step, "kind": kind, "stay": desk.stay, "notes": notes_of(found)})
