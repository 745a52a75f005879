"""What a move did: where the entry is now, who has been given what to do."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest, note_listed
from muniment.kernel.errors import NotAllowedInState
from muniment.misfiling import queries
from muniment.misfiling.web.panels import other_url, whose
from muniment.record.queries import entries as standing


@needs(Category.INTAKE, Grade.WRITE)
@require_GET
def done(request: ActorRequest, move_id: UUID) -> HttpResponse:
    row = queries.move_for(request.actor, move_id)
    if row.to_patient_id is None:
        raise NotAllowedInState("This scan was taken out of a chart, not moved.", remedy="It waits to be indexed again.")
    first = list(row.entries.all())
    note_listed(request, "move", [row.from_patient_id, row.to_patient_id])
    receivers = list(row.receivers.all())
    became = first[0].to_entry_id
    now = standing(request.actor, [row.to_patient_id], retracted=True).filter(entry_id=became).first() if became else None
    return render(request, "misfiling/done.html", {
        "move": row, "count": len(first), "receivers": receivers, "tasked": [one for one in receivers if one.told_at],
        "wrong": whose(request.actor, row.from_patient_id), "right": whose(request.actor, row.to_patient_id),
        "wrong_url": other_url(request.actor, row, first[0].from_entry_id, there=False),
        "right_url": other_url(request.actor, row, first[0].to_entry_id, there=True),
        "may_move": can(request.actor, Category.INTAKE, Grade.WRITE) and now is not None and not now.retracted, "now": now,
    })  # fmt: skip
