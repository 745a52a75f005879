"""Are these two records one person? Compared field by field; a person decides, with a reason, and goes on to the next."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.queries import Reach, reach
from muniment.core.request import ActorRequest
from muniment.identity import actions, panels, queries
from muniment.identity.models import Patient, PossibleMatch
from muniment.identity.rules import MatchState
from muniment.identity.web import presenters
from muniment.kernel.errors import Conflict, Refused
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

ANSWERS = {"same": (actions.decide_same, "Linked as one person."), "different": (actions.decide_different, "Kept apart.")}


@needs(Category.IDENTITY, Grade.WRITE)
@require_GET
def match(request: ActorRequest, match_id: UUID) -> HttpResponse:
    found, first, second = queries.match_for(request.actor, match_id)
    for row in (first, second):
        actions.note_view(actor=request.actor, patient_id=row.id, person_id=row.person_id, facility_id=row.facility_id)
    return _page(request, found, first, second)


@needs(Category.IDENTITY, Grade.WRITE)
@require_POST
def decide(request: ActorRequest, match_id: UUID, answer: str) -> HttpResponse:
    """``answer`` is "same" or "different". Without a reason the page comes back saying so."""
    found, first, second = queries.match_for(request.actor, match_id)
    if answer not in ANSWERS:
        raise Refused("There is no such answer.", remedy="Link as one person, or keep apart.")
    reason = request.POST.get("reason", "").replace("\0", " ").strip()[:400]
    if not reason:
        return _page(request, found, first, second, error="Say what decided it.", status=422)
    act, told = ANSWERS[answer]
    try:
        act(actor=request.actor, match_id=match_id, reason=reason, revision=_revision(request))
    except Conflict as conflict:
        return _page(request, found, first, second, error=str(conflict), reason=reason, status=409)
    messages.success(request, told)
    return redirect("work-queue", code=actions.MATCH_QUEUE)


def _revision(request: ActorRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _page(
    request: ActorRequest, found: PossibleMatch, first: Patient, second: Patient, *, error: str = "", reason: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    item = WorkItem.objects.filter(
        queue_id=actions.MATCH_QUEUE, subject_type="possible-match", subject_id=str(found.id), state__in=ACTIVE
    ).first()
    here = reach(request.actor)
    return render(request, "identity/match.html", {
        "match": found, "item": item, "is_open": found.state == MatchState.OPEN, "error": error, "reason": reason,
        "halves": [_half(request, row, name, here) for row, name in ((first, "record A"), (second, "record B"))],
        "compared": presenters.compared(first, second),
    }, status=status)  # fmt: skip


def _half(request: ActorRequest, row: Patient, name: str, here: Reach) -> dict[str, object]:
    numbers, elsewhere = presenters.numbers_within(row.identifiers.all(), here)
    return {
        "name": name, "banner": presenters.banner(row, numbers, comparing=name, url=True), "numbers": numbers, "row": row,
        "elsewhere": elsewhere, "facility": here.name(row.facility_id), "panels": panels.RECORD.panels(request.actor, row.id),
    }  # fmt: skip
