"""Read, sign, next: the document on the left, why it is here and the signature on the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Practitioner
from muniment.completion import actions, permissions, queries
from muniment.completion.models import Deficiency
from muniment.completion.rules import State
from muniment.completion.web import presenters, reading, reauthentication
from muniment.completion.web.forms import DeclineForm, SignForm
from muniment.core.request import ActorRequest
from muniment.encounters.queries import encounter
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import Conflict
from muniment.ui import dates
from muniment.ui.words import sentence_case


@needs(Category.COMPLETION, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def sign(request: ActorRequest, deficiency_id: UUID) -> HttpResponse:
    row, practitioner = _mine(request, deficiency_id)
    if row.state != State.OPEN:
        return _gone(request, row)
    if row.to_write:
        return redirect("completion-write", deficiency_id=row.id)
    entry = reading.unsigned(request.actor, row)
    form = reauthentication.form_for(request, SignForm, initial={"number": entry.number})
    if request.method == "POST" and reauthentication.confirmed(request, form):
        return _sign(request, row, form)
    return _page(request, row, form, reading.signing(row, entry, practitioner))


def _mine(request: ActorRequest, deficiency_id: UUID) -> tuple[Deficiency, Practitioner]:
    row, practitioner = queries.deficiency(request.actor, deficiency_id), queries.practitioner_of(request.actor)
    return row, permissions.check_owed(request.actor, row, practitioner)


def _gone(request: ActorRequest, row: Deficiency) -> HttpResponse:
    """Somebody, or the record itself, was quicker: said in a sentence, and on to the next."""
    last = queries.history(row)[0]
    messages.info(
        request, f"“{sentence_case(row.document_name)}” was {row.state} by {last.actor_name} in the meantime: {last.reason}"
    )
    return _onward(request, queries.next_after(request.actor, row.id))


def _sign(request: ActorRequest, row: Deficiency, form: SignForm) -> HttpResponse:
    following = queries.next_after(request.actor, row.id)
    try:
        signature = actions.sign(actor=request.actor, deficiency_id=row.id, number=form.cleaned_data["number"])
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return redirect("completion-sign", deficiency_id=row.id)
    when = dates.moment(signature.signed_at, zone_of(row))
    messages.success(request, f"Signed “{sentence_case(row.document_name)}” ({signature.meaning}), {when}.")
    return _onward(request, following)


def _onward(request: ActorRequest, following: Deficiency | None) -> HttpResponse:
    if following is None:
        return redirect("completion-inbox")
    return redirect("completion-write" if following.to_write else "completion-sign", deficiency_id=following.id)


def _page(request: ActorRequest, row: Deficiency, form: SignForm, signing: reading.Signing) -> HttpResponse:
    actor = request.actor
    stay, owed = encounter(actor, row.encounter_id), queries.inbox(actor)
    context: dict[str, Any] = {
        "row": row, "banner": presenters.banner(request.actor, row, stay), "why": presenters.why(row, stay), "task": presenters.task(row),
        "form": form, "shown": reading.shown(actor, row, request.GET.get("entry", "")), "signing": signing,
        "documents": reading.others(actor, row), "left": len(owed), "following": queries.after_among(owed, row.id),
        "due_on": presenters.due_on(row), "actor_name": actor.name, "decline": DeclineForm(initial={"revision": row.revision}),
    }  # fmt: skip
    return render(request, "completion/sign.html", context, status=422 if form.is_bound else 200)


@needs(Category.COMPLETION, Grade.WRITE)
@require_POST
def decline(request: ActorRequest, deficiency_id: UUID) -> HttpResponse:
    """Give it back to the records department, saying why."""
    row, _ = _mine(request, deficiency_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why it is not yours to complete.")
        return redirect("completion-sign", deficiency_id=row.id)
    form.check_unchanged(row.revision)
    following = queries.next_after(request.actor, row.id)
    actions.decline(actor=request.actor, deficiency_id=row.id, reason=form.cleaned_data["reason"])
    messages.success(request, f"Declined “{sentence_case(row.document_name)}”. The records department finds whose it is.")
    return _onward(request, following)
