"""A folder of paper is taken into the file."""

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
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.tracking import actions, queries
from muniment.tracking.models import Volume
from muniment.tracking.web.forms import RegisterForm


@needs(Category.PAPER, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    names = {one.id: one.name for one in accounts.facilities(request.actor)}
    if request.method == "GET":
        return render(request, "tracking/register.html", {"form": RegisterForm(facilities=names, initial=request.GET.dict())})
    form = RegisterForm(request.POST, facilities=names)
    if form.is_valid():
        try:
            row = _registered(request, form.cleaned_data)
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, f"{told.what} {told.remedy}".strip())
        else:
            messages.success(request, f"Registered as {row.number}. Print its label.")
            return redirect("tracking-volume", volume_id=row.id)
    return render(request, "tracking/register.html", {"form": form}, status=422)


def _registered(request: ActorRequest, said: dict[str, Any]) -> Volume:
    facility = next(one for one in accounts.facilities(request.actor) if one.id == UUID(said["facility"]))
    found = queries.candidates(request.actor, facility, said["patient"])
    if len(found) != 1:
        several = "Several patients are meant; type the record number." if found else "Nobody is found by this."
        raise Refused(several, where="patient")
    return actions.register(
        actor=request.actor, patient_id=found[0].id, facility=facility, label=said["label"], home=said["home"]
    )
