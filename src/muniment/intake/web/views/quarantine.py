"""The quarantine: what could not be filed, the reason first, the oldest first."""

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
from muniment.intake.queues import QUARANTINE
from muniment.intake.web import presenters
from muniment.intake.web.choices import Choice
from muniment.ui.paging import page_of
from muniment.ui.shapes import Why

PAGE = 50
DEFINITION = Why(
    rule="Messages, documents and resources that could not be filed and that nobody has corrected, replayed or dismissed."
)


@needs(Category.INTAKE)
@require_GET
def quarantine(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    sources = queries.sources()
    choice = Choice.read(request.GET, sources)
    waiting = queries.quarantine(actor, **choice.narrowing(with_status=False))
    found = keyset.page(
        waiting, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="received_at", newest_first=False
    )
    total = waiting.count()
    note_listed(request, "quarantine", presenters.named(actor, found.rows), **asdict(choice))
    return render(request, "intake/quarantine.html", {
        "filters": choice.sentence_of_quarantine(sources), "choice": choice, "total": total, "definition": DEFINITION, "page": page_of(found, choice.address, total=total),
        "rows": presenters.rows(actor, found.rows, queries.owners(found.rows)), "may_upload": can(actor, Category.INTAKE, Grade.WRITE), "queue": QUARANTINE,
    })  # fmt: skip
