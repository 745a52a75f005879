"""Downtimes and the packs that lie ready for the next one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest
from muniment.downtime import permissions, queries
from muniment.downtime.web import presenters
from muniment.ui.paging import page_of, plainly

PAGE = 30


@needs(Category.DOWNTIME)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    found = queries.downtimes(actor)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="began")
    packs = queries.packs(actor)
    return render(request, "downtime/board.html", {
        "rows": [presenters.row(one) for one in some.rows], "page": page_of(some, plainly(), total=found.count()),
        "packs": [(one, one.as_of < clock.today()) for one in packs], "may_declare": any(permissions.can_declare(actor, one) for one in actor.facilities),
    })  # fmt: skip
