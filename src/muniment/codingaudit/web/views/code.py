"""The second coding: the chart on the left, the auditor's codes on the right, nothing of the first coding anywhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import queries as coding
from muniment.coding.assessment import assess
from muniment.coding.drafting import Draft, carry_out
from muniment.coding.web import presenters as coded
from muniment.coding.web.desk import Desk, open_desk
from muniment.coding.web.forms import read_draft, read_revision
from muniment.coding.web.views import chart as charts
from muniment.codingaudit import actions, permissions, queries
from muniment.codingaudit.models import Audit
from muniment.codingaudit.rules import State
from muniment.core.request import ActorRequest
from muniment.record import actions as record
from muniment.record.web import desk as record_desk
from muniment.record.web import lists
from muniment.record.web.desk import Chart
from muniment.terminology.rules import System

BLIND = "The MS-DRG of both codings is shown once they are compared."


@needs(Category.CODING, Grade.WRITE)
@require_GET
def code(request: ActorRequest, audit_id: UUID) -> HttpResponse:
    audit = queries.audit(request.actor, audit_id)
    if audit.state != State.CODING:
        return redirect("codingaudit-audit", audit_id=audit_id)
    permissions.check_act(request.actor, audit)
    desk = open_desk(request.actor, audit.encounter_id)
    chart, releases = record_desk.open_chart(request, audit.encounter_id), coding.releases(desk.facts.discharged)
    record.note_view(
        actor=request.actor, patient_id=audit.patient_id, subject=("coding-audit", str(audit.id)), shown="second coding",
        facility_id=audit.facility_id,
    )  # fmt: skip
    return render(request, "codingaudit/code.html", _pane(desk, audit) | {
        "chart": chart, "banner": record_desk.banner(chart, request.actor), "groups": _documents(request, chart),
        "words": coded.stay_words(desk.facts), "release_cm": releases[System.ICD10CM], "release_pcs": releases[System.ICD10PCS],
    })  # fmt: skip


def _documents(request: ActorRequest, chart: Chart) -> Any:
    """Only documents: the chart's list of coded entries would show the first coding."""
    return lists.listed(request.actor, chart, request.GET)["groups"] if chart.tab == "documents" else []


def _pane(desk: Desk, audit: Audit) -> dict[str, Any]:
    """The right half as the second coding stands. Without a DRG: it would invite to code towards one."""
    draft = queries.second_draft(audit) if audit.second else Draft(disposition=desk.facts.disposition)
    titles = {one["code"]: one["title"] for one in audit.second.get("codes", [])}
    shown = coded.pane(assess(desk.facts, draft), titles, coding.operators(desk.stay))
    return shown | {
        "grouped": None, "no_group": BLIND, "abstract": audit, "audit": audit, "stay": desk.stay, "disposition": draft.disposition,
        "dispositions": coding.dispositions(desk.facts.discharged, draft.disposition),
    }  # fmt: skip


@needs(Category.CODING, Grade.WRITE)
@require_POST
def save(request: ActorRequest, audit_id: UUID) -> HttpResponse:
    """Keep what stands on the screen after the change it asks for (``do``); answers the right half anew."""
    audit = queries.audit(request.actor, audit_id)
    desk = open_desk(request.actor, audit.encounter_id)
    draft = read_draft(request.POST, queries.second_draft(audit).answers)
    if command := request.POST.get("do", ""):
        draft = carry_out(draft, command)
    saved = actions.set_codes(actor=request.actor, audit_id=audit_id, revision=read_revision(request.POST), draft=draft)
    return render(request, "codingaudit/_pane.html", _pane(desk, saved))


@needs(Category.CODING, Grade.WRITE)
@require_POST
def compare(request: ActorRequest, audit_id: UUID) -> HttpResponse:
    actions.compare(actor=request.actor, audit_id=audit_id, revision=read_revision(request.POST))
    return HttpResponseClientRedirect(reverse("codingaudit-audit", args=[audit_id]))


@needs(Category.CODING, Grade.WRITE)
@require_GET
def document(request: ActorRequest, audit_id: UUID, entry_id: UUID) -> HttpResponse:
    """One document of the stay, read as in coding."""
    audit = queries.audit(request.actor, audit_id)
    permissions.check_act(request.actor, audit)
    return charts.document(request, audit.encounter_id, entry_id)
