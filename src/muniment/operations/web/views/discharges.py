"""Recent discharges and how complete their charts are: the list behind the figures of the board and of a releaser's day."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.operations import completeness, queries
from muniment.operations.web.figures import DISCHARGES
from muniment.operations.web.rows import stay_rows
from muniment.operations.web.views.board import chosen_place, place_filters
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Why

PAGE = 50


@needs(Category.RECORD)
@require_GET
def discharges(request: ActorRequest) -> HttpResponse:
    places = accounts.facilities(request.actor)
    chosen = chosen_place(request.GET, places)
    here = [one for one in places if chosen in (None, one.id)]
    zone = ZoneInfo(here[0].zone if chosen else timezone.get_current_timezone_name())
    actor = replace(request.actor, facilities=frozenset(one.id for one in here))
    found = queries.recently_discharged(actor, clock.today(), zone)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="discharged_at")
    stays = some.rows
    note_listed(request, "recent discharges", (one.patient_id for one in stays), facility=chosen)
    return render(request, "operations/discharges.html", {
        "filters": place_filters(places, chosen), "stays": stay_rows(stays, completeness.statuses(stays), clock.now()),
        "page": page_of(some, plainly(facility=str(chosen or "")), total=found.count()), "definition": Why(rule=DISCHARGES),
    })  # fmt: skip
