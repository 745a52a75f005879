"""What is mine, in whatever queue."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.core.request import ActorRequest
from muniment.work import queries
from muniment.work.web import presenters
from muniment.work.web.choices import Choice
from muniment.work.web.door import needs_work
from muniment.work.web.views.queue import paged


@needs_work()
@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    page, rows = paged(request, queries.items(actor, mine=True), Choice())
    return render(request, "work/mine.html", {"page": page, "rows": presenters.rows(actor, rows)})
