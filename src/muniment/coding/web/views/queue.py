"""Discharged stays that wait for their codes; the coder pulls the next, the administrator sees how old they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Facility
from muniment.coding import queries
from muniment.coding.queues import CODING
from muniment.coding.web.rows import rows
from muniment.core import clock
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters.rules import CLASSES
from muniment.ui.paging import numbered
from muniment.ui.shapes import Filter, Option, Why
from muniment.work import actions as work

PAGE = 50
WHOSE = {"all": "Everybody’s", "mine": "Mine"}
DUE = {"any": "due any time", "late": "late"}
DEFINITION = Why(
    rule="Discharged stays that wait for their final codes, those being coded again included. Which classes are coded, and by "
    "when, the rule book says; each row names its rule.",
)
OVER = {"": "discharged any time ago", "3": "over 3 days ago", "7": "over 7 days ago", "30": "over 30 days ago"}


@needs(Category.CODING)
@require_GET
def queue(request: ActorRequest) -> HttpResponse:
    return _list(request, "Coding", "coding-queue")


@needs(Category.CODING)
@require_GET
def uncoded(request: ActorRequest) -> HttpResponse:
    return _list(request, "Discharged, not coded", "coding-uncoded")


def _list(request: ActorRequest, title: str, name: str) -> HttpResponse:
    chosen = _chosen(request)
    found = queries.uncoded(
        request.actor, mine=chosen["whose"] == "mine", late=chosen["due"] == "late", class_code=chosen["class"],
        facility_id=UUID(chosen["facility"]) if chosen["facility"] else None, over_days=int(chosen["over"] or 0),
    )  # fmt: skip
    items, page = numbered(found, request.GET.get("from", ""), lambda **more: _address(chosen | more), size=PAGE)
    note_listed(request, name, (one.patient_id for one in items), **chosen)
    return render(request, "coding/queue.html", {
        "title": title, "name": name, "definition": DEFINITION, "rows": rows(request.actor, items), "filters": _filters(request, chosen), "total": page.total,
        "page": page, "narrow": any(chosen[one] not in ("", "all", "any") for one in chosen),
        "may_code": can(request.actor, Category.CODING, Grade.WRITE), "now": clock.now(),
    })  # fmt: skip


def _chosen(request: ActorRequest) -> dict[str, str]:
    """What the address chooses; a word it does not know counts as the first of its kind."""
    said = request.GET
    return {
        "whose": said.get("whose", "") if said.get("whose", "") in WHOSE else "all",
        "due": said.get("due", "") if said.get("due", "") in DUE else "any",
        "over": said.get("over", "") if said.get("over", "") in OVER else "",
        "class": said.get("class", "") if said.get("class", "") in CLASSES else "",
        "facility": next((str(one) for one in request.actor.facilities if str(one) == said.get("facility", "")), ""),
    }


def _filters(request: ActorRequest, chosen: dict[str, str]) -> list[Filter]:
    def options(name: str, words: dict[str, str]) -> list[Option]:
        return [Option(text, _address(chosen | {name: code}), chosen[name] == code) for code, text in words.items()]

    places = {"": "all facilities"} | {
        str(one.id): one.name for one in Facility.objects.filter(id__in=request.actor.facilities)
    }
    found = [Filter(name="Whose", options=options("whose", WHOSE)), Filter(name="Due", options=options("due", DUE))]
    found.append(Filter(name="Discharged", options=options("over", OVER)))
    found.append(Filter(name="Class", options=options("class", {"": "any class"} | CLASSES)))
    return [*found, Filter(name="Facility", options=options("facility", places))] if len(places) > 2 else found


def _address(chosen: dict[str, Any]) -> str:
    return "?" + urlencode({name: value for name, value in chosen.items() if value not in ("", "all", "any")})


@needs(Category.CODING, Grade.WRITE)
@require_POST
def pull(request: ActorRequest) -> HttpResponse:
    """Take the next stay and open its workspace."""
    item = work.pull_next(actor=request.actor, queue=CODING)
    if item is None or item.encounter_id is None:
        messages.info(request, "No discharged stay waits for its codes that is not somebody’s.")
        return redirect("coding-queue")
    return redirect("coding-workspace", encounter_id=item.encounter_id)
