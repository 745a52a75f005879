"""One volume: where it is, what may be done with it now, and everything that was ever done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from muniment.core import clock
from muniment.core.request import ActorRequest, note_listed
from muniment.identity import queries as identity
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Refused
from muniment.tracking import actions, permissions, queries
from muniment.tracking.models import Volume
from muniment.tracking.rules import State, Step, after, searched
from muniment.tracking.web import presenters
from muniment.tracking.web.forms import HomeForm, LoanForm, MissForm, NoteForm, PlaceForm, RequestForm


@dataclass(frozen=True, slots=True)
class Act:
    """A step as the page offers it: the words of its button, its key, its form, and the action behind it."""

    step: Step
    words: str
    key: str
    form: Callable[..., forms.Form]
    do: Callable[..., Volume]
    done: str


ACTS = {
    "charge-out": Act(Step.CHARGE_OUT, "Charge it out", "o", LoanForm, actions.charge_out, "Charged out. Print its out-guide."),
    "transfer": Act(Step.TRANSFER, "Hand it on", "o", LoanForm, actions.transfer, "Handed on."),
    "return": Act(Step.RETURN, "It is back in the file", "r", NoteForm, actions.take_in, "Back in the file."),
    "found": Act(Step.FIND, "It was found", "f", PlaceForm, actions.find, "Found, and back in the file."),
    "search": Act(Step.SEARCH, "Searched in vain", "s", PlaceForm, actions.note_search, "Noted. It is searched for on."),
    "missing": Act(
        Step.MISS, "Report it missing", "m", MissForm, actions.report_missing, "Reported missing: it is searched for."
    ),
    "home": Act(Step.RELOCATE, "Give it another place", "h", HomeForm, actions.relocate, "Its place was changed."),
}


@needs(Category.PAPER)
@require_GET
def one(request: ActorRequest, volume_id: UUID) -> HttpResponse:
    return _page(request, queries.volume(request.actor, volume_id))


@needs(Category.PAPER, Grade.WRITE)
@require_POST
def step(request: ActorRequest, volume_id: UUID, name: str) -> HttpResponse:
    row, act = queries.volume(request.actor, volume_id), ACTS.get(name)
    if act is None:
        raise Refused("There is no such step.")
    form = _form(act, row, request.POST)
    if not form.is_valid():
        return _page(request, row, {name: form}, status=422)
    try:
        revision = _number(request.POST.get("revision", ""))
        act.do(actor=request.actor, volume_id=volume_id, revision=revision, **form.cleaned_data)
    except Refused as told:
        if told.where not in form.fields:
            raise
        form.add_error(told.where, f"{told.what} {told.remedy}".strip())
        return _page(request, row, {name: form}, status=422)
    messages.success(request, act.done)
    return redirect("tracking-volume", volume_id=volume_id)


@needs(Category.PAPER)
@require_POST
def request_it(request: ActorRequest, volume_id: UUID) -> HttpResponse:
    row, form = queries.volume(request.actor, volume_id), RequestForm(request.POST, today=clock.today())
    permissions.check_ask(request.actor, row)
    if form.is_valid():
        try:
            actions.request(actor=request.actor, volume_id=volume_id, **form.cleaned_data)
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, f"{told.what} {told.remedy}".strip())
        else:
            messages.success(request, "Asked for. The department sees it in its queue.")
            return redirect("tracking-volume", volume_id=volume_id)
    return _page(request, row, asking=form, status=422)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _form(act: Act, row: Volume, data: Any = None) -> forms.Form:
    name = f"{act.step.name.lower()}_%s"
    if act.form is LoanForm:
        return LoanForm(data, auto_id=name, today=clock.today())
    if act.step is Step.SEARCH:
        places = queries.in_force(clock.today()).policy.search_places
        return PlaceForm(data, auto_id=name, places=searched(places, queries.looked_at(row)))
    return act.form(data, auto_id=name)


def _page(
    request: ActorRequest, row: Volume, wrong: dict[str, forms.Form] | None = None, *, asking: forms.Form | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    actor, wrong = request.actor, wrong or {}
    may_move = can(actor, Category.PAPER, Grade.WRITE)
    possible = {name: act for name, act in ACTS.items() if may_move and after(State(row.state), act.step) is not None}
    patient = identity.patient(row.patient_id)
    numbers = people.numbers_for(actor, [patient.id]).get(patient.id, [])
    note_listed(request, "paper volume", [patient.id])
    return render(request, "tracking/volume.html", {
        "row": presenters.row(row, patient.display_name), "volume": row, "facts": presenters.facts(row), "may_move": may_move, "status": status,
        "banner": people.banner(patient, numbers, url=can(actor, Category.IDENTITY)),
        "acts": [(name, act, wrong.get(name) or _form(act, row), name in wrong) for name, act in possible.items()],
        "events": presenters.events(queries.history(row), ZoneInfo(row.facility.zone)), "asking": asking or RequestForm(today=clock.today(), auto_id="ask_%s"),
        "may_ask": permissions.can(permissions.check_ask, actor, row), "wrong_ask": asking is not None,
    }, status=status)  # fmt: skip
