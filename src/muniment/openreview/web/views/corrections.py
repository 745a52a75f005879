"""Corrective actions: what is done about questions below their threshold, and deciding one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.openreview import permissions, queries
from muniment.openreview.corrections import actions as corrections
from muniment.openreview.corrections import queries as corrective
from muniment.openreview.web import choices, presenters
from muniment.openreview.web import corrections as shown
from muniment.openreview.web.choices import Choice
from muniment.openreview.web.forms import DecideForm
from muniment.ui.paging import page_of

PAGE = 25
STATES = {
    "": "In any state",
    "open": "To be carried out",
    "done": "Carried out, measured",
    "effective": "Effective",
    "not effective": "Not effective",
}


@needs(Category.OPEN_REVIEW)
@require_GET
def actions(request: ActorRequest) -> HttpResponse:
    places = accounts.facilities(request.actor)
    choice = Choice.read(request.GET, {"state": STATES, "facility": choices.places(places)})
    found = corrective.seen_by(request.actor)
    if choice["state"]:
        found = found.filter(state=choice["state"])
    if choice["facility"]:
        found = found.filter(facility_id=choice["facility"])
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="opened_at")
    return render(request, "openreview/actions.html", {
        "tabs": presenters.tabs("Corrective actions"), "choice": choice, "filters": choice.sentence({"state": "State", "facility": "Facility"}),
        "lines": [shown.line(one) for one in some.rows], "page": page_of(some, choice.address, total=found.count()), "definition": shown.DEFINITION,
        "may": may_decide(request), "today": clock.today(),
    })  # fmt: skip


def may_decide(request: ActorRequest) -> bool:
    return any(permissions.allows(permissions.check_administer, request.actor, one) for one in request.actor.facilities)


@needs(Category.OPEN_REVIEW, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def decide(request: ActorRequest) -> HttpResponse:
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        facility = next(one for one in accounts.facilities(request.actor) if str(one.id) == said["facility"])
        owner = next(one for one in corrective.owners(request.actor) if str(one.id) == said["owner"])
        try:
            row = corrections.decide(
                actor=request.actor,
                facility=facility,
                question=said["question"],
                what=said["what"],
                owner=owner,
                due_on=said["due_on"],
            )
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, str(told))
        else:
            messages.success(request, f"Decided. It stands among the work of {owner.given} {owner.family}.")
            return redirect("openreview-action", action_id=row.id)
    return render(
        request, "openreview/decide.html", {"form": form, "may": may_decide(request)}, status=422 if form.is_bound else 200
    )


def _form(request: ActorRequest) -> DecideForm:
    day = clock.today()
    version = queries.book().worksheet(day)
    asked = version.worksheet.questions if version and version.worksheet else ()
    return DecideForm(
        request.POST or None, today=day, questions={one.code: one.text for one in asked}, initial=request.GET.dict(),
        facilities={str(one.id): one.name for one in accounts.facilities(request.actor)},
        owners={str(one.id): f"{one.given} {one.family}" for one in corrective.owners(request.actor)},
    )  # fmt: skip
