"""The approved abbreviations and those not to be used, as of a day, with who answers for each list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.forms import abbreviations as lists
from muniment.kernel.typed import typed_date
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleBook
from muniment.rulebook.web.presenters import address, editor
from muniment.ui import dates
from muniment.ui.shapes import Why


@needs(Category.FORMS)
@require_GET
def abbreviations(request: ActorRequest) -> HttpResponse:
    typed = request.GET.get("on", "").strip()
    day = (typed_date(typed, today=clock.today()) if typed else None) or clock.today()
    text, book = request.GET.get("q", "").strip()[:60].casefold(), rulebook.at(day)
    approved, never = _list(book, lists.APPROVED_RULE, day), _list(book, lists.NEVER_RULE, day)
    rows = [one for one in lists.approved(approved["parameters"]) if text in f"{one.short} {one.means}".casefold()]
    return render(request, "forms/abbreviations.html", {
        "approved": approved, "never": never, "rows": rows, "nevers": lists.never(never["parameters"]), "text": text, "on": dates.day(day),
        "unread": typed if typed and typed_date(typed, today=clock.today()) is None else "",
        "may_change": can(request.actor, Category.RULES, Grade.WRITE), "may_read": can(request.actor, Category.RULES),
        "may_look": can(request.actor, Category.RECORD),
    })  # fmt: skip


def _list(book: RuleBook, code: str, day: date) -> dict[str, Any]:
    """A list's rule as the page shows it; an empty one where none is in force that day."""
    rule = book.find(code)
    if rule is None:
        return {"parameters": {}, "rule": None, "owner": ""}
    why = Why(rule=rule.statement, citation=rule.cited, judged_on=day, verified=rule.verified)
    since = f"version {rule.number}, in force from {dates.day(rule.effective_from)}"
    return {
        "parameters": rule.parameters, "rule": rule, "owner": str(rule.parameters.get("owner", "")), "why": why, "since": since,
        "address": address(code), "editor": editor(code),
    }  # fmt: skip
