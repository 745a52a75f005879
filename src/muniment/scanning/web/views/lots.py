"""Lots of filed scans: the list, and one lot with its plan, its sample and its state."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.audit.queries import history_of
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest
from muniment.scanning import permissions
from muniment.scanning.lots import actions, queries
from muniment.scanning.lots.rules import Inspection, LotState
from muniment.scanning.models import Lot
from muniment.scanning.web import lots as shown
from muniment.scanning.web import presenters
from muniment.scanning.web.forms import ReasonForm
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option

PAGE = 50


@needs(Category.INTAKE)
@require_GET
def listed(request: ActorRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in tuple(LotState) else ""
    found = queries.lots(request.actor, state=state)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="opened_at")
    options = [
        Option("in any state", "?", not state),
        *(Option(one.value, f"?state={one.value}", one == state) for one in LotState),
    ]
    return render(request, "scanning/lots.html", {
        "filters": [Filter(name="Lots", options=options)], "total": found.count(), "rows": [shown.row(one) for one in some.rows],
        "page": page_of(some, plainly(state=state)), "policy": queries.policy(clock.today()),
    })  # fmt: skip


@needs(Category.INTAKE)
@require_GET
def one(request: ActorRequest, lot_id: UUID) -> HttpResponse:
    return _page(request, queries.lot(request.actor, lot_id), ReasonForm())


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def close(request: ActorRequest, lot_id: UUID) -> HttpResponse:
    row = actions.close(actor=request.actor, lot_id=lot_id)
    messages.success(
        request,
        f"Closed: {row.drawn} of {row.size} are to be checked." if row.drawn else "Closed: nothing of it is left to check.",
    )
    return redirect("scanning-lot", lot_id=lot_id)


@needs(Category.INTAKE)
@require_POST
def resume(request: ActorRequest, lot_id: UUID) -> HttpResponse:
    row, form = queries.lot(request.actor, lot_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    actions.resume_sampling(actor=request.actor, lot_id=lot_id, reason=form.cleaned_data["reason"])
    messages.success(request, "Sampling goes on, tightened.")
    return redirect("scanning-lot", lot_id=lot_id)


def _page(request: ActorRequest, row: Lot, form: ReasonForm, status: int = 200) -> HttpResponse:
    policy = queries.policy(clock.today())
    stopped = bool(
        policy
        and row.decided_at
        and queries.is_last(row)
        and queries.next_inspection(row, policy)[0] is Inspection.DISCONTINUED
    )
    return render(request, "scanning/lot.html", {
        "lot": row, "row": shown.row(row), "facts": shown.facts(row), "form": form, "status": status,
        "documents": [presenters.document_row(one) for one in queries.members(row)], "events": presenters.events(history_of("scan-lot", str(row.id))),
        "may_close": row.state == LotState.OPEN and permissions.can_work(request.actor, row), "stopped": stopped,
        "may_resume": stopped and permissions.can_resume(request.actor),
    }, status=status)  # fmt: skip
