"""The downtime pack of a unit, to be printed; and made anew on the spot."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.downtime import actions, queries
from muniment.kernel.errors import Refused
from muniment.record import blobs
from muniment.record.web.views.original import PLUGIN


@needs(Category.DOWNTIME)
@require_GET
def pack(request: ActorRequest, pack_id: UUID) -> HttpResponse:
    row = queries.pack(request.actor, pack_id)
    if row.sha256 is None:
        raise Refused(
            "No form in force is marked for this pack.",
            remedy="Mark a form as part of the downtime pack, and have it approved.",
        )
    name = f"downtime-pack-{row.facility.code}-{row.as_of.isoformat()}.pdf"
    return HttpResponse(
        blobs.get(bytes(row.sha256)), content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff", "Content-Security-Policy": PLUGIN},
    )  # fmt: skip


@needs(Category.DOWNTIME, Grade.WRITE)
@require_POST
def make(request: ActorRequest) -> HttpResponse:
    """Bring every pack of the actor's facilities up to today."""
    made = sum(
        actions.make_packs(actor=request.actor, facility=one, day=clock.today()) for one in accounts.facilities(request.actor)
    )
    messages.success(
        request,
        f"{made} pack{'' if made == 1 else 's'} made anew." if made else "Every pack is of today and holds the forms in force.",
    )
    return redirect("downtime-board")
