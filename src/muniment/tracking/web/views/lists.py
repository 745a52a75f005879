"""Where the paper is: the figures, the field a label is scanned into, and the lists behind the figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.identity.queries import patients
from muniment.tracking import queries
from muniment.tracking.queues import REQUESTS
from muniment.tracking.web import presenters
from muniment.tracking.web.forms import ScanForm
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option
from muniment.work.queries import depths

PAGE = 50
SHOWN = {"all": "all volumes", "out": "volumes that are out", "late": "overdue volumes", "missing": "missing volumes"}


@needs(Category.PAPER)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    """A scanned label opens its volume."""
    form = ScanForm(request.GET or None)
    if request.GET and form.is_valid():
        found = queries.by_number(request.actor, form.cleaned_data["number"])
        if found:
            return redirect("tracking-volume", volume_id=found.id)
        messages.error(request, f"No volume at your facilities has the number {form.cleaned_data['number']}.")
    actor, today = request.actor, clock.today()
    counts, governs = queries.counts(actor, today), queries.in_force(today)
    requests = next((one.active for one in depths(actor) if one.queue.code == REQUESTS), None)
    return render(request, "tracking/board.html", {
        "form": form, "figures": presenters.figures(counts, requests, governs, today), "may_move": can(actor, Category.PAPER, Grade.WRITE),
    } | _list(request, "late" if counts.late else "out"))  # fmt: skip


@needs(Category.PAPER)
@require_GET
def volumes(request: ActorRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "all"
    options = [Option(words, f"?show={name}", name == shown) for name, words in SHOWN.items()]
    return render(
        request, "tracking/volumes.html", _list(request, shown) | {"filters": [Filter(name="Volumes", options=options)]}
    )


def _list(request: ActorRequest, shown: str) -> dict[str, Any]:
    found = queries.listed(request.actor, shown, clock.today())
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="since")
    names = patients({one.patient_id for one in some.rows})
    note_listed(request, "paper", [one.patient_id for one in some.rows], shown=shown)
    rows = [presenters.row(one, names[one.patient_id].display_name) for one in some.rows]
    return {"rows": rows, "page": page_of(some, plainly(show=shown), total=found.count()), "words": SHOWN[shown]}
