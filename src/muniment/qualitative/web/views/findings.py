"""What is found in discharged charts, newest first."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts.models import Facility
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.qualitative import queries
from muniment.qualitative.rules import Kind, State
from muniment.qualitative.web import presenters
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option, Why

PAGE = 50
SHOWN = {"open": "To be looked at", "muted": "Muted"}
DEFINITION = Why(
    rule="Places of a discharged chart that contradict one another, by the checks the rule book turns on. A finding leaves the list "
    "when the chart no longer says so, or when a coder or a clinician mutes it with a reason. It blocks nothing.",
)


@needs(Category.CODING)
@require_GET
def findings(request: ActorRequest) -> HttpResponse:
    chosen = _chosen(request)
    state, place = State(chosen["state"] or "open"), UUID(chosen["facility"]) if chosen["facility"] else None
    found = queries.listed(request.actor, state=state, kind=chosen["kind"], facility=place)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="found_at")
    note_listed(request, "qualitative findings", (row.patient_id for row in some.rows), **chosen)
    numbers = presenters.whose(request.actor, some.rows)
    return render(request, "qualitative/findings.html", {
        "filters": _filters(request, chosen), "total": found.count(), "page": page_of(some, plainly(**chosen)), "definition": DEFINITION,
        "rows": [(presenters.line(row), numbers.get(row.patient_id) or "none") for row in some.rows], "narrow": any(chosen.values()),
    })  # fmt: skip


def _chosen(request: ActorRequest) -> dict[str, str]:
    """What the address chooses; a word it does not know counts as none."""
    said = request.GET
    return {
        "state": "muted" if said.get("state") == "muted" else "",
        "kind": said.get("kind", "") if said.get("kind", "") in list(Kind) else "",
        "facility": next((str(one) for one in request.actor.facilities if str(one) == said.get("facility", "")), ""),
    }


def _filters(request: ActorRequest, chosen: dict[str, str]) -> list[Filter]:
    def options(name: str, words: dict[str, str]) -> list[Option]:
        return [Option(text, _address(chosen | {name: code}), chosen[name] == code) for code, text in words.items()]

    counted = queries.counts(request.actor, State(chosen["state"] or "open"))
    kinds = {"": "of every kind"} | {str(kind): f"{words} ({counted.get(kind, 0)})" for kind, words in presenters.KINDS.items()}
    found = [
        Filter(name="Findings", options=options("state", {"": SHOWN["open"], "muted": SHOWN["muted"]})),
        Filter(name="Kind", options=options("kind", kinds)),
    ]
    places = {
        str(one.id): f"at {one.name}" for one in Facility.objects.filter(id__in=request.actor.facilities).order_by("name")
    }
    if len(places) > 1:
        found.append(Filter(name="Facility", options=options("facility", {"": "at all my facilities"} | places)))
    return found


def _address(chosen: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in chosen.items() if value})
