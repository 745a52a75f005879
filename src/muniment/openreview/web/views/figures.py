"""The figures of open-record review: the plan, what was found, by question, section, service and facility, month by month."""

from __future__ import annotations

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.delinquency.web.scope import choices, scope_of
from muniment.openreview import queries
from muniment.openreview.web import figures as shown
from muniment.openreview.web import presenters
from muniment.openreview.web.views.corrections import may_decide
from muniment.ui.shapes import Why

GROUPS = (
    ("section", "By section", "Section"),
    ("service", "By service", "Service"),
    ("unit", "By unit", "Unit"),
    ("facility", "By facility", "Facility"),
)


@needs(Category.OPEN_REVIEW)
@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    scope = scope_of(request)
    month = shown.month_of(scope)
    rows = shown.question_rows(month)
    return render(request, "openreview/figures.html", {
        "tabs": presenters.tabs("Figures"), "filters": choices(scope, "openreview-figures"), "broken": month.book.broken, "figures": shown.figures(month),
        "chart": shown.trend_chart(month), "rows": rows, "below": [one for one in rows if one.below], "plan_rows": shown.plan_rows(month),
        "groups": [(title, head, shown.group_rows(month, by)) for by, title, head in GROUPS if by != "facility" or len(scope.facilities) > 1],
        "definitions": shown.DEFINITIONS, "rules": rules(), "governed": month.plan is not None, "focused": month.focused, "may_decide": may_decide(request),
        "focused_url": presenters.address("openreview-answers", **scope.kept, answer="asked", origin="focused"),
        "csv": presenters.address("openreview-csv", **scope.kept), "report": presenters.address("openreview-report", **scope.kept),
    })  # fmt: skip


def rules() -> list[tuple[str, Why]]:
    """The rules that govern today, as they are cited."""
    book, day = queries.book(), clock.today()
    found = [("Which plan?", book.plan(day)), ("Which worksheet?", book.worksheet(day))]
    return [
        (label, Why(rule=one.rule.statement, citation=one.rule.citation, verified=one.rule.verified, judged_on=day))
        for label, one in found
        if one
    ]


@needs(Category.OPEN_REVIEW)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """Compliance by question as CSV (RFC 4180)."""
    scope = scope_of(request)
    month = shown.month_of(scope)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="open-records-{scope.at.month:%Y-%m}.csv"'
    out = csv.writer(answer)
    out.writerow(["month", "section", "code", "question", "yes", "no", "not applicable", "percent", "threshold"])
    for one in shown.in_order(month):
        section, text = month.wording.get(one.name, ("", ""))
        compliance = "" if one.percent is None else round(one.percent, 1)
        limit = shown.threshold_of(month, one.name)
        out.writerow(
            [
                f"{scope.at.month:%Y-%m}",
                section,
                one.name,
                text,
                one.yes,
                one.no,
                one.na,
                compliance,
                "" if limit is None else limit,
            ]
        )
    return answer
