"""A clinician answers: the question with its indicators on the left, the answer and the signature on the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.completion.queries import practitioner_of
from muniment.completion.web import reauthentication
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.kernel.errors import Problem
from muniment.querying import actions, permissions, queries
from muniment.querying.models import Query
from muniment.querying.rules import State
from muniment.querying.web import presenters
from muniment.querying.web.forms import AnswerForm, DeclineForm, DeferForm
from muniment.record import actions as record


@needs(Category.COMPLETION, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest, query_id: UUID) -> HttpResponse:
    row = _mine(request, query_id)
    if row.state != State.OPEN:
        messages.info(request, f"“{row.title}” was {row.state} in the meantime.")
        return _onward(request, row.id)
    form = reauthentication.form_for(request, AnswerForm, initial={"version": row.version})
    if request.method == "POST" and reauthentication.confirmed(request, form):
        return _sign(request, row, form)
    return _page(request, row, form)


def _mine(request: ActorRequest, query_id: UUID) -> Query:
    row = queries.query(request.actor, query_id)
    permissions.check_answer(request.actor, row, practitioner_of(request.actor))
    return row


def _sign(request: ActorRequest, row: Query, form: AnswerForm) -> HttpResponse:
    said = form.cleaned_data
    try:
        done = actions.answer(
            actor=request.actor, query_id=row.id, version=said["version"], choice=said["choice"], words=said["words"]
        )
    except Problem as problem:
        form.add_error(problem.where if problem.where in form.fields else None, str(problem))
        return _page(request, row, form)
    messages.success(request, f"Answered and signed “{done.title}”. It stands in the chart.")
    return _onward(request, row.id)


def _onward(request: ActorRequest, query_id: UUID) -> HttpResponse:
    following = queries.next_after(request.actor, query_id)
    return redirect("query-answer", query_id=following.id) if following else redirect("completion-inbox")


def _page(request: ActorRequest, row: Query, form: AnswerForm, **forms: Any) -> HttpResponse:
    stay, written, zone = encounter(request.actor, row.encounter_id), queries.written(row), ZoneInfo(row.facility.zone)
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("clinician-query", str(row.id)), shown="query to answer", facility_id=row.facility_id
    )  # fmt: skip
    today = clock.now().astimezone(zone).date()
    following = queries.next_after(request.actor, row.id)
    return render(request, "querying/answer.html", {
        "row": row, "banner": presenters.banner(request.actor, stay), "written": written, "quoted": presenters.quoted(written, stay),
        "choices": list(enumerate(written.answers, 1)), "form": form, "chosen": form["choice"].value() or "", "actor_name": request.actor.name,
        "due": row.due_at.astimezone(zone).date(), "today": today, "why": presenters.due_why(row), "following": following if following and following.id != row.id else None,
        "decline": DeclineForm(auto_id="decline-%s"), "defer": DeferForm(auto_id="defer-%s", today=today, zone=zone), **forms,
    }, status=422 if form.is_bound or forms else 200)  # fmt: skip


def _unsent(request: ActorRequest, row: Query) -> AnswerForm:
    """The answer's form when another was sent."""
    return AnswerForm(
        recently="password" not in reauthentication.form_for(request, AnswerForm).fields, initial={"version": row.version}
    )


@needs(Category.COMPLETION, Grade.WRITE)
@require_POST
def decline(request: ActorRequest, query_id: UUID) -> HttpResponse:
    """Give it back to the coding department, saying why."""
    row = _mine(request, query_id)
    form = DeclineForm(request.POST, auto_id="decline-%s")
    if not form.is_valid():
        return _page(request, row, _unsent(request, row), decline=form)
    actions.decline(actor=request.actor, query_id=row.id, reason=form.cleaned_data["reason"])
    messages.success(request, f"Declined “{row.title}”. The coding department finds whose it is.")
    return _onward(request, row.id)


@needs(Category.COMPLETION, Grade.WRITE)
@require_POST
def defer(request: ActorRequest, query_id: UUID) -> HttpResponse:
    """Set it aside until a day, saying why."""
    row = _mine(request, query_id)
    zone = ZoneInfo(row.facility.zone)
    form = DeferForm(request.POST, auto_id="defer-%s", today=clock.now().astimezone(zone).date(), zone=zone)
    if not form.is_valid():
        return _page(request, row, _unsent(request, row), defer=form)
    actions.defer(actor=request.actor, query_id=row.id, until=form.cleaned_data["until"], reason=form.cleaned_data["reason"])
    messages.success(request, f"Set “{row.title}” aside. It comes back by itself; its due date stays.")
    return redirect("completion-inbox")
