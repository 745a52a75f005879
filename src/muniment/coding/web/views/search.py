"""Codes as one types, by the release of the discharge date; and what the tabular list says at one of them."""

from __future__ import annotations

from datetime import date
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
from muniment.terminology import indexes, queries
from muniment.terminology.guiding import PCS_LENGTH
from muniment.terminology.queries import Found
from muniment.terminology.refusals import refusal
from muniment.terminology.rules import System, ask

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
CATEGORY_LENGTH = 3


def system_of(kind: str) -> System:
    if kind not in SYSTEMS:
        raise Refused("There is no such kind of code.")
    return SYSTEMS[kind]


@needs(Category.CODING, Grade.WRITE)
@require_GET
def search(request: ActorRequest, encounter_id: UUID, kind: str) -> HttpResponse:
    desk, system = open_desk(request.actor, encounter_id), system_of(kind)
    text = request.GET.get("q", "").strip()[:120]
    on = desk.facts.discharged
    books = system is System.ICD10CM and bool(indexes.installed(on))
    hits = queries.search(system, text, on, MOST, billable_only=True)
    written = ask(text, system).code
    heading = _heading(system, written, on) if written else None
    refused = refusal(system, written, on) if _whole(system, written) and not hits else None
    return render(request, "coding/_results.html", {
        "hits": hits, "kind": kind, "q": text, "stay": desk.stay, "heading": heading, "books": books, "refused": refused,
    })  # fmt: skip


def _heading(system: System, code: str, on: date) -> Found | None:
    """The heading whose code was typed: it is where the guided path begins."""
    found = queries.lookup(system, code, on) if system is System.ICD10CM else None
    return found if found and not found.billable else None


def _whole(system: System, code: str) -> bool:
    """Whether as much was typed as a code has at least, so that “not found” can say why."""
    return len(code) >= (PCS_LENGTH if system is System.ICD10PCS else CATEGORY_LENGTH)


@needs(Category.CODING, Grade.WRITE)
@require_GET
def about(request: ActorRequest, encounter_id: UUID, kind: str, code: str) -> HttpResponse:
    """Title, place in the tabular list and every note in force at the code."""
    desk, system = open_desk(request.actor, encounter_id), system_of(kind)
    found = queries.lookup(system, code, desk.facts.discharged)
    return render(request, "coding/_about.html", {"found": found, "notes": notes_of(found), "kind": kind, "stay": desk.stay})


def notes_of(found: Found | None) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every note in force at a code or heading: where it stands, what kind it is, its texts. From the chapter down."""
    return [(dotted(heading), NOTES.get(name, name), texts) for heading, name, texts in found.notes] if found else []
