"""Discharged charts that lack something, a row a chart, by the chart clock: without regard to who was away, which delinquency counts."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.completion import queries
from muniment.completion.web import presenters
from muniment.completion.web.choices import places_of
from muniment.core import clock
from muniment.core.request import ActorRequest, note_listed
from muniment.ui.paging import numbered
from muniment.ui.shapes import Filter, Option, Why

PAGE = 50
STANDING = {"": "Incomplete", "clock": "Past their clock"}
DEFINITION = Why(
    rule="Discharged charts that lack a document or signature. Past their clock are those still incomplete after the time the rule about it "
    "allows from discharge; each row says since when. What is delinquent, and owed by whom, is counted under Delinquency: there days of "
    "absence don’t count, and what a document lacks counts from when it was filed.",
)


@needs(Category.COMPLETION)
@require_GET
def charts(request: ActorRequest) -> HttpResponse:
    said = request.GET
    chosen = {
        "standing": said.get("standing", "") if said.get("standing", "") in STANDING else "",
        "facility": next((str(one) for one in request.actor.facilities if str(one) == said.get("facility", "")), ""),
    }
    place = UUID(chosen["facility"]) if chosen["facility"] else None
    found = queries.incomplete_charts(request.actor, delinquent=chosen["standing"] == "clock", facility=place)
    rows, page = numbered(found, said.get("from", ""), lambda **more: _address(chosen, **more), size=PAGE)
    note_listed(request, "incomplete charts", (one.patient_id for one in rows), **chosen)
    return render(request, "completion/charts.html", {
        "filters": _filters(chosen, places_of(request.actor)), "page": page, "narrow": any(chosen.values()),
        "rows": presenters.charts(request.actor, rows, clock.now()), "definition": DEFINITION,
    })  # fmt: skip


def _filters(chosen: dict[str, str], places: dict[UUID, str]) -> list[Filter]:
    def options(name: str, words: dict[str, str]) -> list[Option]:
        return [Option(text, _address(chosen | {name: code}), chosen[name] == code) for code, text in words.items()]

    found = [Filter(name="Standing", options=options("standing", STANDING))]
    here = {"": "at all my facilities"} | {str(one): f"at {name}" for one, name in places.items()}
    return [*found, Filter(name="Facility", options=options("facility", here))] if len(places) > 1 else found


def _address(chosen: dict[str, str], **more: object) -> str:
    return "?" + urlencode({name: value for name, value in (chosen | more).items() if value})
