"""The stays on hold, oldest first, with counts by reason; the same as a table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.dnfb import queries
from muniment.dnfb.queries import Counted, Search
from muniment.dnfb.rules import Owner
from muniment.dnfb.web import presenters
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option

PAGE = 50
NAMES = ("reason", "owner", "facility", "late")
HEAD = ("reason", "owed by", "practitioner", "note", "placed", "due", "days", "stops", "visit", "placed by")


@needs(Category.CODING)
@require_GET
def holds(request: ActorRequest) -> HttpResponse:
    places = accounts.facilities(request.actor)
    said = _said(request, places)
    wanted = _search(said, places)
    counted = queries.by_reason(request.actor, wanted.facilities, clock.today())
    found = queries.search(request.actor, wanted)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="placed_at", newest_first=False)
    note_listed(request, "stays on hold", (one.patient_id for one in some.rows), reason=said.get("reason", ""))
    return render(request, "dnfb/holds.html", {
        "page": page_of(some, plainly(**said), total=found.count()), "lines": presenters.lines(request.actor, some.rows), "counted": counted,
        "filters": _filters(said, places, counted), "narrow": bool(said), "held": sum(one.count for one in counted),
        "late": sum(one.late for one in counted), "csv": _url(said, "holds-csv"), "may": can(request.actor, Category.CODING, Grade.WRITE),
        "here": request.get_full_path(),
    })  # fmt: skip


@needs(Category.CODING)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """The holds the list shows, without the patients’ names."""
    places = accounts.facilities(request.actor)
    rows = list(queries.search(request.actor, _search(_said(request, places), places)).order_by("placed_at", "id")[:10_000])
    note_listed(request, "stays on hold", (one.patient_id for one in rows), format="CSV")
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="holds.csv"'}
    )
    writer = csv.writer(answer)
    writer.writerow(HEAD)
    for line in presenters.lines(request.actor, rows):
        row = line.row
        writer.writerow([
            row.name, row.owner, str(row.practitioner or ""), row.note, row.placed_at.isoformat(), row.due_on.isoformat(), line.age.days,
            "yes" if row.stops else "no", line.stay.visit_number if line.stay else "", row.placed_by,
        ])  # fmt: skip
    return answer


def _said(request: ActorRequest, places: list[Facility]) -> dict[str, str]:
    """What the address says; what makes no sense there is left out."""
    kept = {name: request.GET.get(name, "")[:60] for name in NAMES}
    fits = {
        "facility": kept["facility"] in {str(one.id) for one in places}, "owner": kept["owner"] in {one.value for one in Owner},
        "late": kept["late"] == "1",
    }  # fmt: skip
    return {name: value for name, value in kept.items() if value and fits.get(name, True)}


def _search(said: Mapping[str, str], places: list[Facility]) -> Search:
    chosen = said.get("facility")
    return Search(
        facilities=[UUID(chosen)] if chosen else [one.id for one in places], reason=said.get("reason", ""), owner=said.get("owner", ""),
        late=clock.today() if said.get("late") else None,
    )  # fmt: skip


def _url(said: Mapping[str, str], name: str = "holds", **more: str) -> str:
    kept = {key: value for key, value in (dict(said) | more).items() if value}
    return reverse(name) + (f"?{urlencode(kept)}" if kept else "")


def _filters(said: Mapping[str, str], places: list[Facility], counted: list[Counted]) -> list[Filter]:
    """The words of the filter sentence; reasons are those of which holds stand."""

    def options(field: str, words: Mapping[str, str]) -> list[Option]:
        return [Option(label, _url(said, **{field: key}), said.get(field, "") == key) for key, label in words.items()]

    reasons = (
        {"": "for any reason"}
        | {one.reason: one.name for one in counted}
        | (
            {said["reason"]: said["reason"]}
            if said.get("reason") and said["reason"] not in {one.reason for one in counted}
            else {}
        )
    )
    found = [
        Filter(name="Reason", options=options("reason", reasons)),
        Filter(
            name="Owed by",
            options=options("owner", {"": "owed by anybody"} | {one.value: f"owed by {one.value}" for one in Owner}),
        ),
        Filter(name="Time", options=options("late", {"": "in time or not", "1": "longer than they may"})),
    ]
    at = {"": "at all my facilities"} | {str(one.id): f"at {one.name}" for one in places}
    return [*found, Filter(name="Facility", options=options("facility", at))] if len(places) > 1 else found
