"""What is mine, in whatever queue: what I hold, and what I completed today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.core import clock
from muniment.core.request import ActorRequest, note_listed
from muniment.ui.shapes import Page
from muniment.work import queries
from muniment.work.names import directory
from muniment.work.web import presenters
from muniment.work.web.choices import Choice
from muniment.work.web.door import needs_work
from muniment.work.web.views.queue import paged

MOST = 500  # completions of one day on one page


@needs_work()
@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    actor, choice = request.actor, Choice.read(request.GET, request.actor)
    narrowing = choice.narrowing | {"mine": True, "unowned": False}
    page, rows = paged(request, queries.items(actor, **narrowing), choice)  # type: ignore[arg-type]
    names = {one: name for one, name in directory.facilities().items() if one in actor.facilities}
    note_listed(request, "my work", (row.patient_id for row in rows), **choice.said)
    return render(request, "work/mine.html", {
        "page": page, "rows": presenters.rows(actor, rows), "choice": choice, "filters": choice.sentence(names, whose=False),
        "definition": presenters.HELD,
    })  # fmt: skip


@needs_work()
@require_GET
def done(request: ActorRequest) -> HttpResponse:
    """What the day's counter counts, a row a completion."""
    since = clock.midnight()
    found = list(queries.completions(request.actor, since)[:MOST])
    page = Page(first=1 if found else 0, last=len(found), total=queries.completions(request.actor, since).count())
    note_listed(request, "my completed work", (row.item.patient_id for row in found))
    return render(request, "work/done.html", {
        "page": page, "rows": presenters.done_rows(request.actor, found), "definition": presenters.DONE,
    })  # fmt: skip
