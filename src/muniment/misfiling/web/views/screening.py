"""The privacy screening of a move: who received or viewed it, who has been told, what is concluded."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts.rules import LABELS, Role
from muniment.core.request import ActorRequest, note_listed
from muniment.kernel.errors import NotAllowedInState, Problem, Refused
from muniment.misfiling import actions, permissions, queries, worklist
from muniment.misfiling.models import Move, Receiver
from muniment.misfiling.queues import SCREENING, SUBJECT
from muniment.misfiling.web.panels import other_url, whose
from muniment.work.models import WorkItem


@needs(Category.PRIVACY)
@require_GET
def screening(request: ActorRequest, move_id: UUID) -> HttpResponse:
    return _page(request, move_id)


def _page(request: ActorRequest, move_id: UUID, *, told: Problem | None = None, status: int = 200) -> HttpResponse:
    row = queries.move_for(request.actor, move_id)
    permissions.check_screen(request.actor, row, Grade.READ)
    note_listed(request, "screening", [one for one in (row.from_patient_id, row.to_patient_id) if one])
    entries = list(row.entries.all())
    item = worklist.open_screening(row)
    past = WorkItem.objects.filter(queue_id=SCREENING, subject_type=SUBJECT, subject_id=str(row.id)).order_by("id").last()
    return render(request, "misfiling/screening.html", {
        "move": row, "count": len(entries), "receivers": _receivers(row), "item": item, "told": told,
        "wrong": whose(request.actor, row.from_patient_id), "right": whose(request.actor, row.to_patient_id) if row.to_patient_id else "",
        "wrong_url": other_url(request.actor, row, entries[0].from_entry_id, there=False),
        "may": item is not None and can(request.actor, Category.PRIVACY, Grade.WRITE), "conclusion": request.POST.get("conclusion", ""),
        "ending": past.steps.order_by("at", "id").last() if past and not item else None, "queue": SCREENING,
        "works": can(request.actor, Category.WORK),
    }, status=status)  # fmt: skip


def _receivers(row: Move) -> list[tuple[Receiver, str, bool]]:
    """Each with the role's words, and whether it is the first that is not ticked."""
    found = list(row.receivers.all())
    first = next((one for one in found if one.told_at is None), None)
    return [(one, _role(one), one is first) for one in found]


def _role(one: Receiver) -> str:
    return LABELS[Role(one.role)] if one.role in set(Role) else one.role


@needs(Category.PRIVACY, Grade.WRITE)
@require_POST
def told(request: ActorRequest, move_id: UUID, receiver_id: UUID) -> HttpResponse:
    number = request.POST.get("revision", "")
    revision = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    try:
        row = actions.note_told(
            actor=request.actor, receiver_id=receiver_id, how=request.POST.get("how", ""), revision=revision
        )
    except Refused as problem:
        if problem.where != "how":
            raise
        return _page(request, move_id, told=problem, status=422)
    messages.success(request, f"Ticked: {row.name}.")
    return redirect("misfiling-screening", move_id=move_id)


@needs(Category.PRIVACY, Grade.WRITE)
@require_POST
def close(request: ActorRequest, move_id: UUID) -> HttpResponse:
    try:
        actions.close_screening(actor=request.actor, move_id=move_id, conclusion=request.POST.get("conclusion", ""))
    except (Refused, NotAllowedInState) as problem:
        if isinstance(problem, Refused) and problem.where != "conclusion":
            raise
        return _page(request, move_id, told=problem, status=422)
    messages.success(request, "The screening is closed.")
    return redirect("misfiling-screening", move_id=move_id)
