"""Suspensions: those proposed and in force, earlier ones, and one with its history and what may be decided."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.delinquency import actions, permissions, queries
from muniment.delinquency.models import Suspension
from muniment.delinquency.parameters import Book
from muniment.delinquency.rules import OPEN, State
from muniment.delinquency.web import presenters
from muniment.delinquency.web.forms import ProposeForm, ReasonForm
from muniment.kernel.errors import Refused
from muniment.ui.paging import page_of, plainly

PAGE = 50
STEPS = {"approve": "Approved: the suspension is in force.", "refuse": "Refused.", "lift": "Lifted."}


@needs(Category.DELINQUENCY)
@require_GET
def suspensions(request: ActorRequest) -> HttpResponse:
    return _list(request, queries.book())


@needs(Category.DELINQUENCY, Grade.WRITE)
@require_POST
def propose(request: ActorRequest) -> HttpResponse:
    rules = queries.book()
    form = ProposeForm(request.POST, owing=_owing(request, rules))
    if not form.is_valid():
        return _list(request, rules, form, status=422)
    row = actions.propose(
        actor=request.actor, facility_id=form.facility_id, practitioner_id=form.practitioner_id, reason=form.cleaned_data["reason"]
    )  # fmt: skip
    messages.success(
        request, "Proposed. Somebody else decides." if row.state == State.PROPOSED else "The suspension is in force."
    )
    return redirect("delinquency-suspension", suspension_id=row.id)


def _list(request: ActorRequest, rules: Book, form: ProposeForm | None = None, *, status: int = 200) -> HttpResponse:
    may = permissions.can(permissions.check_administer, request.actor)
    part = keyset.page(
        queries.suspensions(request.actor).exclude(state__in=OPEN), keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="proposed_at"
    )  # fmt: skip
    return render(request, "delinquency/suspensions.html", {
        "tabs": presenters.tabs("Suspensions"), "open": [_row(one) for one in queries.open_suspensions(request.actor)],
        "past": [_row(one) for one in part.rows], "page": page_of(part, plainly()), "may": may,
        "form": (form or ProposeForm(owing=_owing(request, rules))) if may else None, "rule": presenters.rule_why(rules, "suspension", clock.today()),
    }, status=status)  # fmt: skip


def _row(row: Suspension) -> dict[str, object]:
    return {"row": row, "tone": presenters.TONES[State(row.state)], "count": len(row.charts)}


def _owing(request: ActorRequest, rules: Book) -> list[tuple[str, str]]:
    """Whom an administrator may propose: who owes something delinquent and has no open suspension there."""
    taken = set(queries.open_suspensions(request.actor).values_list("facility_id", "practitioner_id"))
    found = {place: queries.delinquent_parts(place, rules) for place in accounts.facilities(request.actor)}
    names = presenters.people(
        [debt for owing in found.values() for parts in owing.values() for one in parts for debt in one.debts]
    )
    return [
        (f"{place.id}:{who}", f"{names[str(who)]}, {presenters.count(len(parts), 'delinquent chart')} at {place.name}")
        for place, owing in found.items()
        for who, parts in owing.items()
        if (place.id, who) not in taken
    ]  # fmt: skip


@needs(Category.DELINQUENCY)
@require_GET
def suspension(request: ActorRequest, suspension_id: UUID) -> HttpResponse:
    return _page(request, queries.suspension(request.actor, suspension_id))


@needs(Category.DELINQUENCY, Grade.WRITE)
@require_POST
def step(request: ActorRequest, suspension_id: UUID, name: str) -> HttpResponse:
    """``name`` is "approve", "refuse" or "lift"."""
    row = queries.suspension(request.actor, suspension_id)
    if name not in STEPS:
        raise Refused("There is no such step for a suspension.")
    form = ReasonForm(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return _page(request, row, name, form, status=422)
    said = form.cleaned_data["reason"]
    if name == "lift":
        actions.lift(actor=request.actor, suspension_id=row.id, reason=said)
    else:
        actions.decide(actor=request.actor, suspension_id=row.id, approve=name == "approve", reason=said)
    messages.success(request, STEPS[name])
    return redirect("delinquency-suspension", suspension_id=row.id)


def _page(
    request: ActorRequest, row: Suspension, name: str = "", form: ReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    rules = queries.book()
    parts = queries.delinquent_parts(row.facility, rules).get(row.practitioner_id, [])
    names = {str(row.practitioner_id): str(row.practitioner)}
    note_listed(request, "charts of a suspension", (one.owed.patient_id for one in parts))
    return render(request, "delinquency/suspension.html", {
        "row": row, "tone": presenters.TONES[State(row.state)], "charts": presenters.parts_rows(request.actor, parts, names),
        "facts": presenters.suspension_facts(row, {one.owed.encounter_id: one.days for one in parts}, queries.letters_about(row)),
        "events": presenters.events(queries.history_of("suspension", row.id)), "acts": _acts(request, row, name, form),
        "own": row.proposed_by_id == request.actor.id and row.state == State.PROPOSED,
    }, status=status)  # fmt: skip


def _acts(request: ActorRequest, row: Suspension, name: str, form: ReasonForm | None) -> list[dict[str, object]]:
    """What this reader may decide, each with its form and its key."""
    offered = (("approve", "Approve the suspension", "s"), ("refuse", "Refuse it", "r"), ("lift", "Lift the suspension", "l"))
    return [
        {"name": one, "title": title, "key": key, "open": one == name, "form": form if one == name and form else ReasonForm(auto_id=f"{one}-%s")}
        for one, title, key in offered
        if permissions.can(permissions.check_decide, request.actor, row, one)
    ]  # fmt: skip
