"""One finding: what contradicts what, by which rule, and muting it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.kernel.errors import Refused
from muniment.qualitative import actions, permissions, queries
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import State
from muniment.qualitative.web import presenters
from muniment.qualitative.web.forms import MuteForm
from muniment.record import actions as record


@needs(Category.RECORD)
@require_GET
def finding(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    row = queries.finding(request.actor, finding_id)
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("finding", str(row.id)), shown="qualitative finding",
        facility_id=row.facility_id,
    )  # fmt: skip
    return _page(request, row)


@needs(Category.RECORD)
@require_POST
def step(request: ActorRequest, finding_id: UUID, name: str) -> HttpResponse:
    """``name`` is "mute" or "unmute". What was typed comes back with its errors."""
    row = queries.finding(request.actor, finding_id)
    permissions.check_mute(request.actor, row)
    if name == "unmute":
        actions.unmute(actor=request.actor, finding_id=row.id)
        messages.success(request, "The finding is listed again.")
        return redirect("qualitative-finding", finding_id=row.id)
    if name != "mute":
        raise Refused("There is no such step for a finding.")
    form = MuteForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    form.check_unchanged(row.revision)
    actions.mute(actor=request.actor, finding_id=row.id, reason=form.cleaned_data["reason"])
    messages.success(request, "Muted. It stays so while these words stand in the chart.")
    return redirect("qualitative-finding", finding_id=row.id)


def _page(request: ActorRequest, row: QualitativeFinding, form: MuteForm | None = None, *, status: int = 200) -> HttpResponse:
    stay = encounter(request.actor, row.encounter_id)
    words, tone = presenters.STATES[State(row.state)]
    return render(request, "qualitative/finding.html", {
        "line": presenters.line(row), "banner": presenters.banner(request.actor, row, stay), "stay": stay, "words": words, "tone": tone,
        "facts": presenters.facts(row, stay), "form": form or MuteForm(initial={"revision": row.revision}),
        "may_mute": permissions.may_mute(request.actor) and row.state == State.OPEN,
        "may_unmute": permissions.may_mute(request.actor) and row.state == State.MUTED,
    }, status=status)  # fmt: skip
