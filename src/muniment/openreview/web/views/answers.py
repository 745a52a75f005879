"""The answers behind a figure: whose chart, what was answered by whom, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.delinquency.web.scope import choices, scope_of
from muniment.encounters.web.presenters import zone_of
from muniment.identity.web.presenters import whose
from muniment.openreview import statistics
from muniment.openreview.models import GivenAnswer
from muniment.openreview.web import figures, presenters
from muniment.ui import dates
from muniment.ui.paging import page_of
from muniment.ui.shapes import Filter, Option, Tone, Why
from muniment.work.names import Whose

PAGE = 50
ANSWERS = {"": "any answer", "asked": "yes or no", "yes": "yes", "no": "no", "na": "not applicable"}
ORIGINS = {"": "of drawn reviews", "focused": "of focused reviews"}
NARROWED = ("question", "section", "service", "unit")


@dataclass(frozen=True, slots=True)
class Line:
    url: str
    whose: Whose
    text: str
    answer: str
    tone: Tone
    by: str
    found: str
    unit: str
    service: str
    when: str


@needs(Category.OPEN_REVIEW)
@require_GET
def answers(request: ActorRequest) -> HttpResponse:
    scope, said = scope_of(request), request.GET
    focused = said.get("origin") == "focused"
    found = narrowed(
        statistics.answers(scope.facilities, scope.at, scope.zone, focused=focused).select_related("facility"), said
    )
    some = keyset.page(found, keyset.Cursor.read(said.get("at_row", "")), size=PAGE, field="finished_at")
    kept = scope.kept | {name: said.get(name, "") for name in (*NARROWED, "answer", "origin")}
    note_listed(
        request,
        "answers of open-record reviews",
        (one.patient_id for one in some.rows),
        answer=said.get("answer", "") if said.get("answer", "") in ANSWERS else "",
    )
    return render(request, "openreview/answers.html", {
        "filters": [*choices(scope, "openreview-answers", **{name: kept[name] for name in (*NARROWED, "answer", "origin")}), *_filters(kept)],
        "lines": _lines(request.actor, some.rows), "page": page_of(some, lambda at: presenters.address("openreview-answers", **kept, at_row=at), total=found.count()),
        "narrow": [value for name in NARROWED if (value := said.get(name, ""))], "definition": Why(rule=figures.COMPLIANCE), "back": presenters.address("openreview-figures", **scope.kept),
    })  # fmt: skip


def narrowed(found: QuerySet[GivenAnswer], said: QueryDict) -> QuerySet[GivenAnswer]:
    for name in NARROWED:
        value = said.get(name, "")[:120]
        if value:
            found = found.filter(**{name: "" if value == "none" else value})
    wanted = {"asked": ["yes", "no"]}.get(said.get("answer", ""), [said.get("answer", "")])
    return found.filter(answer__in=wanted) if said.get("answer", "") in ANSWERS and said.get("answer") else found


def _filters(kept: dict[str, str]) -> list[Filter]:
    said = (("Answer", "answer", ANSWERS), ("Reviews", "origin", ORIGINS))
    return [
        Filter(
            name=label,
            options=[
                Option(words, presenters.address("openreview-answers", **(kept | {name: value})), value == kept[name])
                for value, words in options.items()
            ],
        )
        for label, name, options in said
    ]


def _lines(actor: Actor, rows: Sequence[GivenAnswer]) -> list[Line]:
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    return [_line(one, named[one.patient_id, one.facility_id]) for one in rows]


def _line(row: GivenAnswer, named: Whose) -> Line:
    words, tone = presenters.ANSWERS[row.answer]
    by = "The record" if row.by_check else "A person, overruling the record" if row.overruled else "A person"
    return Line(
        url=reverse("openreview-review", args=[row.review_id]), whose=named, text=row.text, answer=words, tone=tone, by=by,
        found=" ".join(part for part in (row.words, row.comment) if part), unit=row.unit, service=row.service,
        when=dates.moment(row.finished_at, zone_of(row)),
    )  # fmt: skip
