"""The out-guide and the label of a volume, as PDF."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.identity import queries as identity
from muniment.kernel.errors import NotAllowedInState
from muniment.tracking import actions, queries, typeset
from muniment.tracking.rules import State


@needs(Category.PAPER, Grade.WRITE)
@require_POST
def guide(request: ActorRequest, volume_id: UUID) -> HttpResponse:
    return _pdf(request, volume_id, "out-guide")


@needs(Category.PAPER, Grade.WRITE)
@require_POST
def label(request: ActorRequest, volume_id: UUID) -> HttpResponse:
    return _pdf(request, volume_id, "label")


def _pdf(request: ActorRequest, volume_id: UUID, what: str) -> HttpResponse:
    row = queries.volume(request.actor, volume_id)
    if what == "out-guide" and row.state != State.OUT:
        raise NotAllowedInState(f"Volume {row.number} is {row.state}: an out-guide stands for one that is out.")
    actions.note_printed(actor=request.actor, rows=[row], what=what)
    content = typeset.sheets([(row, identity.patient(row.patient_id))], guide=what == "out-guide")
    name = content_disposition_header(True, f"{what}-{row.number}.pdf")  # a record number is whatever its sender wrote
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name or "attachment"})
