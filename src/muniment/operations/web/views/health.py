"""How the machine stands, on one page, each figure with its definition."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.operations import health as machine
from muniment.operations.web import health_words


@needs(Category.SYSTEM)
@require_GET
def health(request: ActorRequest) -> HttpResponse:
    found = machine.health(request.actor)
    tables = [(one.name, health_words.size(one.bytes), one.rows) for one in found.tables]
    return render(request, "operations/health.html", {
        "groups": health_words.groups(found), "tables": tables, "channels": found.channels, "now": clock.now(),
    })  # fmt: skip
