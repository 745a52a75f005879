"""The audit trail: who did what, when, to what; one patient's trail says who saw their chart."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.audit import queries as audit
from muniment.core import keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.identity.web.presenters import banner, numbers_for
from muniment.kernel.errors import Conflict
from muniment.operations import actions, jobs, trail
from muniment.operations.web import trail_words
from muniment.operations.web.trail_form import TrailForm
from muniment.ui.paging import page_of

PAGE = 50


@needs(Category.AUDIT)
@require_GET
def events(request: ActorRequest) -> HttpResponse:
    """One page of the trail. Reading it leaves one event, which names the patient where one was asked for."""
    actor = request.actor
    form = TrailForm(request.GET, actor=actor)
    context: dict[str, Any] = {"form": form, "proof": _proof()}
    if not form.is_valid():
        actions.note_trail_read(actor=actor, shown="nothing: the filter could not be read")
        return render(request, "operations/trail.html", context, status=422)
    cursor = keyset.Cursor.read(request.GET.get("at", ""))
    found = keyset.page(trail.events(actor, form.sought), cursor, size=PAGE, field="at")
    context |= {
        "rows": trail_words.rows(actor, found.rows), "page": page_of(found, form.address), "total": _total(actor, form), "sentence": form.sentence,
        "narrow": form.address() != "?", **_about_patient(actor, form),
    }  # fmt: skip
    actions.note_trail_read(
        actor=actor, shown="events", patient_id=form.records[-1].id if form.records else None,
        after={"filter": sorted(name for name in form.fields if form.data.get(name)), "rows": len(found.rows)},
    )  # fmt: skip
    return render(request, "operations/trail.html", context)


@needs(Category.AUDIT)
@require_GET
def event(request: ActorRequest, lane: int, sequence: int) -> HttpResponse:
    """One event: everything it says, and what proves it."""
    found = trail.event(request.actor, lane, sequence)
    row, last = trail_words.rows(request.actor, [found])[0], trail.last_result()
    holds = audit.carries_its_seal(lane, sequence)
    context = {
        "row": row, "facts": trail_words.facts(row), "changes": trail_words.changes(found), "stands": trail_words.standing(found), "holds": holds,
        "position": trail_words.position(found, holds, trail.covers(last, lane, sequence), last),
    }  # fmt: skip
    actions.note_trail_read(actor=request.actor, shown="event", subject=str(found.id), patient_id=found.patient_id)
    return render(request, "operations/trail_event.html", context)


@needs(Category.AUDIT)
@require_POST
def verify(request: ActorRequest) -> HttpResponse:
    """Have the worker verify the chain; whoever asks second sees the first one's progress."""
    try:
        jobs.verify_soon(request.actor)
    except Conflict:
        return redirect("operations-audit")
    return redirect("operations-audit")


@needs(Category.AUDIT)
@require_GET
def standing(request: ActorRequest) -> HttpResponse:
    """How far the verification is: a part of the page that asks for itself while one is under way."""
    return render(request, "operations/_proof.html", {"proof": _proof()})


def _total(actor: Actor, form: TrailForm) -> int | None:
    """How many there are from a day on; the whole trail of years is not counted for every page."""
    return trail.events(actor, form.sought).count() if form.sought.since else None


def _proof() -> trail_words.Proof:
    return trail_words.proof(trail.last_asked(), trail.last_result())


def _about_patient(actor: Actor, form: TrailForm) -> dict[str, Any]:
    if not form.records:
        return {}
    head = next((row for row in reversed(form.records) if not row.merged_into_id), form.records[-1])
    named = can(actor, Category.IDENTITY) or can(actor, Category.RECORD)
    seers = [(one, form.address(person=one.actor_id or trail.THE_SYSTEM)) for one in trail.who_saw(actor, form.sought)]
    shown = banner(head, numbers_for(actor, [head.id]).get(head.id, []), url=can(actor, Category.IDENTITY)) if named else None
    return {"banner": shown, "seers": seers}
