"""The backlog clock: what waits by channel and by type, how old it is, and how many people it takes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.scanning import backlog, queries
from muniment.scanning.ageing import words
from muniment.scanning.web import ages, presenters


@needs(Category.INTAKE)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    today = clock.today()
    governs = queries.in_force(today)
    found = backlog.clock(request.actor, governs.policy, clock.now(), today)
    days = governs.policy.backlog_days
    return render(request, "scanning/backlog.html", {
        "figures": ages.figures(found, governs, today), "words": words(days), "days": days, "why": ages.why(governs, today),
        "tables": [
            ("By channel", "Channel", ages.rows(found.channels, backlog.CHANNEL, found.staffing, days)),
            ("By type", "Type", ages.rows(found.kinds, backlog.KIND, found.staffing, days)),
        ],
        "unread": [presenters.batch_row(one) for one in found.unread], "most": backlog.MOST_UNREAD,
    })  # fmt: skip
