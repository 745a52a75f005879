"""The queues of the role, with how full they are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.work import queries
from muniment.work.web.door import needs_work


@needs_work()
@require_GET
def queues(request: ActorRequest) -> HttpResponse:
    now = clock.now()
    found = [(depth, (now - depth.oldest).days if depth.oldest else None) for depth in queries.depths(request.actor)]
    return render(request, "work/queues.html", {"depths": found})
