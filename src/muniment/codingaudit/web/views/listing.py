"""Audits, newest first: for who oversees all of them, for a coder their own and those that wait for somebody like them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.codingaudit import queries
from muniment.codingaudit.rules import State
from muniment.codingaudit.web import presenters
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option

PAGE = 50


@needs(Category.CODING)
@require_GET
def audits(request: ActorRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in list(State) else ""
    found = queries.listed(request.actor, state=state)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="chosen_at")
    note_listed(request, "coding audits", (one.patient_id for one in some.rows), state=state)
    return render(request, "codingaudit/audits.html", {
        "filters": [_filter(state)], "page": page_of(some, plainly(state=state), total=found.count()), "narrow": bool(state),
        "lines": presenters.lines(request.actor, some.rows),
    })  # fmt: skip


def _filter(state: str) -> Filter:
    url = reverse("codingaudit-audits")
    words = {"": "of any state"} | {one.value: presenters.STATES[one][0].lower() for one in State}
    return Filter(
        name="State", options=[Option(said, f"{url}?state={key}" if key else url, key == state) for key, said in words.items()]
    )
