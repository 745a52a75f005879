"""The models side by side with their measures, who speaks, and what coders took and refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.suggestions import actions, permissions, queries
from muniment.suggestions.models import State
from muniment.suggestions.web import measured

MOST = 12  # models and choices that are shown


@needs(Category.CODING)
@require_GET
def models(request: ActorRequest) -> HttpResponse:
    """For htmx what a running training changes of the page."""
    if not request.headers.get("HX-Request"):
        return render(request, "suggestions/models.html", _training(request) | _figures(request))
    said = _training(request)
    answer = render(request, "suggestions/_training.html", said)
    if not said["running"]:
        answer["HX-Refresh"] = "true"  # it has ended: the page shows what came of it
    return answer


def _training(request: ActorRequest) -> dict[str, Any]:
    run, today = queries.last_training(), clock.today()
    return {
        "run": run, "running": run is not None and run.state == State.RUNNING, "silent": run is not None and queries.is_silent(run),
        "failed": run is not None and run.state == State.NOTHING, "may": permissions.can_choose(request.actor), "least": actions.LEAST_STAYS,
        "stays": queries.how_many(today - actions.WINDOW, today),
    }  # fmt: skip


def _figures(request: ActorRequest) -> dict[str, Any]:
    speaks, rows = queries.speaks(), list(queries.trained()[:MOST])
    return {
        "speaks": speaks, "rows": [measured.row(one, speaks) for one in rows], "chapters": measured.chapters(rows[0]) if rows else [],
        "newest": rows[0] if rows else None, "choices": list(queries.choices()[:MOST]), "why": measured.WHY,
        "sections": queries.by_section(request.actor), "bands": queries.by_band(request.actor),
    }  # fmt: skip


@needs(Category.RULES, Grade.WRITE)
@require_POST
def train(request: ActorRequest) -> HttpResponse:
    actions.start_training(actor=request.actor, today=clock.today())
    return redirect("suggestions-models")


@needs(Category.RULES, Grade.WRITE)
@require_POST
def choose(request: ActorRequest) -> HttpResponse:
    """Which model speaks from now on; 0 for the terminology alone."""
    said = request.POST.get("number", "")
    if not (said.isascii() and said.isdigit() and len(said) < 9):
        raise Refused("Say which model is to speak.", where="number", remedy="Load the page again.")
    actions.choose(actor=request.actor, number=int(said))
    return redirect("suggestions-models")
