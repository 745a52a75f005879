"""Which practitioner of the directory a sign-in is: who signs, and whose deficiencies come to whose inbox."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.access.web.forms import ReasonForm
from muniment.access.web.signs_as import LinkForm
from muniment.access.web.views.person import page
from muniment.accounts import actions, permissions, queries
from muniment.core.request import ActorRequest


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_POST
def link(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """This sign-in is this practitioner."""
    return _step(request, user_id, "link")


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_POST
def unlink(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """This sign-in is no practitioner any more; what it signed stays signed."""
    return _step(request, user_id, "unlink")


def _step(request: ActorRequest, user_id: UUID, name: str) -> HttpResponse:
    found = queries.person(request.actor, user_id)
    permissions.check_change(request.actor, found, "links a practitioner")
    form = {"link": LinkForm, "unlink": ReasonForm}[name](request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return page(request, found, practitioner={name: form}, status=422)
    said = form.cleaned_data
    if name == "link":
        actions.link_practitioner(actor=request.actor, practitioner=said["practitioner"], user=found, reason=said["reason"])
        messages.success(
            request, f"{found.printed_name} signs as {said['practitioner']} now; what they owe comes to their inbox."
        )
    else:
        actions.unlink_practitioner(actor=request.actor, user=found, reason=said["reason"])
        messages.success(request, f"{found.printed_name} signs as nobody now. What was signed stays signed.")
    return redirect("accounts-person", user_id=user_id)
