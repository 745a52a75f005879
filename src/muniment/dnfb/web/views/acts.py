"""A stay is held, and released."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import queries as coding
from muniment.core.request import ActorRequest
from muniment.dnfb import actions
from muniment.kernel.errors import Problem


@needs(Category.CODING, Grade.WRITE)
@require_POST
def place(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    stay = coding.stay(request.actor, encounter_id)
    held = actions.place(
        actor=request.actor, patient_id=stay.patient_id, encounter_id=stay.id, reason=request.POST.get("reason", ""),
        note=request.POST.get("note", ""), practitioner_id=_practitioner(request.POST.get("practitioner", "")),
    )  # fmt: skip
    messages.success(request, f"The stay is on hold: {held.name}.")
    return redirect("coding-workspace", encounter_id=encounter_id)


def _practitioner(said: str) -> UUID | None:
    try:
        return UUID(said) if said else None
    except ValueError as error:
        raise Problem("This practitioner is not in the directory.", where="practitioner") from error


@needs(Category.CODING, Grade.WRITE)
@require_POST
def release(request: ActorRequest, hold_id: UUID) -> HttpResponse:
    """Back to where it was released from: the list, or the workspace of the stay."""
    text = request.POST.get("revision", "")
    hold = actions.release(
        actor=request.actor, hold_id=hold_id, revision=int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0,
        why=request.POST.get("why", ""),
    )  # fmt: skip
    messages.success(request, f"Released: {hold.name}.")
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("coding-workspace", encounter_id=hold.encounter_id)
