"""A final coding: what was coded, why it groups so, who finalised it and when; and its earlier versions with their differences."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import actions, permissions, queries
from muniment.coding.content import differences
from muniment.coding.models import FinalCoding
from muniment.coding.web import finals
from muniment.coding.web.beside import beside_final
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.record import actions as record
from muniment.record.web import desk as charts


@needs(Category.CODING)
@require_GET
def abstract(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    stay = queries.stay(request.actor, encounter_id)
    versions = queries.finals(stay.patient_id, encounter_id)
    if not versions:
        raise Refused("This stay has no final coding yet.", remedy="It has one once a coder has finalised its codes.")
    shown = _chosen(versions, request.GET.get("version", ""))
    chart = charts.open_chart(request, encounter_id)
    may_code = permissions.can_code(request.actor, stay.facility_id)
    record.note_view(
        actor=request.actor, patient_id=stay.patient_id, subject=("encounter", str(encounter_id)),
        shown=f"final coding, version {shown.number}", facility_id=stay.facility_id,
    )  # fmt: skip
    return render(request, "coding/abstract.html", finals.shown(shown, chart.zone) | {
        "stay": stay, "banner": charts.banner(chart, request.actor), "current": shown.number == versions[0].number,
        "history": finals.history(versions, _changes(versions), chart.zone, shown.number), "may_code": may_code,
        "draft": queries.draft_abstract(stay) if may_code else None, "beside": beside_final(shown),
    })  # fmt: skip


def _chosen(versions: list[FinalCoding], asked: str) -> FinalCoding:
    return next((one for one in versions if str(one.number) == asked), versions[0])


def _changes(versions: list[FinalCoding]) -> dict[int, list[str]]:
    """Number → what it changed from the one before it."""
    said: list[tuple[int, dict[str, Any]]] = [(one.number, queries.content_of(one)) for one in versions]
    return {newer[0]: differences(older[1], newer[1]) for newer, older in pairwise(said)}


@needs(Category.CODING, Grade.WRITE)
@require_POST
def recode(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    stay = queries.stay(request.actor, encounter_id)
    actions.recode(
        actor=request.actor, patient_id=stay.patient_id, encounter_id=encounter_id, reason=request.POST.get("reason", "")
    )
    return redirect("coding-workspace", encounter_id=encounter_id)
