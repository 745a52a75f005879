"""Everything that came, newest first, and what became of it."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.intake import queries
from muniment.intake.web import presenters
from muniment.intake.web.choices import Choice
from muniment.ui.paging import page_of

PAGE = 50


@needs(Category.INTAKE)
@require_GET
def arrivals(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    sources = queries.sources()
    choice = Choice.read(request.GET, sources)
    came = queries.arrivals(actor, **choice.narrowing(with_status=True))
    found = keyset.page(came, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="received_at")
    note_listed(request, "arrivals", presenters.named(actor, found.rows), **asdict(choice))
    return render(request, "intake/arrivals.html", {
        "filters": choice.sentence_of_arrivals(sources), "choice": choice, "page": page_of(found, choice.address),
        "rows": presenters.rows(actor, found.rows), "may_upload": can(actor, Category.INTAKE, Grade.WRITE),
    })  # fmt: skip
