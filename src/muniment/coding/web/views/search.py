"""Codes as one types, by the release of the discharge date; and what the tabular list says at one of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding.web.desk import open_desk
from muniment.core.request import ActorRequest
from muniment.kernel.codes import dotted
from muniment.kernel.errors import Refused
from muniment.terminology import queries
from muniment.terminology.rules import System

SYSTEMS = {"diagnosis": System.ICD10CM, "admitting": System.ICD10CM, "procedure": System.ICD10PCS}
NOTES = {
    "includes": "Includes",
    "inclusion_terms": "Inclusion terms",
    "excludes1": "Excludes1: never together",
    "excludes2": "Excludes2: not included here",
    "code_first": "Code first",
    "use_additional": "Use additional code",
    "code_also": "Code also",
    "notes": "Note",
}
MOST = 12


def system_of(kind: str) -> System:
    if kind not in SYSTEMS:
        raise Refused("There is no such kind of code.")
    return SYSTEMS[kind]


@needs(Category.CODING, Grade.WRITE)
@require_GET
def search(request: ActorRequest, encounter_id: UUID, kind: str) -> HttpResponse:
    desk, system = open_desk(request.actor, encounter_id), system_of(kind)
    text = request.GET.get("q", "").strip()[:120]
    hits = queries.search(system, text, desk.facts.discharged, MOST, billable_only=True)
    return render(request, "coding/_results.html", {"hits": hits, "kind": kind, "q": text, "stay": desk.stay})


@needs(Category.CODING, Grade.WRITE)
@require_GET
def about(request: ActorRequest, encounter_id: UUID, kind: str, code: str) -> HttpResponse:
    """Title, place in the tabular list and every note in force at the code."""
    desk, system = open_desk(request.actor, encounter_id), system_of(kind)
    found = queries.lookup(system, code, desk.facts.discharged)
    notes = [(dotted(heading), NOTES.get(name, name), texts) for heading, name, texts in found.notes] if found else []
    return render(request, "coding/_about.html", {"found": found, "notes": notes})
