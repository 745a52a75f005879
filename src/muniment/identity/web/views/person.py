"""A person: the source records linked to them, what each says, their numbers, stays, and how the links came about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts.queries import Reach, reach
from muniment.core.request import ActorRequest
from muniment.identity import actions, panels, queries
from muniment.identity.models import Patient, PatientIdentifier
from muniment.identity.web import presenters


@needs(Category.IDENTITY)
@require_GET
def person(request: ActorRequest, person_id: UUID) -> HttpResponse:
    actor = request.actor
    records = queries.person_records(actor, person_id)
    ids = [row.id for row in records]
    here = reach(actor)
    within = {one: presenters.numbers_within(found, here) for one, found in queries.numbers_of(ids).items()}
    numbers = {one: shown for one, (shown, _) in within.items()}
    names = {
        row.id: presenters.number_words(queries.chief_number(numbers.get(row.id, []))) or row.display_name for row in records
    }
    head = _head(records)
    actions.note_view(actor=actor, patient_id=head.id, person_id=person_id, facility_id=head.facility_id)
    return render(request, "identity/person.html", {
        "banner": presenters.banner(head, numbers.get(head.id, []), url=False),
        "records": [_section(row, *within.get(row.id, ([], "")), here, names) for row in records],
        "panels": panels.PERSON.panels(actor, ids),
        "events": presenters.link_events(queries.link_history(ids), names),
        "retired": _retired(request, records, names),
        "questions": queries.questions_about(ids) if can(actor, Category.IDENTITY, Grade.WRITE) else [],
    })  # fmt: skip


def _head(records: Sequence[Patient]) -> Patient:
    """The record the banner speaks from: the newest that was not merged away."""
    return next((row for row in reversed(records) if not row.merged_into_id), records[-1])


def _section(
    row: Patient, numbers: Sequence[PatientIdentifier], elsewhere: str, here: Reach, names: dict[UUID, str]
) -> dict[str, object]:
    merged = names.get(row.merged_into_id, "") if row.merged_into_id else ""
    return {
        "row": row, "name": names[row.id], "facts": presenters.demographics(row, here.name(row.facility_id)), "numbers": numbers,
        "elsewhere": elsewhere, "flags": presenters.flags(row, merged),
    }  # fmt: skip


def _retired(request: ActorRequest, records: Sequence[Patient], names: dict[UUID, str]) -> dict[str, str] | None:
    """The merged record that a search or link led from, and the one that survives it."""
    came_from = request.GET.get("from", "")
    row = next((one for one in records if str(one.id) == came_from and one.merged_into_id), None)
    if row is None or row.merged_into_id is None:
        return None
    return {"from": names[row.id], "to": names.get(row.merged_into_id, "another record")}
