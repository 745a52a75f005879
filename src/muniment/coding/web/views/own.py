"""The coder's own codes: favourites and what was coded last, as of the day of the stay."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import actions
from muniment.coding.owncodes import OwnCode, OwnCodes, own_codes
from muniment.coding.web.desk import Desk, open_desk
from muniment.coding.web.views.search import system_of
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.terminology.guiding import key_of


@needs(Category.CODING, Grade.WRITE)
@require_GET
def own(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    return _shown(request, open_desk(request.actor, encounter_id))


@needs(Category.CODING, Grade.WRITE)
@require_POST
def keep(request: ActorRequest, encounter_id: UUID, kind: str, code: str) -> HttpResponse:
    """Keep a code as a favourite, or take it out (``drop``); answers the list anew."""
    desk, system = open_desk(request.actor, encounter_id), system_of(kind)
    if request.POST.get("drop"):
        actions.drop_favourite(actor=request.actor, system=system, code=code.upper())
    else:
        actions.keep_favourite(actor=request.actor, system=system, code=code.upper(), on=desk.facts.discharged)
    return _shown(request, desk)


def _shown(request: ActorRequest, desk: Desk) -> HttpResponse:
    if request.actor.id is None:
        raise Refused("Own codes are a person’s.")
    found = own_codes(request.actor.id, desk.facts.discharged)
    return render(request, "coding/_own.html", {"groups": _groups(found), "stay": desk.stay})


def _groups(found: OwnCodes) -> list[tuple[str, list[tuple[str, OwnCode]]]]:
    """Each group with its codes and the keys that choose them; one key runs through both."""
    keyed = [(key_of(place), one) for place, one in enumerate((*found.favourites, *found.recents))]
    return [("Favourites", keyed[: len(found.favourites)]), ("Coded last", keyed[len(found.favourites) :])]
