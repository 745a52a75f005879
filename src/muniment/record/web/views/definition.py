"""What the legal health record and the designated record set hold: the matrix as of a day, and its next version as a table."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem
from muniment.record.production.definition import OUTSIDE, RULE, SECTIONS
from muniment.record.production.dossier import governing
from muniment.record.production.pieces import SHOWN
from muniment.record.web import matrix
from muniment.record.web.forms import DefinitionForm
from muniment.rulebook import actions, queries
from muniment.rulebook.models import Rule
from muniment.rulebook.rules import SourceKind
from muniment.rulebook.web.forms import DATES
from muniment.ui import dates

TITLE = "Legal health record and designated record set"


@needs(Category.RULES)
@require_GET
def definition(request: ActorRequest) -> HttpResponse:
    """The matrix in force on a day, and the types on file that it does not cover."""
    asked = request.GET.get("on", "").strip()
    day = _day(asked) or clock.today()
    found = governing(day)
    rule = queries.at(day).find(RULE)
    facilities = None if request.actor.is_system else request.actor.facilities
    return render(request, "record/definition.html", {
        "on": dates.day(day), "unread": asked if asked and not _day(asked) else "", "rule": rule, "heads": matrix.heads(),
        "lines": matrix.lines(found) if found else [], "outside": OUTSIDE[found.outside] if found else "",
        "uncovered": matrix.uncovered(found, facilities) if found else [],
        "known": Rule.objects.filter(code=RULE).exists(), "code": RULE, "may_propose": can(request.actor, Category.RULES, Grade.WRITE),
    })  # fmt: skip


def _day(text: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def propose(request: ActorRequest) -> HttpResponse:
    """The matrix as a table to change. It governs nothing until somebody else has adopted it in the rule book."""
    if request.method != "POST":
        return _page(request, matrix.editable(governing(clock.today())), _form())
    rows, form, wrong = matrix.typed(request.POST), DefinitionForm(request.POST), None
    try:
        parameters = matrix.as_parameters(rows, request.POST.get("outside", "accepted"))
    except Problem as problem:
        wrong = problem
    if wrong or not form.is_valid() or request.POST.get("more"):
        more = [matrix.Edited(place=len(rows) + spare) for spare in range(matrix.SPARE)] if request.POST.get("more") else []
        asked = bool(request.POST.get("more"))
        return _page(request, rows + more, form, None if asked else wrong, status=200 if asked else 422)
    return _propose(request, parameters, form.cleaned_data)


def _form() -> DefinitionForm:
    last = queries.versions(RULE)[:1] if Rule.objects.filter(code=RULE).exists() else []
    now = governing(clock.today())
    initial: dict[str, Any] = {"outside": now.outside} if now else {}
    initial |= {"statement": last[0].statement, "citation": last[0].citation} if last else {}
    return DefinitionForm(initial=initial | {"effective_from": clock.today()})


def _propose(request: ActorRequest, parameters: dict[str, Any], said: dict[str, Any]) -> HttpResponse:
    version = actions.propose(
        actor=request.actor, code=RULE, title=TITLE, statement=said["statement"], parameters=parameters, citation=said["citation"],
        source_kind=SourceKind.HOUSE, effective_from=said["effective_from"],
    )  # fmt: skip
    messages.success(request, f"Proposed version {version.number} of the definition. Somebody else can adopt it.")
    return redirect("rulebook-rule", code=RULE)


def _page(
    request: ActorRequest, rows: list[matrix.Edited], form: DefinitionForm, wrong: Problem | None = None, *, status: int = 200
) -> HttpResponse:
    return render(request, "record/definition_edit.html", {
        "rows": rows, "count": len(rows), "form": form, "wrong": wrong, "heads": matrix.heads(), "sections": SECTIONS,
        "categories": [(one.value, words) for one, words in SHOWN.items()],
    }, status=status)  # fmt: skip
