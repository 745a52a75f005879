"""One draw, drawn again from what is kept before the reader's eyes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import check_facility
from muniment.access.rules import Category
from muniment.codingaudit import actions, permissions
from muniment.codingaudit.models import AuditDraw
from muniment.core import keys
from muniment.core.request import ActorRequest
from muniment.kernel import lots
from muniment.kernel.errors import Refused
from muniment.ui import dates
from muniment.ui.shapes import Fact, Why

DEFINITION = Why(
    rule="On the days of the plan, for each coder and each sample, the final codings the plan speaks of are put in the order of SHA-256 over the seed and the "
    "stay’s identifier; the first ones are drawn. The seed is made of facility, coder, sample and day with a key of the installation: nobody can foresee it or "
    "choose another, and a sample is drawn once a day.",
    citation="FIPS 180-4 (SHA-256), RFC 2104 (HMAC)",
)


@needs(Category.CODING)
@require_GET
def draw(request: ActorRequest, draw_id: UUID) -> HttpResponse:
    row = AuditDraw.objects.select_related("facility").filter(id=draw_id).first()
    if row is None or not permissions.oversees(request.actor):
        raise Refused("There is nothing here that you may see.")
    check_facility(request.actor, [row.facility_id])
    seed = lots.seed(
        keys.named(actions.KEY), "coding audit", row.facility.code, str(row.coder_id), row.sample, row.day.isoformat()
    )
    facts = [
        Fact(label="Coder", value=row.coder_name), Fact(label="Sample", value=row.sample), Fact(label="Day", value=dates.day(row.day)),
        Fact(label="Final codings to draw from", value=f"{len(row.population):,}"), Fact(label="Asked for", value=f"{row.wanted:,}"),
        Fact(label="Drawn", value=f"{len(row.drawn):,}"), Fact(label="Seed", value=bytes(row.seed).hex()),
    ]  # fmt: skip
    return render(request, "codingaudit/draw.html", {
        "row": row, "facts": facts, "definition": DEFINITION, "own": seed == bytes(row.seed),
        "same": lots.in_order(bytes(row.seed), row.population)[: row.wanted] == list(row.drawn),
    })  # fmt: skip
