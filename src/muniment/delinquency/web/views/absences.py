"""Practitioners' absences: days that do not count for what they owe."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Practitioner
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.delinquency import actions, permissions, queries
from muniment.delinquency.models import Absence
from muniment.delinquency.parameters import Book
from muniment.delinquency.web import presenters
from muniment.delinquency.web.forms import AbsenceForm, ReasonForm
from muniment.ui import dates

SHOWN = 200


@needs(Category.DELINQUENCY)
@require_GET
def absences(request: ActorRequest) -> HttpResponse:
    return _page(request, queries.book())


@needs(Category.DELINQUENCY, Grade.WRITE)
@require_POST
def enter(request: ActorRequest) -> HttpResponse:
    rules = queries.book()
    form = _form(rules, request)
    if not form.is_valid():
        return _page(request, rules, form, status=422)
    said = form.cleaned_data
    row = actions.pause(
        actor=request.actor, practitioner_id=UUID(said["practitioner"]), kind=said["kind"], first=said["first"], last=said["last"],
        reason=said["reason"],
    )  # fmt: skip
    messages.success(
        request, f"The days from {dates.day(row.first)} to {dates.day(row.last)} do not count for {row.practitioner}."
    )
    return redirect("delinquency-absences")


@needs(Category.DELINQUENCY, Grade.WRITE)
@require_POST
def withdraw(request: ActorRequest, absence_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why the absence is withdrawn; nothing was changed.")
        return redirect("delinquency-absences")
    actions.withdraw_pause(actor=request.actor, absence_id=absence_id, reason=form.cleaned_data["reason"])
    messages.success(request, "The absence is withdrawn: its days count from now on.")
    return redirect("delinquency-absences")


def _form(rules: Book, request: ActorRequest | None = None) -> AbsenceForm:
    people, kinds = list(Practitioner.objects.all()), list(rules.longest(clock.today()))
    return AbsenceForm(request.POST if request else None, practitioners=people, kinds=kinds, today=clock.today())


def _page(request: ActorRequest, rules: Book, form: AbsenceForm | None = None, *, status: int = 200) -> HttpResponse:
    may = permissions.can(permissions.check_administer, request.actor)
    longest, rows = rules.longest(clock.today()), list(queries.absences()[:SHOWN])
    return render(request, "delinquency/absences.html", {
        "tabs": presenters.tabs("Absences"), "rows": [_row(one, longest) for one in rows], "form": (form or _form(rules)) if may else None,
        "may": may, "rule": presenters.rule_why(rules, "pauses", clock.today()), "withdraw": ReasonForm(), "shown": SHOWN if len(rows) == SHOWN else 0,
    }, status=status)  # fmt: skip


def _row(row: Absence, longest: dict[str, int]) -> dict[str, object]:
    days = (row.last - row.first).days + 1
    counted = 0 if row.withdrawn_at else min(days, longest.get(row.kind, 0))
    until = row.first + timedelta(days=counted - 1)
    today = clock.today()
    state = "Withdrawn" if row.withdrawn_at else "Over" if row.last < today else "To come" if row.first > today else "Away"
    return {"row": row, "days": days, "counted": counted, "until": until if 0 < counted < days else None, "state": state}
