"""A document in the wrong chart, and its move, for tests; built through actions only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from support import charts

WHY = "The face sheet shows another name."


def two_patients(house: Any) -> tuple[Any, Any]:
    """The stay of the wrong patient and that of the right one."""
    wrong = charts.add_stay(charts.add_patient(house.hospital), house.hospital)
    right = charts.add_patient(house.hospital, number="0050001", family="Ruiz", given="Marta", birth="1970-01-02")
    return wrong, charts.add_stay(right, house.hospital, number="V200")


def misfiled(stay: Any, **more: Any) -> UUID:
    said = charts.document() | {
        "subject": {"reference": f"Patient/{stay.patient_id}"},
        "context": {"encounter": [{"reference": f"Encounter/{stay.id}"}]},
    }
    return charts.file(stay, charts.new_version(said | more, stay, text=charts.NOTE))[0]


def move(house: Any, entry_id: UUID, wrong: Any, right: Any, *, role: str = "technician", number: int = 1, **more: Any) -> Any:
    from muniment.misfiling import actions

    target = actions.Target(patient_id=right.patient_id, encounter_id=right.id)
    given = {"actor": house.actor(role), "target": target, "reason": WHY} | more
    return actions.move(patient_id=wrong.patient_id, entry_id=entry_id, number=number, **given)


def became(row: Any, entry_id: UUID) -> Any:
    """The entry that a moved one is now."""
    from muniment.misfiling.models import MovedEntry
    from muniment.record.models import Entry

    to = MovedEntry.objects.get(move=row, from_entry_id=entry_id).to_entry_id
    return Entry.objects.get(patient_id=row.to_patient_id, entry_id=to)


def last(entry: Any) -> Any:
    """Its current version."""
    from muniment.record.models import Version

    return Version.objects.get(patient_id=entry.patient_id, entry_id=entry.entry_id, number=entry.number)
