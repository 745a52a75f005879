"""The alphabetic index and its tables in the encoder: found as one types, read as a book, followed by key to a code."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding.web.book import laid_out
from muniment.coding.web.desk import Desk, open_desk
from muniment.coding.web.views.guide import step_page
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem, Refused
from muniment.terminology import indexes
from muniment.terminology.indexes import Target
from muniment.terminology.rules import PUBLICATIONS, System

MOST = 12
LONGEST = 300
KIND = "diagnosis"


@needs(Category.CODING, Grade.WRITE)
@require_GET
def find(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    desk, text = open_desk(request.actor, encounter_id), request.GET.get("q", "").strip()[:120]
    hits = indexes.find(text, desk.facts.discharged, MOST)
    return render(request, "coding/_index_results.html", {"hits": hits, "q": text, "stay": desk.stay, "kind": KIND})


@needs(Category.CODING, Grade.WRITE)
@require_GET
def naming(request: ActorRequest, encounter_id: UUID, code: str) -> HttpResponse:
    """The page of the book that leads to a code."""
    desk = open_desk(request.actor, encounter_id)
    named = indexes.naming(code, desk.facts.discharged)
    if named is None:
        raise Problem(f"No index that is installed names {code[:12]}.", remedy="Look for a term with the index’s own search.")
    return _page(request, desk, *named)


@needs(Category.CODING, Grade.WRITE)
@require_GET
def book(request: ActorRequest, encounter_id: UUID, publication: str) -> HttpResponse:
    """The page with the term ``at`` (its position in the book), or where the words of ``see`` lead from this publication."""
    desk, system = open_desk(request.actor, encounter_id), _publication(publication)
    if see := request.GET.get("see", "").strip()[:LONGEST]:
        return _followed(request, desk, system, see)
    at = request.GET.get("at", "")[:9]
    return _page(request, desk, system, int(at) if at.isascii() and at.isdigit() else 0)


def _publication(name: str) -> System:
    found = next((one for one in PUBLICATIONS if one.value == name), None)
    if found is None:
        raise Refused("There is no such index.")
    return found


def _followed(request: ActorRequest, desk: Desk, system: System, see: str) -> HttpResponse:
    target = indexes.follow(system, see, desk.facts.discharged)
    if target is None:
        raise Problem(f"“{see}” names no term of an installed index.", remedy="Look for it with the index’s search.")
    if target.code:
        return step_page(request, desk, KIND, target.code)
    return _page(
        request, desk, target.system, target.position, "" if target.exact else _nearest(see, target, desk.facts.discharged)
    )


def _nearest(see: str, target: Target, on: date) -> str:
    return f"“{see}” is not a term of {indexes.installed(on)[target.system].release.title}. This is as near as it has."


def _page(request: ActorRequest, desk: Desk, system: System, position: int, told: str = "") -> HttpResponse:
    page = indexes.page(system, position, desk.facts.discharged)
    if page is None:
        raise Problem("This term is not in an installed index.", remedy="Look for it with the index’s search.")
    return render(request, "coding/_book.html", {
        "page": page, "book": laid_out(page, desk.facts.discharged), "stay": desk.stay, "kind": KIND, "told": told,
    })  # fmt: skip
