"""Pull the next item and go where it is worked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from muniment.core.request import ActorRequest
from muniment.work import actions, places, queries
from muniment.work.web.door import WRITE, needs_work


@needs_work(WRITE)
@require_POST
def pull(request: ActorRequest, code: str) -> HttpResponse:
    found = queries.queue(request.actor, code)
    item = actions.pull_next(actor=request.actor, queue=code)
    if item is None:
        messages.info(request, f"Nothing waits in “{found.name}” that is not somebody’s or deferred.")
        return redirect("work-queue", code=code)
    return redirect(places.url_of(item))
