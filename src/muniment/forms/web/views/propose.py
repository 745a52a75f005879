"""Propose a form, or the next version of one. It is in force once somebody else approves it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.forms import actions, queries
from muniment.forms.models import FormVersion
from muniment.forms.web.forms import HOUSE, NewForm, VersionForm, as_typed
from muniment.kernel.errors import Problem


@needs(Category.FORMS, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    places = {str(one.id): one for one in accounts.facilities(request.actor)}
    form = NewForm(*_given(request), facilities={UUID(one): place.name for one, place in places.items()}, initial={"effective_from": clock.today()} | request.GET.dict())  # fmt: skip
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        place = None if said["facility"] == HOUSE else places[said["facility"]]
        if queries.is_taken(said["number"]):
            form.add_error("number", "The inventory has this form already. Open it and propose its next version.")
        elif row := _proposed(request, form, said["number"], place):
            return _done(request, row)
    return _page(request, form)


@needs(Category.FORMS, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def following(request: ActorRequest, number: str) -> HttpResponse:
    found = queries.form(request.actor, number)
    last = queries.versions_of(request.actor, found)[0]
    form = VersionForm(*_given(request), initial=as_typed(last) | {"effective_from": clock.today()})
    if form.is_bound and form.is_valid() and (row := _proposed(request, form, number, found.facility)):
        return _done(request, row)
    return _page(request, form, last)


def _given(request: ActorRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _proposed(request: ActorRequest, form: VersionForm, number: str, place: Facility | None) -> FormVersion | None:
    """The new draft; None where something is wrong, which then stands at its field."""
    try:
        return actions.propose(
            actor=request.actor, number=number, said=form.said(), facility=place, follows=form.cleaned_data["follows"]
        )  # fmt: skip
    except Problem as told:
        where = told.where.partition(",")[0]
        line = f" ({told.where})" if "," in told.where else ""
        form.add_error(where if where in form.fields else None, f"{told.what}{line} {told.remedy}".strip())
        return None


def _done(request: ActorRequest, row: FormVersion) -> HttpResponse:
    messages.success(request, f"Proposed version {row.number} of {row.form.number}. Somebody else can approve it.")
    return redirect("forms-form", number=row.form.number)


def _page(request: ActorRequest, form: VersionForm, last: FormVersion | None = None) -> HttpResponse:
    return render(request, "forms/propose.html", {"form": form, "last": last}, status=422 if form.is_bound else 200)
