"""One audit: each difference with what was said of it, and the form of whose turn it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.coding.web.forms import read_revision
from muniment.codingaudit import actions, permissions, queries
from muniment.codingaudit.judging import Said
from muniment.codingaudit.models import Audit
from muniment.codingaudit.rules import STAGES, State
from muniment.codingaudit.web import presenters
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.kernel.errors import Problem
from muniment.record import actions as record


@needs(Category.CODING)
@require_GET
def audit(request: ActorRequest, audit_id: UUID) -> HttpResponse:
    row = queries.audit(request.actor, audit_id)
    if row.state == State.CODING and permissions.may_act(request.actor, row):
        return redirect("codingaudit-code", audit_id=audit_id)
    return _page(request, row)


@needs(Category.CODING)
@require_POST
def respond(request: ActorRequest, audit_id: UUID) -> HttpResponse:
    """What the form says of each difference. What is missing is said, and what was typed stays."""
    row = queries.audit(request.actor, audit_id)
    said = read_said(request.POST, [one.number for one in queries.findings_of(row)])
    try:
        done = actions.respond(actor=request.actor, audit_id=row.id, revision=read_revision(request.POST), said=said)
    except Problem as problem:
        return _page(request, queries.audit(request.actor, audit_id), said, str(problem))
    messages.success(request, presenters.DONE[State(done.state)])
    return redirect("codingaudit-audits")


def read_said(posted: QueryDict, numbers: list[int]) -> dict[int, Said]:
    return {
        number: Said(
            posted.get(f"verdict-{number}", ""), posted.get(f"words-{number}", ""), posted.get(f"error-{number}", ""),
            posted.get(f"reference-{number}", ""),
        )
        for number in numbers
    }  # fmt: skip


def _page(request: ActorRequest, row: Audit, said: dict[int, Said] | None = None, problem: str = "") -> HttpResponse:
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("coding-audit", str(row.id)), shown="audit", facility_id=row.facility_id
    )  # fmt: skip
    stage = STAGES.get(State(row.state)) if permissions.may_act(request.actor, row) else None
    shown: dict[str, Any] = {
        "row": row, "banner": presenters.banner(request.actor, encounter(request.actor, row.encounter_id)), "facts": presenters.facts(row),
        "state": presenters.STATES[State(row.state)], "lines": presenters.differences(row, stage, said or {}), "asks": stage is not None,
        "events": presenters.events(row, queries.history(row)), "button": presenters.BUTTONS.get(State(row.state), ""), "problem": problem,
        "judging": row.state == State.JUDGING, "oversees": permissions.oversees(request.actor),
    }  # fmt: skip
    return render(request, "codingaudit/audit.html", shown, status=422 if problem else 200)
