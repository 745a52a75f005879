"""Two coders changed one draft: yours and theirs side by side, a choice a line, saved as the next revision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import actions, queries
from muniment.coding.drafting import Draft
from muniment.coding.models import Abstract
from muniment.coding.reconcile import merged
from muniment.coding.titles import titles_shown
from muniment.coding.web import conflicts
from muniment.coding.web.desk import Desk, open_desk
from muniment.coding.web.forms import read_draft, read_revision
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem
from muniment.record.web import desk as charts

CHOICE = "choose-"


def told(request: ActorRequest, desk: Desk, yours: Draft, conflict: Conflict) -> HttpResponse:
    """The notice for the second coder, who keeps what is on the screen: it carries their draft to the comparison."""
    return render(request, "coding/_conflict.html", {
        "problem": conflict, "stay": desk.stay, "yours": yours, "lines": conflicts.hidden(yours),
    }, status=409)  # fmt: skip


@needs(Category.CODING, Grade.WRITE)
@require_POST
def compare(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    desk, abstract = _open(request, encounter_id)
    return _page(request, desk, abstract, read_draft(request.POST, {}))


@needs(Category.CODING, Grade.WRITE)
@require_POST
def settle(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """Save what was chosen. Somebody's newer change is told again, beside what was chosen here; nothing is written then."""
    desk, abstract = _open(request, encounter_id)
    yours, chosen = read_draft(request.POST, {}), _chosen(request)
    try:
        draft = merged(yours, _theirs(abstract), chosen)
        actions.set_codes(
            actor=request.actor, patient_id=abstract.patient_id, abstract_id=abstract.id, revision=read_revision(request.POST), draft=draft
        )  # fmt: skip
    except Problem as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return _page(
            request, desk, queries.draft_abstract(desk.stay) or abstract, yours, chosen, problem=problem, status=status
        )
    messages.success(request, "Saved what you chose of the two drafts.")
    return redirect("coding-workspace", encounter_id=encounter_id)


def _open(request: ActorRequest, encounter_id: UUID) -> tuple[Desk, Abstract]:
    desk = open_desk(request.actor, encounter_id)
    abstract = queries.draft_abstract(desk.stay)
    if abstract is None:
        raise NotAllowedInState(
            "This stay has no draft any more.", remedy="Open its final coding; there it can be coded again."
        )
    return desk, abstract


def _theirs(abstract: Abstract) -> Draft:
    return queries.draft_of(abstract, queries.lines_of(abstract))


def _chosen(request: ActorRequest) -> dict[str, str]:
    return {name.removeprefix(CHOICE): str(value) for name, value in request.POST.items() if name.startswith(CHOICE)}


def _page(
    request: ActorRequest, desk: Desk, abstract: Abstract, yours: Draft, chosen: dict[str, str] | None = None, *,
    problem: Problem | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    lines, theirs, chart = queries.lines_of(abstract), _theirs(abstract), charts.open_chart(request, desk.stay.id)
    titles = titles_shown(yours, desk.facts.discharged) | {line.code: line.display for line in lines}
    rows = conflicts.rows(yours, theirs, titles, queries.operators(desk.stay), chosen or {})
    return render(request, "coding/compare.html", {
        "stay": desk.stay, "abstract": abstract, "yours": yours, "lines": conflicts.hidden(yours), "rows": rows, "problem": problem,
        "differing": sum(bool(one.chosen) for one in rows), "banner": charts.banner(chart, request.actor), "choice": CHOICE,
    }, status=status)  # fmt: skip
