"""Pull the next item and go where it is worked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from muniment.core.request import ActorRequest
from muniment.work import actions, places, queries
from muniment.work.models import Queue
from muniment.work.web.door import WRITE, needs_work


@needs_work(WRITE)
@require_POST
def pull(request: ActorRequest, code: str) -> HttpResponse:
    found = queries.queue(request.actor, code)
    item = actions.pull_next(actor=request.actor, queue=code)
    return redirect(places.url_of(item)) if item else held(request, found)


def held(request: ActorRequest, queue: Queue) -> HttpResponse:
    """Nothing is left to pull: on with what the person took before and was called away from; the queue where there is nothing."""
    own = queries.held(request.actor, queue.code)
    if len(own) == 1:
        messages.info(request, f"Nothing else waits in “{queue.name}”. This one you took before.")
        return redirect(places.url_of(own[0]))
    if own:
        messages.info(request, f"Nothing else waits in “{queue.name}”. These you took before.")
        return redirect(f"{reverse('work-queue', args=[queue.code])}?whose=mine")
    messages.info(
        request, f"Nothing waits in “{queue.name}” for you: what is there is somebody’s, deferred or for a colleague to decide."
    )
    return redirect("work-queue", code=queue.code)
