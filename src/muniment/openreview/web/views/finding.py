"""One finding in an open chart: what it rests on, what was done, and what a second look finds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import Problem, Refused
from muniment.openreview import actions, making, permissions, queries
from muniment.openreview.models import OpenFinding
from muniment.openreview.rules import TRANSITIONS, UNSETTLED, State, Step
from muniment.openreview.web import presenters
from muniment.openreview.web.forms import RecheckForm, SayForm
from muniment.openreview.web.presenters import Link
from muniment.record import actions as record
from muniment.record.web import desk as charts


@needs(Category.OPEN_REVIEW)
@require_GET
def finding(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    row = queries.finding(request.actor, finding_id)
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("open-finding", str(row.id)), shown="finding in an open chart",
        facility_id=row.facility_id,
    )  # fmt: skip
    return _page(request, row)


@needs(Category.OPEN_REVIEW)
@require_POST
def step(request: ActorRequest, finding_id: UUID, name: str) -> HttpResponse:
    """``name`` is "say" (it is mended) or "recheck" (what a second look found). What was typed comes back with its errors."""
    row = queries.finding(request.actor, finding_id)
    if name not in ("say", "recheck"):
        raise Refused("There is no such step for a finding.")
    form = SayForm(request.POST, auto_id="say-%s") if name == "say" else _recheck_form(row, request.POST)
    if not form.is_valid():
        return _page(request, row, {name: form}, status=422)
    try:
        messages.success(request, _do(request, row, name, form.cleaned_data))
    except Problem as problem:
        form.add_error(None, str(problem))
        return _page(request, queries.finding(request.actor, finding_id), {name: form}, status=422)
    return redirect("openreview-finding", finding_id=row.id)


def _do(request: ActorRequest, row: OpenFinding, name: str, said: dict[str, Any]) -> str:
    about: dict[str, Any] = {
        "actor": request.actor,
        "patient_id": row.patient_id,
        "finding_id": row.id,
        "revision": said["revision"],
    }
    if name == "say":
        actions.say_mended(**about, words=said["words"])
        return "Noted. The records department looks again, or the record itself shows it."
    after = actions.recheck(**about, way=Step(said["way"]), reason=said["reason"])
    return {State.MENDED: "Mended. It is settled.", State.OPEN: "Back with who owes it."}.get(
        State(after.state), "Not mended. It is settled, and counts as such."
    )


def _recheck_form(row: OpenFinding, said: Any = None, **more: Any) -> RecheckForm:
    ways: list[Step] = [way for state, way in TRANSITIONS if state == row.state and way is not Step.SAY]
    return RecheckForm(said, ways=ways, auto_id="recheck-%s", **more)


def _page(
    request: ActorRequest, row: OpenFinding, given: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    actor, given, question = request.actor, given or {}, making.question_of(row)
    state, tone = presenters.FINDING_STATES[State(row.state)]
    start = {"revision": row.revision}
    owns = permissions.allows(permissions.check_owner, actor, row, making.practitioner_of(actor))
    return render(request, "openreview/finding.html", {
        "row": row, "banner": charts.banner(charts.open_chart(request, row.encounter_id), actor), "state": state, "tone": tone,
        "facts": presenters.finding_facts(row, question.citation if question else ""), "places": _places(row),
        "review_url": reverse("openreview-review", args=[row.review_id]), "chart_url": reverse("record-chart", args=[row.encounter_id]),
        "say": (given.get("say") or SayForm(initial=start, auto_id="say-%s")) if owns and row.state == State.OPEN else None,
        "recheck": (given.get("recheck") or _recheck_form(row, initial=start)) if row.state in UNSETTLED and permissions.can_review(actor) else None,
        "opened": next(iter(given), ""), "events": [*presenters.events(presenters.history(row.id), zone_of(row)), presenters.found(row)],
    }, status=status)  # fmt: skip


def _places(row: OpenFinding) -> list[Link]:
    """The entries it rests on, in the chart."""
    return [
        Link(
            one["words"],
            reverse("record-document", args=[row.encounter_id, one["entry"]]) + "?scope=person" if one["entry"] else "",
        )
        for one in row.places
    ]
