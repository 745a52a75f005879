"""The department's open deficiencies, most overdue first; and the charts they leave incomplete."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.completion import queries
from muniment.completion.web import presenters
from muniment.completion.web.choices import Choice, places_of
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.ui.paging import page_of
from muniment.ui.shapes import Why

PAGE = 50
DEFINITION = Why(
    rule="Documents and signatures that the rules in force on the day of discharge ask for, that are not filed, signed or waived. "
    "Overdue is what is past its own due date; a chart is past its clock once the time to complete it has run out. "
    "What is delinquent is counted under Delinquency.",
)


@needs(Category.COMPLETION)
@require_GET
def deficiencies(request: ActorRequest) -> HttpResponse:
    actor, choice = request.actor, Choice.read(request.GET, request.actor.facilities)
    found = queries.open_list(actor, choice.search)
    cursor = keyset.Cursor.read(request.GET.get("at", ""))
    some = keyset.page(found, cursor, size=PAGE, field="due_at", newest_first=False)
    rows = some.rows
    chosen = {"late": choice.late, "kind": choice.kind, "owner": choice.owner, "document": bool(choice.document)}
    note_listed(request, "deficiencies", (row.patient_id for row in rows), **chosen)
    return render(request, "completion/deficiencies.html", {
        "choice": choice, "page": page_of(some, choice.address, total=found.count()), "definition": DEFINITION,
        "filters": choice.sentence(queries.documents_owed(actor), queries.clinicians_owing(actor), places_of(actor)),
        "lines": presenters.lines(actor, rows), "delinquent": queries.delinquent_charts(actor).count(), "broken": queries.broken_rules(),
    })  # fmt: skip
