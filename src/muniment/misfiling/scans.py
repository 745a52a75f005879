"""A filed scan that was found to be another patient's: who read it in the wrong chart is told, as after a move (ADR 0021)."""

from __future__ import annotations

from muniment.misfiling import actions
from muniment.record.models import Entry
from muniment.scanning.happenings import ScanOfAnother
from muniment.scanning.models import Document


def of_another(happening: ScanOfAnother) -> None:
    """In the transaction that took it out, or filed it where it belongs: nobody can take it out and leave who read it untold."""
    entry = Entry.objects.get(patient_id=happening.patient_id, entry_id=happening.entry_id)
    actions.note_taken_out(
        actor=happening.actor, entry=entry, number=happening.number, target=_target(happening.document), reason=happening.reason
    )


def _target(document: Document) -> actions.FiledAt | None:
    """Where it is now; None while it waits to be indexed again."""
    if document.entry_id is None or document.patient_id is None:
        return None
    return actions.FiledAt(patient_id=document.patient_id, encounter_id=document.encounter_id, entry_id=document.entry_id)
