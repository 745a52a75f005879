"""My account: the roles I hold and act under, my keys; and the address that keeps a session alive."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.web import presenters
from muniment.accounts import actions
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused


@require_GET
def account(request: ActorRequest) -> HttpResponse:
    me = _me(request)
    rows = [(role, ", ".join(places), role == request.actor.role) for role, places in presenters.held(me).items()]
    return render(request, "access/account.html", {"me": me, "facts": presenters.facts(me), "rows": rows})


@require_POST
def switch(request: ActorRequest) -> HttpResponse:
    """Act under another of my roles until the session ends."""
    wanted = request.POST.get("role", "")
    if wanted not in tuple(Role):
        raise Refused("There is no such role.", remedy="Choose one of yours.")
    role = Role(wanted)
    actions.switch_role(actor=request.actor, user=_me(request), role=role)
    request.session["role"] = role.value
    messages.success(request, f"You act as {role.label} now.")
    return redirect("day")


@require_POST
def set_keys(request: ActorRequest) -> HttpResponse:
    on = request.POST.get("on") == "1"
    actions.set_single_keys(actor=request.actor, user=_me(request), on=on)
    messages.success(request, f"Single-letter keys are {'on' if on else 'off'}.")
    return redirect("mine-account")


@require_GET
def keep(request: ActorRequest) -> HttpResponse:
    """Any answer extends the session: it is saved with every request."""
    return HttpResponse("kept", content_type="text/plain")


def _me(request: ActorRequest) -> User:
    return User.objects.prefetch_related("assignments__facility").get(username=request.user.get_username())
