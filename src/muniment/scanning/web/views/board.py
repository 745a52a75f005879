"""The scanning board: what waits, how long, when it will be done; and the batches."""

from __future__ import annotations

from typing import Any

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
from muniment.ui.shapes import Page

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
        "page": page_of(some), "may_work": can(actor, Category.INTAKE, Grade.WRITE) and can(actor, Category.RECORD),
        "indexing": INDEXING, "quality": QUALITY, "exceptions": EXCEPTIONS, "reading": found.reading,
    })  # fmt: skip


def page_of(some: keyset.Slice[Any], **more: str) -> Page:
    kept = "".join(f"&{name}={value}" for name, value in more.items() if value)

    def url(cursor: str) -> str:
        return f"?at={cursor}{kept}".replace("+", "%2B") if cursor else ""

    return Page(first=some.first if some.rows else 0, last=some.last, previous_url=url(some.previous), next_url=url(some.next))
