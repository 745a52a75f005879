"""One query: its text, its answer, its history, and what may be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.completion.queries import clinicians
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.kernel.errors import Problem
from muniment.querying import actions, permissions, queries
from muniment.querying.models import Query
from muniment.querying.rules import State
from muniment.querying.web import presenters
from muniment.querying.web.forms import ReassignForm, WithdrawForm
from muniment.record import actions as record


@needs(Category.CODING)
@require_GET
def query(request: ActorRequest, query_id: UUID) -> HttpResponse:
    return _page(request, queries.query(request.actor, query_id))


@needs(Category.CODING)
@require_POST
def reassign(request: ActorRequest, query_id: UUID) -> HttpResponse:
    row = queries.query(request.actor, query_id)
    form = ReassignForm(request.POST, auto_id="reassign-%s", clinicians=list(clinicians(request.actor)))
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = actions.reassign(
                actor=request.actor, query_id=row.id, practitioner_id=UUID(said["practitioner"]), reason=said["reason"], revision=said["revision"]
            )  # fmt: skip
            messages.success(request, f"“{done.title}” is with {done.responsible} now.")
            return redirect("query", query_id=row.id)
        except Problem as problem:
            form.add_error(None, str(problem))
    return _page(request, queries.query(request.actor, query_id), reassign=form)


@needs(Category.CODING)
@require_POST
def withdraw(request: ActorRequest, query_id: UUID) -> HttpResponse:
    row = queries.query(request.actor, query_id)
    form = WithdrawForm(request.POST, auto_id="withdraw-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.withdraw(actor=request.actor, query_id=row.id, reason=said["reason"], revision=said["revision"])
            messages.success(request, f"Withdrew “{row.title}”. It holds the stay no longer.")
            return redirect("query", query_id=row.id)
        except Problem as problem:
            form.add_error(None, str(problem))
    return _page(request, queries.query(request.actor, query_id), withdraw=form)


def _page(request: ActorRequest, row: Query, **given: Any) -> HttpResponse:
    stay, written, version = encounter(request.actor, row.encounter_id), queries.written(row), queries.version(row)
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("clinician-query", str(row.id)), shown="query", facility_id=row.facility_id
    )  # fmt: skip
    manages = row.state == State.OPEN and permissions.can_manage(request.actor, row)
    if manages:
        first = {"revision": row.revision}
        people = [one for one in clinicians(request.actor) if one.id != row.responsible_id]
        given.setdefault("reassign", ReassignForm(auto_id="reassign-%s", clinicians=people, initial=first))
        given.setdefault("withdraw", WithdrawForm(auto_id="withdraw-%s", initial=first))
    history = queries.history(row)
    answer = next((one for one in history if one.step == "answer"), None)
    state, tone = presenters.standing(row)
    return render(request, "querying/query.html", {
        "row": row, "banner": presenters.banner(request.actor, stay), "written": written, "quoted": presenters.quoted(written, stay), "state": state, "tone": tone,
        "facts": presenters.facts(row, written, version), "events": presenters.events(row, history), "answer": answer, "manages": manages,
        "response_url": presenters.response_url(row), "may_ask": permissions.can_ask(request.actor, stay), "stay": stay, **given,
    }, status=422 if any(one.is_bound for one in given.values()) else 200)  # fmt: skip
