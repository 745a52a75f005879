"""Every update that is installed, and which releases answer for a day."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.codeupdates import updates as known
from muniment.codeupdates.web import presenters
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem
from muniment.terminology.queries import release_on, releases
from muniment.terminology.rules import System


@needs(Category.CODING)
@require_GET
def updates(request: ActorRequest) -> HttpResponse:
    today, typed = clock.today(), request.GET.get("on", "")[:10]
    on, told = _day(typed, today)
    shown = [system for system in System if releases(system) or not system.is_publication]
    return render(request, "codeupdates/updates.html", {
        "rows": [presenters.row(one, today) for one in known.updates()], "on": on, "typed": typed or on.isoformat(), "told": told,
        "answers": [(system.label, _answer(system, on)) for system in shown], "releases": [one for system in shown for one in releases(system)],
    }, status=422 if told else 200)  # fmt: skip


def _day(typed: str, today: date) -> tuple[date, str]:
    try:
        return (date.fromisoformat(typed) if typed else today), ""
    except ValueError:
        return today, f"“{typed}” is no day. Write it as {today.isoformat()}."


def _answer(system: System, on: date) -> str:
    try:
        return release_on(system, on).sentence
    except Problem as problem:
        return str(problem)
