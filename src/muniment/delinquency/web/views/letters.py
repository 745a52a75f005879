"""The letters that are due, reviewed before they are made; the batches that were, and their PDFs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.delinquency import actions, permissions, queries
from muniment.delinquency.queries import Due
from muniment.delinquency.web import presenters
from muniment.delinquency.web.presenters import ChartRow
from muniment.kernel.errors import Refused
from muniment.record import blobs
from muniment.ui.paging import page_of, plainly

PAGE = 25


@needs(Category.DELINQUENCY)
@require_GET
def letters(request: ActorRequest) -> HttpResponse:
    """What is due at each facility of the reader, and earlier batches."""
    rules, places = queries.book(), accounts.facilities(request.actor)
    wanted = [one for one in places if str(one.id) == request.GET.get("facility", "")] or places
    due = [(one, queries.letters_due(one, rules)) for one in wanted]
    shown = [letter for _, found in due for letter in found]
    names = presenters.people([debt for letter in shown for part in letter.parts for debt in part.debts])
    note_listed(request, "letters due", (part.owed.patient_id for letter in shown for part in letter.parts))
    rows = iter(presenters.parts_rows(request.actor, [one for letter in shown for one in letter.parts], names))
    part = keyset.page(
        queries.batches(request.actor), keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="made_at"
    )
    return render(request, "delinquency/letters.html", {
        "tabs": presenters.tabs("Letters"), "due": [_facility(request, one, found, names, rows) for one, found in due],
        "rule": presenters.rule_why(rules, "letters", clock.today()), "batches": part.rows,
        "page": page_of(part, plainly(facility=request.GET.get("facility", ""))),
    })  # fmt: skip


def _facility(
    request: ActorRequest, place: Facility, due: list[Due], names: dict[str, str], rows: Iterator[ChartRow]
) -> dict[str, object]:
    """``rows`` are those of every letter of the page, in order: each letter takes its own."""
    return {
        "facility": place, "count": len(due), "digest": actions.digest(due), "may": permissions.can(permissions.check_administer, request.actor, place.id),
        "letters": [{"due": one, "who": names[str(one.practitioner_id)], "charts": list(islice(rows, len(one.parts)))} for one in due],
    }  # fmt: skip


@needs(Category.DELINQUENCY, Grade.WRITE)
@require_POST
def make(request: ActorRequest) -> HttpResponse:
    """Make what was reviewed."""
    try:
        facility_id = UUID(request.POST.get("facility", ""))
    except ValueError as error:
        raise Refused("No facility was named.", remedy="Review the letters again.") from error
    row = actions.make_letters(actor=request.actor, facility_id=facility_id, reviewed=request.POST.get("reviewed", ""))
    messages.success(
        request, f"Made {presenters.count(row.letters, 'letter')} into one PDF. Print it, or come back to it here."
    )
    return redirect("delinquency-batch", batch_id=row.id)


@needs(Category.DELINQUENCY)
@require_GET
def batch(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """A batch as it was made: every letter with the list as it stood."""
    row = queries.batch(request.actor, batch_id)
    found = queries.letters_of(row)
    note_listed(request, "letters", (line.patient_id for one in found for line in one.lines.all()))
    return render(request, "delinquency/batch.html", {
        "row": row, "sha256": bytes(row.sha256).hex(),
        "letters": [{"row": one, "lines": sorted(one.lines.all(), key=lambda line: (-line.days, line.patient))} for one in found],
    })  # fmt: skip


@needs(Category.DELINQUENCY)
@require_GET
def pdf(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """The very bytes that were made."""
    row = queries.batch(request.actor, batch_id)
    lines = (line.patient_id for one in queries.letters_of(row) for line in one.lines.all())
    note_listed(request, "letters as PDF", lines)
    answer = HttpResponse(blobs.get(bytes(row.sha256)), content_type=actions.PDF)
    answer["Content-Disposition"] = f'inline; filename="letters-{row.made_at:%Y-%m-%d}.pdf"'
    return answer
