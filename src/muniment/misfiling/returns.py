"""A source that sends a moved entry again, to the wrong patient as before: that is noticed in the transaction that files it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from muniment.accounts.queries import organisation_code
from muniment.core.actions import at_end, held
from muniment.core.actor import Actor
from muniment.misfiling import worklist
from muniment.misfiling.models import MovedEntry
from muniment.record.happenings import Filed
from muniment.record.models import Entry
from muniment.work import actions as work


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
    moved = MovedEntry.objects.filter(move__from_patient_id__in=patients).values_list("from_entry_id", flat=True)
    left = list(moved)
    back = list(Entry.objects.filter(patient_id__in=patients, entry_id__in=left, retracted=False)) if left else []
    if back:
        actor = Actor.system("misfiling", organisation=organisation_code())
        work.create(actor=actor, items=[worklist.came_back(one) for one in back])
