"""One person: roles and facilities, sign-in, history, and what an administrator does about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.access.web import presenters
from muniment.access.web.forms import AssignForm, EndForm, ReasonForm
from muniment.access.web.signs_as import section
from muniment.accounts import actions, permissions, queries
from muniment.accounts.models import User
from muniment.accounts.passwords import one_time_password
from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused

Said = dict[str, Any]


@needs(Category.ACCOUNTS)
@require_GET
def person(request: ActorRequest, user_id: UUID) -> HttpResponse:
    return page(request, queries.person(request.actor, user_id))


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_POST
def change(request: ActorRequest, user_id: UUID, name: str) -> HttpResponse:
    """Take one step with a person: assign, end, close, open or a new password."""
    found = queries.person(request.actor, user_id)
    if name == "password":
        return _new_password(request, found)
    if name not in STEPS:
        raise Refused("There is no such step for a person.", remedy="Open the person again.")
    form = _forms(request.actor, found, {name: request.POST})[name]
    if not form.is_valid():
        return page(request, found, {name: form}, status=422)
    act, told = STEPS[name]
    act(request.actor, found, form.cleaned_data)
    messages.success(request, told.format(name=found.printed_name))
    return redirect("accounts-person", user_id=user_id)


def _new_password(request: ActorRequest, found: User) -> HttpResponse:
    password = one_time_password()
    actions.give_one_time_password(actor=request.actor, user=found, password=password)
    return render(request, "access/password.html", {"person": found, "password": password, "new": False})


def page(
    request: ActorRequest, found: User, typed: dict[str, forms.Form] | None = None, *,
    practitioner: dict[str, forms.Form] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    trail = LifecycleEvent.objects.filter(subject_id=str(found.id), subject_type="user").order_by("-at")[:50]
    granted = can(request.actor, Category.ACCOUNTS, Grade.WRITE)
    return render(request, "access/person.html", {
        "person": found, "facts": presenters.facts(found), "held": presenters.row(found).roles, "ended": presenters.ended(found),
        "events": presenters.events(list(trail)), "may_change": granted and permissions.can_change(request.actor, found),
        "own": granted and found.id == request.actor.id,
        "forms": _forms(request.actor, found, {}) | (typed or {}), "open": next(iter(typed or {}), ""),
        **section(found, practitioner),
    }, status=status)  # fmt: skip


def _forms(actor: Actor, found: User, said: dict[str, Any]) -> dict[str, forms.Form]:
    places, held = queries.facilities(actor), list(presenters.held(found))
    return {
        "assign": AssignForm(said.get("assign"), places=places, auto_id="assign-%s"),
        "end": EndForm(said.get("end"), held=held, auto_id="end-%s"),
        "close": ReasonForm(said.get("close"), auto_id="close-%s"), "open": ReasonForm(said.get("open"), auto_id="open-%s"),
    }  # fmt: skip


def _assign(actor: Actor, found: User, said: Said) -> None:
    actions.assign_role(actor=actor, user=found, role=said["role"], facilities=said["facilities"])


def _end(actor: Actor, found: User, said: Said) -> None:
    actions.end_role(actor=actor, user=found, role=said["role"], reason=said["reason"])


def _close(actor: Actor, found: User, said: Said) -> None:
    actions.set_active(actor=actor, user=found, active=False, reason=said["reason"])


def _open(actor: Actor, found: User, said: Said) -> None:
    actions.set_active(actor=actor, user=found, active=True, reason=said["reason"])


STEPS: dict[str, tuple[Callable[[Actor, User, Said], None], str]] = {
    "assign": (_assign, "Assigned the role to {name}."),
    "end": (_end, "Ended the role of {name}."),
    "close": (_close, "Closed the sign-in of {name}; open sessions ended."),
    "open": (_open, "Opened the sign-in of {name} again."),
}
