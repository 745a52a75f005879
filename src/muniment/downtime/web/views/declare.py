"""An administrator says that systems are or were down."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.core.request import ActorRequest
from muniment.downtime import actions, permissions
from muniment.downtime.web.forms import DeclareForm
from muniment.kernel.errors import Refused


@needs(Category.DOWNTIME, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def declare(request: ActorRequest) -> HttpResponse:
    places = {one.id: one for one in accounts.facilities(request.actor) if permissions.can_declare(request.actor, one.id)}
    if not places:
        messages.error(request, "An administrator declares downtimes and closes them.")
        return redirect("downtime-board")
    form = DeclareForm(
        request.POST if request.method == "POST" else None,
        zones={one: (place.name, place.zone) for one, place in places.items()},
    )
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            row = actions.declare(
                actor=request.actor, facility=places[UUID(said["facility"])], what=said["what"], reason=said["reason"], began=said["began"],
                ended=said["ended"],
            )  # fmt: skip
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, f"{told.what} {told.remedy}".strip())
        else:
            messages.success(request, "Declared. Its paper is entered and reconciled here.")
            return redirect("downtime-one", downtime_id=row.id)
    return render(request, "downtime/declare.html", {"form": form}, status=422 if form.is_bound else 200)
