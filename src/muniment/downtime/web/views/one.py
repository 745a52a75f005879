"""One downtime: its facts, what was entered of its paper, and which stays are still open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest, note_listed
from muniment.downtime import actions, permissions, queries
from muniment.downtime.models import Downtime
from muniment.downtime.rules import State, Step, after, open_stays
from muniment.downtime.web import presenters
from muniment.downtime.web.forms import EndForm, NoneForm, ReconcileForm, ReopenForm
from muniment.identity.queries import patients
from muniment.kernel.errors import Refused
from muniment.ui.paging import numbered
from muniment.ui.shapes import Filter, Option

PAGE, PAPERS = 40, 25
SHOWN = {"open": "stays that are open", "all": "every stay in house"}
STEPS: dict[Step, tuple[str, Callable[..., Downtime], str]] = {
    Step.END: ("Systems are back", actions.end, "Systems are back. Its paper is in the queue of downtime recovery."),
    Step.RECONCILE: ("Close it as reconciled", actions.reconcile, "Reconciled."),
    Step.REOPEN: ("Open it again", actions.reopen, "Opened again: its paper can be entered."),
}


@needs(Category.DOWNTIME)
@require_GET
def one(request: ActorRequest, downtime_id: UUID) -> HttpResponse:
    return _page(request, queries.downtime(request.actor, downtime_id))


@needs(Category.DOWNTIME, Grade.WRITE)
@require_POST
def step(request: ActorRequest, downtime_id: UUID, name: str) -> HttpResponse:
    row = queries.downtime(request.actor, downtime_id)
    if name not in [one.value for one in STEPS]:
        raise Refused("There is no such step of a downtime.")
    wanted = Step(name)
    form = _form(wanted, row, request.POST)
    if form.is_valid():
        try:
            STEPS[wanted][1](actor=request.actor, downtime_id=downtime_id, **form.cleaned_data)
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, f"{told.what} {told.remedy}".strip())
        else:
            messages.success(request, STEPS[wanted][2])
            return redirect("downtime-one", downtime_id=downtime_id)
    return _page(request, row, {wanted: form}, status=422)


@needs(Category.DOWNTIME, Grade.WRITE)
@require_POST
def none(request: ActorRequest, downtime_id: UUID) -> HttpResponse:
    """Somebody says that a stay has no paper."""
    row, form = queries.downtime(request.actor, downtime_id), NoneForm(request.POST)
    if not form.is_valid():
        raise Refused("Say how you know that there is none.", remedy="Go back and write it in a few words.")
    actions.confirm_none(
        actor=request.actor, downtime_id=row.id, encounter_id=form.cleaned_data["stay"], reason=form.cleaned_data["reason"]
    )  # fmt: skip
    messages.success(request, "Noted: this stay has no downtime paper.")
    return redirect("downtime-one", downtime_id=downtime_id)


def _form(wanted: Step, row: Downtime, data: Any = None) -> forms.Form:
    name, first = f"{wanted.value}-%s", {"revision": row.revision}
    if wanted is Step.END:
        return EndForm(data, auto_id=name, initial=first, zone=ZoneInfo(row.facility.zone))
    return (ReopenForm if wanted is Step.REOPEN else ReconcileForm)(data, auto_id=name, initial=first)


def _page(
    request: ActorRequest, row: Downtime, wrong: dict[Step, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    actor, wrong, zone = request.actor, wrong or {}, ZoneInfo(row.facility.zone)
    governs = queries.policy(row.day)
    found = queries.reconciliation(row, governs)
    left = open_stays(one.stay for one in found)
    shown = request.GET.get("show", "") if request.GET.get("show", "") in SHOWN else "open"
    chosen = [one for one in found if shown == "all" or not one.stay.settled]
    begun = _number(request.GET.get("from", ""))
    some = chosen[begun : begun + PAGE]
    entered, papers_page = numbered(queries.papers(row).order_by("-entered_at", "-id"), request.GET.get("papers", ""), lambda **more: f"?papers={more['from']}", size=PAPERS)  # fmt: skip
    may_read = can(actor, Category.RECORD)
    names, gone = patients({one.patient_id for one in entered}) if may_read else {}, queries.retracted(entered)
    if may_read:
        note_listed(
            request,
            "downtime",
            [*(one.encounter.patient_id for one in some), *(one.patient_id for one in entered)],
            shown=shown,
        )
    options = [
        Option(f"{words} ({left if name == 'open' else len(found)})", f"?show={name}", name == shown)
        for name, words in SHOWN.items()
    ]
    return render(request, "downtime/one.html", {
        "row": presenters.row(row), "downtime": row, "facts": presenters.facts(row, governs, stays=len(found), left=left, entered=papers_page.total or 0),
        "lines": [presenters.line(row, one) for one in some] if may_read else [], "filters": [Filter(name="Stays", options=options)],
        "next": f"?show={shown}&from={begun + PAGE}" if begun + PAGE < len(chosen) else "", "previous": f"?show={shown}&from={max(0, begun - PAGE)}" if begun else "",
        "papers": [presenters.paper(one, zone, names, gone=one.entry_id in gone) for one in entered] if may_read else [], "papers_page": papers_page,
        "may_enter": permissions.can_enter(actor, row), "may_read": may_read, "acts": _acts(request, row, wrong), "none": NoneForm,
        "events": presenters.events(queries.history(row), zone), "status": status, "shown": shown,
    }, status=status)  # fmt: skip


def _acts(request: ActorRequest, row: Downtime, wrong: dict[Step, forms.Form]) -> list[tuple[str, str, forms.Form, bool]]:
    """The steps that are possible now: name, words, form, whether it stands open with what was wrong."""
    if not permissions.can_declare(request.actor, row.facility_id):
        return []
    possible = [step for step in STEPS if after(State(row.state), step)]
    return [(step.value, STEPS[step][0], wrong.get(step) or _form(step, row), step in wrong) for step in possible]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
