"""One corrective action: what was measured before and since, carrying it out, and saying whether it was effective."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem, Refused
from muniment.openreview import permissions
from muniment.openreview.corrections import actions, queries
from muniment.openreview.models import CorrectiveAction
from muniment.openreview.rules import ActionState
from muniment.openreview.web import presenters
from muniment.openreview.web.corrections import DEFINITION, line
from muniment.openreview.web.forms import CarryOutForm, JudgeForm
from muniment.ui import dates
from muniment.ui.shapes import Fact

FORMS: dict[str, type[forms.Form]] = {"carry-out": CarryOutForm, "judge": JudgeForm}


@needs(Category.OPEN_REVIEW)
@require_GET
def action(request: ActorRequest, action_id: UUID) -> HttpResponse:
    return _page(request, queries.one(request.actor, action_id))


@needs(Category.OPEN_REVIEW, Grade.WRITE)
@require_POST
def step(request: ActorRequest, action_id: UUID, name: str) -> HttpResponse:
    """``name`` is one of FORMS. What was typed comes back with its errors."""
    row = queries.one(request.actor, action_id)
    if name not in FORMS:
        raise Refused("There is no such step for a corrective action.")
    form = FORMS[name](request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return _page(request, row, {name: form}, status=422)
    try:
        messages.success(request, _do(request, row, name, form.cleaned_data))
    except Problem as problem:
        form.add_error(None, str(problem))
        return _page(request, queries.one(request.actor, action_id), {name: form}, status=422)
    return redirect("openreview-action", action_id=row.id)


def _do(request: ActorRequest, row: CorrectiveAction, name: str, said: dict[str, Any]) -> str:
    about: dict[str, Any] = {"actor": request.actor, "action_id": row.id, "revision": said["revision"]}
    if name == "carry-out":
        actions.carry_out(**about, words=said["words"])
        return "Carried out. From now on the answers are counted for it."
    after = actions.judge(**about, effective=said["effective"] == "yes", reason=said["reason"])
    return f"Closed as {after.state}."


def _page(
    request: ActorRequest, row: CorrectiveAction, given: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    given, zone, start = given or {}, ZoneInfo(row.facility.zone), {"revision": row.revision}
    administers = permissions.allows(permissions.check_administer, request.actor, row.facility_id)
    wanted = {
        "carry-out": row.state == ActionState.OPEN and (administers or row.owner_id == request.actor.id),
        "judge": row.state == ActionState.DONE and administers,
    }
    shown = {name: given.get(name) or FORMS[name](initial=start, auto_id=f"{name}-%s") for name, may in wanted.items() if may}
    state, tone = presenters.ACTION_STATES[ActionState(row.state)]
    return render(request, "openreview/action.html", {
        "row": row, "state": state, "tone": tone, "facts": _facts(row, zone), "opened": next(iter(given), ""), "definition": DEFINITION,
        "carry_out": shown.get("carry-out"), "judge": shown.get("judge"), "events": presenters.events(presenters.history(row.id), zone),
        "answers": presenters.address("openreview-answers", question=row.question, facility=row.facility_id, answer="asked"),
    }, status=status)  # fmt: skip


def _facts(row: CorrectiveAction, zone: ZoneInfo) -> list[Fact]:
    shown = line(row)
    told = [
        Fact(label="Question", value=row.text), Fact(label="Facility", value=row.facility.name), Fact(label="Aim", value=shown.aim),
        Fact(label="By whom", value=shown.owner), Fact(label="By when", value=dates.day(row.due_on)),
        Fact(label="Decided", value=f"{dates.moment(row.opened_at, zone)}, {row.opened_by}"), Fact(label="Before", value=shown.before, why=DEFINITION),
    ]  # fmt: skip
    if row.done_at:
        told.append(Fact(label="Carried out", value=f"{dates.moment(row.done_at, zone)}, {row.done_by}: {row.done_what}"))
        told.append(Fact(label="Since", value=shown.since, why=DEFINITION))
    if row.closed_at:
        told.append(Fact(label="Concluded", value=f"{dates.moment(row.closed_at, zone)}, {row.closed_by}: {row.closed_why}"))
    return told
