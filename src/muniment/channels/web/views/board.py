"""The interfaces on one page: what came last, how much, what waits, what is silent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.channels import permissions, queries
from muniment.channels.web import presenters
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.ui.shapes import Why

DEFINITION = Why(
    rule="Counted for the whole house, since midnight. Kept back: inputs that could not be filed and scans that were refused, whatever "
    "became of them later; the rate is their share of the day’s. In quarantine: those that wait there now. Unmatched: those of them whose numbers "
    "belong to no one patient. Silent: nothing came for longer than expected."
)


@needs(Category.SYSTEM)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    found, may_configure = queries.board(request.actor), permissions.can_configure(request.actor)
    return render(request, "channels/board.html", {
        "rows": presenters.rows(found, may_configure=may_configure), "may_configure": may_configure, "definition": DEFINITION,
        "silent": sum(1 for one in found if one.silent), "waiting": sum(one.waiting for one in found), "now": clock.now(),
    })  # fmt: skip
