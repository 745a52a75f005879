"""What of ours an update touches: stays whose codes can't be assigned any more, and rules that name such codes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.codeupdates import queries, updates
from muniment.codeupdates.queries import Touched
from muniment.codeupdates.web import presenters
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters.models import Encounter
from muniment.encounters.web.presenters import zone_of
from muniment.identity.web.presenters import whose
from muniment.terminology.changes import Change
from muniment.ui import dates
from muniment.ui.paging import numbered
from muniment.work.names import Whose

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    whose: Whose
    url: str
    next: str
    stands: str
    visit: str
    discharged: str
    codes: list[str]


@needs(Category.CODING)
@require_GET
def charts(request: ActorRequest, day: str) -> HttpResponse:
    update = updates.update(presenters.day_of(day))
    ended = updates.unusable(updates.changes_of(update))
    found = queries.touched(request.actor, update, ended, [one.id for one in accounts.facilities(request.actor)])
    rows, page = numbered(
        found,
        request.GET.get("from", ""),
        lambda **more: presenters.address("codeupdates-charts", update.day, **more),
        size=PAGE,
    )
    note_listed(request, "stays of a code update", (one.patient_id for one in rows))
    return render(request, "codeupdates/charts.html", {
        "update": update, "heading": presenters.heading(update), "releases": presenters.releases_in_words(update),
        "tabs": presenters.tabs(update, "codeupdates-charts"), "lines": _lines(request, rows, ended), "page": page, "ended": len(ended),
        "rules": updates.rules_naming(ended.values(), update.day),
    })  # fmt: skip


def _lines(request: ActorRequest, rows: list[Touched], ended: dict[str, Change]) -> list[Line]:
    stays = {one.id: one for one in Encounter.objects.select_related("facility").filter(
        patient_id__in=[row.patient_id for row in rows], id__in=[row.encounter_id for row in rows])}  # fmt: skip
    people = whose(request.actor, [(row.patient_id, row.facility_id) for row in rows])
    writes = can(request.actor, Category.CODING, Grade.WRITE)
    return [_line(row, stays[row.encounter_id], people[row.patient_id, row.facility_id], ended, writes=writes) for row in rows]


def _line(row: Touched, stay: Encounter, named: Whose, ended: dict[str, Change], *, writes: bool) -> Line:
    draft = row.is_draft and writes
    name = "coding-workspace" if draft else "record-chart" if row.is_draft else "coding-abstract"
    return Line(
        whose=named, url=reverse(name, args=[row.encounter_id]), next="Choose other codes" if draft else "Read the chart" if row.is_draft else "See whether to code it again",
        stands="being coded" if row.is_draft else "final", visit=stay.visit_number,
        discharged=dates.day(stay.discharged_at.astimezone(zone_of(stay))) if stay.discharged_at else "",
        codes=[f"{ended[key].written} {ended[key].before or ended[key].after} ({ended[key].kind})" for key in row.codes],
    )  # fmt: skip
