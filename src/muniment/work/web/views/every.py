"""The items of all queues the role works: what the figures "open" and "late" count."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.core.request import ActorRequest
from muniment.work import queries
from muniment.work.names import directory
from muniment.work.web import presenters
from muniment.work.web.choices import Choice
from muniment.work.web.door import needs_work
from muniment.work.web.views.queue import paged


@needs_work()
@require_GET
def every(request: ActorRequest) -> HttpResponse:
    actor, choice = request.actor, Choice.read(request.GET, request.actor)
    found = queries.items(actor, **choice.narrowing).filter(queries.worked_by(actor))  # type: ignore[arg-type]
    names = {one: name for one, name in directory.facilities().items() if one in actor.facilities}
    page, rows = paged(request, found, choice)
    return render(request, "work/every.html", {
        "page": page, "rows": presenters.rows(actor, rows), "choice": choice, "filters": choice.sentence(names),
        "definition": presenters.EVERY,
    })  # fmt: skip
