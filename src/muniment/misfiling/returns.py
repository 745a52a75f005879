"""A source that sends a moved entry again, to the wrong patient as before: that is noticed in the transaction that files it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from muniment.accounts.queries import organisation_code
from muniment.core.actions import at_end, held
from muniment.core.actor import Actor
from muniment.misfiling import worklist
from muniment.misfiling.rules import MOVABLE
from muniment.record.happenings import Filed, FoundAstray
from muniment.record.models import Entry
from muniment.work import actions as work

_LEFT = """
SELECT from_entry_id FROM misfiling_entry AS entry JOIN misfiling_move AS move ON move.id = entry.move_id
WHERE move.from_patient_id = ANY(%s)
"""


@dataclass(slots=True)
class _Filed:
    """The patients this unit of work has filed something for."""

    patients: set[UUID] = field(default_factory=set)


def filed(happening: Filed) -> None:
    """Look once, at the end of the unit of work, whatever it files: one query while nothing of these patients was ever moved."""
    mine = held("misfiling.returns", _Filed)
    if not mine.patients:
        at_end(lambda: _look(mine))
    mine.patients.add(happening.patient_id)


def _look(mine: _Filed) -> None:
    patients, mine.patients = mine.patients, set()
    with connection.cursor() as cursor:  # whatever is filed asks this
        cursor.execute(_LEFT, [list(patients)])
        left = [entry_id for (entry_id,) in cursor.fetchall()]
    back = list(Entry.objects.filter(patient_id__in=patients, entry_id__in=left, retracted=False)) if left else []
    if back:
        actor = Actor.system("misfiling", organisation=organisation_code())
        work.create(actor=actor, items=[worklist.came_back(one) for one in back])


def astray(happening: FoundAstray) -> None:
    """An outside record is another patient's: what can be moved is put before who finds patients."""
    found = Entry.objects.filter(patient_id=happening.patient_id, entry_id__in=happening.entries, resource_type__in=MOVABLE)
    actor = Actor.system("misfiling", organisation=organisation_code())
    work.create(actor=actor, items=[worklist.astray(one) for one in found.order_by("entry_id")])
