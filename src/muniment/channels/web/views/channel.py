"""One channel: how it is set up, and who set it up so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Facility
from muniment.audit.queries import history_of
from muniment.channels import actions, permissions, queries
from muniment.channels.actions import Setup
from muniment.channels.models import Channel
from muniment.channels.rules import Kind
from muniment.channels.web import presenters
from muniment.channels.web.forms import ChannelForm
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Conflict, Refused


@needs(Category.SYSTEM, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return _page(request, _form(None, initial={"name": request.GET.get("name", "")[:40], "active": True}))
    return _save(request, None)


@needs(Category.SYSTEM)
@require_http_methods(["GET", "POST"])
def one(request: ActorRequest, channel_id: UUID) -> HttpResponse:
    row = queries.channel(request.actor, channel_id)
    if request.method == "GET":
        return _page(request, _form(row, initial=_said(row)), row)
    permissions.check_configure(request.actor)
    return _save(request, row)


def _save(request: ActorRequest, row: Channel | None) -> HttpResponse:
    form = _form(row, request.POST)
    if form.is_valid():
        try:
            kept = _kept(request, form.cleaned_data, row)
        except Refused as told:
            form.add_error(told.where if told.where in form.fields else None, str(told.what))
        except Conflict as told:
            form.add_error(None, f"{told.what} {told.remedy}")
            return _page(request, form, row, status=409)
        else:
            messages.success(request, f"{kept.name} is set up so.")
            return redirect("channels-board")
    return _page(request, form, row, status=422)


def _kept(request: ActorRequest, said: dict[str, Any], row: Channel | None) -> Channel:
    setup = Setup(
        kind=Kind(said["kind"]), folder=said["folder"], facility=Facility.objects.get(id=UUID(said["facility"])) if said["facility"] else None,
        origin=said["origin"], sender_is_origin=said["sender_is_origin"], expected_minutes=said["expected"], active=said["active"],
    )  # fmt: skip
    if row is None:
        return actions.open_channel(actor=request.actor, name=said["name"], setup=setup)
    return actions.change_channel(actor=request.actor, channel_id=row.id, setup=setup, revision=said["revision"] or 0)


def _form(row: Channel | None, *given: Any, **more: Any) -> ChannelForm:
    names = {one.id: one.name for one in Facility.objects.order_by("name")}
    return ChannelForm(*given, facilities=names, is_new=row is None, **more)


def _said(row: Channel) -> dict[str, Any]:
    return {
        "kind": row.kind, "folder": row.folder, "facility": str(row.facility_id or ""), "origin": row.origin, "active": row.active,
        "sender_is_origin": row.sender_is_origin, "expected": row.expected_minutes, "revision": row.revision,
    }  # fmt: skip


def _page(request: ActorRequest, form: ChannelForm, row: Channel | None = None, *, status: int = 200) -> HttpResponse:
    may_configure = permissions.can_configure(request.actor)
    if not may_configure:
        for field in form.fields.values():
            field.disabled = True
    events = presenters.events(history_of("channel", str(row.id))) if row else []
    context = {"form": form, "row": row, "events": events, "may_configure": may_configure, "status": status}
    return render(request, "channels/channel.html", context, status=status)
