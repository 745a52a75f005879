"""Documents that were closed without their author's signature, last first: by whom, why, and whether it was signed after all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.core import keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.identity.web.presenters import whose
from muniment.pending import queries
from muniment.pending.web import presenters
from muniment.record.models import Closure, Entry
from muniment.record.web.presenters import state_of
from muniment.ui import dates
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Why

PAGE = 50
DEFINITION = Why(
    rule="Each act by which an administrator closed a document without its author's signature. The document counts as completed by nobody. "
    "A later signature stands beside the closure; it does not take it back.",
    citation="ISO/HL7 10781 EHR-S FM R2.1.1, RI.1.3.1",
)


@needs(Category.COMPLETION)
@require_GET
def closed(request: ActorRequest) -> HttpResponse:
    found = queries.closures(request.actor)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="closed_at")
    note_listed(request, "closed documents", (one.patient_id for one in some.rows))
    return render(request, "pending/closed.html", {
        "tabs": presenters.tabs("Closed administratively"), "definition": DEFINITION, "page": page_of(some, plainly(), total=found.count()),
        "rows": _rows(request.actor, some.rows),
    })  # fmt: skip


def _rows(actor: Actor, closures: Sequence[Closure]) -> list[dict[str, Any]]:
    """A fixed number of queries, whatever the number of rows."""
    named = whose(actor, {(one.patient_id, one.facility_id) for one in closures})
    found = Entry.objects.filter(
        patient_id__in={one.patient_id for one in closures}, entry_id__in=[one.entry_id for one in closures]
    )
    entries = {one.entry_id: one for one in found.defer("keys")}
    zones = {one.id: ZoneInfo(one.zone) for one in accounts.facilities(actor)}
    return [
        _row(one, entries[one.entry_id], zones[one.facility_id]) | {"whose": named[one.patient_id, one.facility_id]}  # type: ignore[index]
        for one in closures
    ]  # fmt: skip


def _row(one: Closure, entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    state, tone = state_of(entry)
    return {
        "row": one, "document": presenters.title(entry), "author": entry.author_name or "Not known", "url": presenters.url(entry),
        "when": dates.moment(one.closed_at, zone), "state": state, "tone": tone,
    }  # fmt: skip
