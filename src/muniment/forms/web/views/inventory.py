"""The inventory of forms: what is in force, what waits, what is due for review, what ended."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.forms import queries
from muniment.forms.queries import SHOWN, Wanted
from muniment.forms.rules import Medium
from muniment.forms.web import presenters
from muniment.ui.paging import numbered
from muniment.ui.shapes import Filter, Option, Why

PAGE = 50
DEFINITION = Why(
    rule="Versions of forms at your facilities and of the whole organisation. In force are those that two people proposed and approved, that have "
    "begun and have not ended today. A retired version was taken out of use with a reason; a superseded one was replaced.",
)


@needs(Category.FORMS)
@require_GET
def inventory(request: ActorRequest) -> HttpResponse:
    actor, today, wanted = request.actor, clock.today(), read(request.GET)
    rows, page = numbered(
        queries.inventory(actor, wanted, today), request.GET.get("from", ""), lambda **more: address(wanted, **more), size=PAGE
    )  # fmt: skip
    return render(request, "forms/inventory.html", {
        "rows": [presenters.row(one, today) for one in rows], "page": page, "filters": sentence(wanted, queries.counts(actor, today)), "wanted": wanted,
        "words": SHOWN[wanted.shown], "definition": DEFINITION, "may_write": can(actor, Category.FORMS, Grade.WRITE),
        "uncovered": len({one.code or one.label for one in queries.uncovered(actor, today)}),
    })  # fmt: skip


def read(given: QueryDict) -> Wanted:
    shown, medium = given.get("show", ""), given.get("by", "")
    return Wanted(
        shown=shown if shown in SHOWN else "in-force", medium=medium if medium in tuple(Medium) else "", text=given.get("q", "").strip()[:100]
    )  # fmt: skip


def address(wanted: Wanted, **more: object) -> str:
    chosen = {"show": wanted.shown, "by": wanted.medium, "q": wanted.text, **more}
    return "?" + urlencode({name: value for name, value in chosen.items() if value})


def sentence(wanted: Wanted, counts: dict[str, int]) -> list[Filter]:
    shown = [
        Option(f"{words} ({counts[name]})", address(wanted, show=name), name == wanted.shown) for name, words in SHOWN.items()
    ]
    made = [Option("any", address(wanted, by=""), not wanted.medium)]
    made += [Option(one.value, address(wanted, by=one.value), one == wanted.medium) for one in Medium]
    return [Filter(name="Forms", options=shown), Filter(name="Made by", options=made)]
