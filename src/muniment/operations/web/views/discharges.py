"""Recent discharges and how complete their charts are: the list behind the figures of the board and of a releaser's day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.operations import completeness, queries
from muniment.operations.web.figures import DISCHARGES
from muniment.operations.web.rows import stay_rows
from muniment.operations.web.views.board import chosen_place
from muniment.ui import dates
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option, Why

PAGE = 50
LACKING = "lacking"


@needs(Category.RECORD)
@require_GET
def discharges(request: ActorRequest) -> HttpResponse:
    places = accounts.facilities(request.actor)
    chosen = chosen_place(request.GET, places)
    here = [one for one in places if chosen in (None, one.id)]
    zone = ZoneInfo(here[0].zone if chosen else timezone.get_current_timezone_name())
    actor, said = replace(request.actor, facilities=frozenset(one.id for one in here)), _said(request.GET, chosen)
    day, lacking = date.fromisoformat(said["day"]) if said["day"] else None, said["chart"] == LACKING
    found = queries.recently_discharged(actor, clock.today(), zone, day=day, lacking=lacking)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="discharged_at")
    stays = some.rows
    note_listed(
        request, "recent discharges", (one.patient_id for one in stays), facility=chosen, day=said["day"], chart=said["chart"]
    )
    return render(request, "operations/discharges.html", {
        "filters": _filters(said, places), "stays": stay_rows(stays, completeness.statuses(stays), clock.now()),
        "page": page_of(some, plainly(**said), total=found.count()), "definition": Why(rule=DISCHARGES),
    })  # fmt: skip


def _said(given: QueryDict, chosen: UUID | None) -> dict[str, str]:
    """The filter as it stands in the address. A word it does not know counts as "all"."""
    days = {one.isoformat() for one in queries.recent_days(clock.today())}
    day, chart = given.get("day", ""), given.get("chart", "")
    return {"facility": str(chosen or ""), "day": day if day in days else "", "chart": chart if chart == LACKING else ""}


def _filters(said: dict[str, str], places: Sequence[Facility]) -> list[Filter]:
    days = {one.isoformat(): f"on {dates.day(one)}" for one in reversed(queries.recent_days(clock.today()))}
    words = {
        "day": ("Discharged", {"": "On the last seven days"} | days), "chart": ("Chart", {"": "whatever the chart lacks", LACKING: "incomplete charts"}),
        "facility": ("Facility", {"": "at all my facilities"} | {str(one.id): f"at {one.name}" for one in places}),
    }  # fmt: skip
    return [
        Filter(name=label, options=[Option(text, _address(said | {name: value}), said[name] == value) for value, text in options.items()])
        for name, (label, options) in words.items()
    ]  # fmt: skip


def _address(said: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in said.items() if value})
