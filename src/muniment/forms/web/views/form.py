"""One form: its versions, what may be done with them, and everything that was done."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.forms import queries
from muniment.forms.rules import in_force
from muniment.forms.web import presenters


@needs(Category.FORMS)
@require_GET
def form(request: ActorRequest, number: str) -> HttpResponse:
    return page(request, number)


@needs(Category.FORMS)
@require_GET
def version(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """Where work about a version leads: to its place on the form's page."""
    found = queries.version(request.actor, version_id)
    return redirect(presenters.row(found, clock.today()).url)


def page(
    request: ActorRequest, number: str, *, wrong: dict[tuple[int, str], forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The form's page. ``wrong`` holds what came back with errors, by version and step."""
    actor, today, wrong = request.actor, clock.today(), wrong or {}
    found, governs = queries.form(actor, number), queries.policy(today)
    versions = queries.versions_of(actor, found)
    chief = next((one for one in versions if in_force(one, today)), versions[0])
    shown = [
        presenters.shown(
            actor, one, governs, today, {step: form for (which, step), form in wrong.items() if which == one.number}
        )
        for one in versions
    ]
    return render(request, "forms/form.html", {
        "form_row": found, "chief": presenters.row(chief, today), "versions": shown, "place": presenters.place(found),
        "events": presenters.events(queries.history(found)), "may_write": can(actor, Category.FORMS, Grade.WRITE), "status": status,
    }, status=status)  # fmt: skip
