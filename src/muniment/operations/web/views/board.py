"""The administrator's board: how late what is, how the house flows, how full the queues are."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.operations.web.boards import board_of
from muniment.ui.shapes import Filter, Option


@needs(Category.BOARD)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    places = accounts.facilities(request.actor)
    chosen = chosen_place(request.GET, places)
    here = [one for one in places if chosen is None or one.id == chosen]
    shown = board_of(request.actor, here, clock.now(), _days(60), chosen=chosen is not None)
    return render(request, "operations/board.html", {"board": shown, "filters": place_filters(places, chosen)})


def _days(count: int) -> list[date]:
    today = clock.today()
    return [today - timedelta(days=back) for back in reversed(range(count))]


def chosen_place(given: QueryDict, places: list[Facility]) -> UUID | None:
    return next((one.id for one in places if str(one.id) == given.get("facility", "")), None)


def place_filters(places: list[Facility], chosen: UUID | None) -> list[Filter]:
    options = [Option(one.name, f"?facility={one.id}", one.id == chosen) for one in places]
    return [Filter(name="Facility", options=[Option("All my facilities", "?", chosen is None), *options])]
