"""Documents of the charts discharged in the last days that use an abbreviation of the do-not-use list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.forms import misuse
from muniment.forms.abbreviations import NEVER_RULE, never
from muniment.forms.misuse import Misused
from muniment.rulebook import queries as rulebook
from muniment.ui import dates
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option, Why
from muniment.ui.words import sentence_case

CHARTS = 40  # a page goes through so many
DAYS = (7, 14, 30)


@needs(Category.RECORD)
@require_GET
def misused(request: ActorRequest) -> HttpResponse:
    """A page goes through CHARTS discharges, however many of them use the list: the work of a page is bounded."""
    actor, rule = request.actor, rulebook.at(clock.today()).find(NEVER_RULE)
    check_category(actor, Category.FORMS)
    days = next((one for one in DAYS if str(one) == request.GET.get("days", "")), DAYS[0])
    found = misuse.stays(actor, clock.now() - timedelta(days=days))
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=CHARTS, field="discharged_at")
    made = misuse.look(actor, some.rows, never(rule.parameters)) if rule else []
    note_listed(request, "abbreviations not to be used", [one.stay.patient_id for one in made], days=days)
    options = [Option(f"discharged in the last {one} days", f"?days={one}", one == days) for one in DAYS]
    return render(request, "forms/misuse.html", {
        "rows": [_row(one) for one in made], "filters": [Filter(name="Charts", options=options)], "page": page_of(some, plainly(days=str(days)), total=found.count()),
        "charts": len(some.rows), "why": _why(rule) if rule else None,
    })  # fmt: skip


def _row(one: Misused) -> dict[str, Any]:
    address = reverse("record-document", args=[one.stay.id, one.entry.entry_id])
    author = one.entry.author_name or "author unknown"
    return {
        "url": address, "title": sentence_case(one.entry.label), "author": author, "visit": one.stay.visit_number, "patient": one.stay.patient.display_name,
        "when": dates.day(one.entry.occurred_at) if one.entry.occurred_at else "", "uses": one.uses,
    }  # fmt: skip


def _why(rule: Any) -> Why:
    said = (
        f"{rule.statement} Looked for in the text of every document of these charts, also where the words are not about medication; a sentence is shown "
        "once for each entry. “MS” counts only in a sentence that gives a dose, “U” only behind a number."
    )
    return Why(rule=said, citation=rule.cited, verified=rule.verified, judged_on=clock.today())
