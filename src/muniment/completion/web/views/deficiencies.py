"""The department's open deficiencies, most overdue first; and the charts they leave incomplete."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.completion import queries
from muniment.completion.models import Deficiency
from muniment.completion.web import presenters
from muniment.completion.web.choices import Choice, places_of
from muniment.core.request import ActorRequest, note_listed
from muniment.ui.shapes import Page, Why

DEFINITION = Why(
    rule="Documents and signatures that the rules in force on the day of discharge ask for, that are not filed, signed or waived. "
    "Overdue is what is past its own due date; a chart is delinquent once the chart clock has run out.",
)


@needs(Category.COMPLETION)
@require_GET
def deficiencies(request: ActorRequest) -> HttpResponse:
    actor, choice = request.actor, Choice.read(request.GET, request.actor.facilities)
    found = queries.open_list(actor, choice.search)
    last = _last_seen(request)
    rows, more = queries.page(found, after=(last.due_at, last.id) if last else None)
    page = _page(request, choice, rows, found.count(), more=more, begun=last is not None)
    chosen = {"late": choice.late, "kind": choice.kind, "owner": choice.owner, "document": bool(choice.document)}
    note_listed(request, "deficiencies", (row.patient_id for row in rows), **chosen)
    return render(request, "completion/deficiencies.html", {
        "choice": choice, "page": page, "definition": DEFINITION,
        "filters": choice.sentence(queries.documents_owed(actor), queries.clinicians_owing(actor), places_of(actor)),
        "lines": presenters.lines(actor, rows), "delinquent": queries.delinquent_charts(actor).count(), "broken": queries.broken_rules(),
    })  # fmt: skip


def _last_seen(request: ActorRequest) -> Deficiency | None:
    try:
        return queries.seen_by(request.actor).filter(id=UUID(request.GET.get("after", ""))).first()
    except ValueError:
        return None


def _page(request: ActorRequest, choice: Choice, rows: list[Deficiency], total: int, *, more: bool, begun: bool) -> Page:
    text = request.GET.get("seen", "")
    seen = int(text) if begun and text.isascii() and text.isdigit() and len(text) < 9 else 0
    following = choice.address(after=rows[-1].id, seen=seen + len(rows)) if more else ""
    return Page(
        first=seen + 1 if rows else 0, last=seen + len(rows), total=total,
        previous_url=choice.address() if begun else "", next_url=following,
    )  # fmt: skip
