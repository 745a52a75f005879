"""One work item: its facts, its history, and what can be done with it. A second person's change is told, and both are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.work import actions, permissions, places, queries
from muniment.work.models import WorkItem
from muniment.work.names import directory
from muniment.work.rules import ACTIVE
from muniment.work.web import presenters
from muniment.work.web.door import WRITE, needs_work
from muniment.work.web.forms import AssignForm, CompleteForm, DeferForm, PriorityForm, ReleaseForm


@needs_work()
@require_GET
def item(request: ActorRequest, item_id: UUID) -> HttpResponse:
    return _page(request, queries.item(request.actor, item_id))


@needs_work(WRITE)
@require_POST
def step(request: ActorRequest, item_id: UUID, name: str) -> HttpResponse:
    """Take one step with an item; ``name`` is one of STEPS. What was typed comes back with its errors, never lost."""
    found = queries.item(request.actor, item_id)
    if name not in STEPS:
        raise Refused("There is no such step for a work item.")
    form = _forms(request.actor, found, {name: request.POST})[name]
    if not form.is_valid():
        return _page(request, found, {name: form}, status=422)
    act, told = STEPS[name]
    try:
        act(request.actor, found, form.cleaned_data)
    except Conflict as conflict:
        return _page(request, queries.item(request.actor, item_id), {name: _again(form, found)}, conflict=conflict, status=409)
    messages.success(request, told.format(item=found.title))
    return redirect("work-queue", code=found.queue_id)


def _page(
    request: ActorRequest,
    found: WorkItem,
    given: dict[str, forms.Form] | None = None,
    *,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, given = request.actor, given or {}
    row = presenters.rows(actor, [found])[0]
    words, tone = presenters.state_of(found)
    may = permissions.can_change(actor, found) and found.state in ACTIVE
    colleagues = directory.colleagues(found.queue, found.facility_id) if may else []
    names = dict(colleagues) | ({found.owner_id: str(found.owner)} if found.owner_id else {})
    return render(request, "work/item.html", {
        "item": found, "row": row, "facts": presenters.facts(row), "state": words, "tone": tone, "may_change": may,
        "forms": _forms(actor, found, {}) | given, "open": next(iter(given), ""), "conflict": conflict,
        "events": presenters.events(queries.history(found), names), "mine": found.owner_id == actor.id, "generic": places.is_generic(found),
        "may_assign": may and (actor.role == permissions.SUPERVISOR or found.owner_id == actor.id), "colleagues": colleagues,
        "may_supervise": may and permissions.can_supervise(actor, found), "may_complete": may and places.is_generic(found),
    }, status=status)  # fmt: skip


def _forms(actor: Actor, found: WorkItem, said: dict[str, Any]) -> dict[str, forms.Form]:
    start = {"revision": found.revision}
    colleagues = directory.colleagues(found.queue, found.facility_id) if "assign" in said or not said else []
    kinds: dict[str, Callable[..., forms.Form]] = {
        "take": ReleaseForm, "release": ReleaseForm, "defer": DeferForm, "complete": CompleteForm,
        "assign": lambda data, **more: AssignForm(data, colleagues=colleagues, **more), "priority": PriorityForm,
    }  # fmt: skip
    wanted = said or dict.fromkeys(kinds)
    begin = start | {"priority": found.priority}
    return {name: kinds[name](data, initial=begin, auto_id=f"{name}-%s") for name, data in wanted.items()}


def _again(form: forms.Form, found: WorkItem) -> forms.Form:
    """The same form with what was typed, bound to the item as it is now."""
    now = WorkItem.objects.values_list("revision", flat=True).get(id=found.id)
    typed = cast(QueryDict, form.data).copy()
    typed["revision"] = str(now)
    form.data = typed
    return form


def _take(actor: Actor, found: WorkItem, said: dict[str, Any]) -> None:
    assert actor.id is not None
    actions.assign(actor=actor, item_id=found.id, owner_id=actor.id, reason=said["reason"], revision=said["revision"])


def _assign(actor: Actor, found: WorkItem, said: dict[str, Any]) -> None:
    actions.assign(
        actor=actor, item_id=found.id, owner_id=UUID(said["owner"]), reason=said["reason"], revision=said["revision"]
    )


def _release(actor: Actor, found: WorkItem, said: dict[str, Any]) -> None:
    actions.release(actor=actor, item_id=found.id, reason=said["reason"], revision=said["revision"])


def _defer(actor: Actor, found: WorkItem, said: dict[str, Any]) -> None:
    actions.defer(actor=actor, item_id=found.id, until=said["until"], reason=said["reason"], revision=said["revision"])


def _complete(actor: Actor, found: WorkItem, said: dict[str, Any]) -> None:
    if not places.is_generic(found):
        raise NotAllowedInState("This item is completed where it is worked.", remedy="Open it there.")
    actions.complete(actor=actor, item_id=found.id, reason=said["reason"], revision=said["revision"])


def _prioritise(actor: Actor, found: WorkItem, said: dict[str, Any]) -> None:
    actions.reprioritise(
        actor=actor, item_id=found.id, priority=said["priority"], due_at=said["due"], reason=said["reason"], revision=said["revision"]
    )  # fmt: skip


STEPS: dict[str, tuple[Callable[[Actor, WorkItem, dict[str, Any]], None], str]] = {
    "take": (_take, "“{item}” is yours."),
    "assign": (_assign, "Assigned “{item}”."),
    "release": (_release, "Put “{item}” back into the queue."),
    "defer": (_defer, "Deferred “{item}”."),
    "complete": (_complete, "Completed “{item}”."),
    "priority": (_prioritise, "Changed the priority of “{item}”."),
}
