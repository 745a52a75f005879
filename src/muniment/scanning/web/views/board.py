"""The scanning board: what waits, how long, when it will be done; and the batches."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest
from muniment.scanning import queries
from muniment.scanning.queues import EXCEPTIONS, INDEXING, QUALITY
from muniment.scanning.web import presenters
from muniment.ui.paging import page_of, plainly

PAGE = 25


@needs(Category.INTAKE)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    actor, today = request.actor, clock.today()
    governs = queries.in_force(today)
    found = queries.backlog(actor, governs.policy, clock.now(), today)
    cursor = keyset.Cursor.read(request.GET.get("at", ""))
    some = keyset.page(queries.batches(actor), cursor, size=PAGE, field="received_at")
    return render(request, "scanning/board.html", {
        "figures": presenters.figures(found, governs, today), "rows": [presenters.batch_row(one) for one in some.rows],
        "page": page_of(some, plainly()), "may_work": can(actor, Category.INTAKE, Grade.WRITE) and can(actor, Category.RECORD),
        "indexing": INDEXING, "quality": QUALITY, "exceptions": EXCEPTIONS, "reading": found.reading,
    })  # fmt: skip
