"""What a move gives people to do."""

from __future__ import annotations

from muniment.coding.models import FinalCoding
from muniment.encounters.models import Encounter
from muniment.misfiling.models import Move, Receiver
from muniment.misfiling.queues import ASTRAY, ASTRAY_SUBJECT, CAME_BACK, CODING_AGAIN, LOOK_AGAIN, SCREENING, SUBJECT
from muniment.record.models import Entry
from muniment.ui.words import inside
from muniment.work.actions import NewItem
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE


def screening(row: Move, receivers: int) -> NewItem:
    who = f"{receivers} {'person or production has' if receivers == 1 else 'people or productions have'} seen it there"
    return NewItem(
        queue=SCREENING, subject=(SUBJECT, str(row.id)), title=f"{row.title} was in the wrong chart",
        reason=f"{'Moved' if row.to_patient_id else 'Taken out'} by {row.actor_name}; {who if receivers else 'nobody has seen it there'}.", facility_id=row.from_facility_id,
        patient_id=row.from_patient_id, encounter_id=row.from_encounter_id, priority=1,
    )  # fmt: skip


def notice(row: Move, seen: Receiver) -> NewItem:
    """To one viewer. It names neither the other patient nor where the entry is now."""
    return NewItem(
        queue=LOOK_AGAIN, subject=("misfiled-view", str(seen.id)), title=f"{row.title}: it belonged to another patient",
        reason=f"You opened it in this chart on {seen.last_at:%d %b %Y}. It is marked as entered in error now:"
        " look whether anything you did rests on it.",
        facility_id=row.from_facility_id, patient_id=row.from_patient_id, encounter_id=row.from_encounter_id, owner_id=seen.user_id,
    )  # fmt: skip


def coding_items(row: Move) -> list[NewItem]:
    """For each of the two stays that is finally coded: look at the coding again."""
    sides = {row.from_encounter_id: "out of", row.to_encounter_id: "into"}
    patients = [one for one in (row.from_patient_id, row.to_patient_id) if one]
    coded = FinalCoding.objects.filter(patient_id__in=patients, encounter_id__in=[one for one in sides if one])
    stays = Encounter.objects.filter(patient_id__in=patients, id__in=coded.values_list("encounter_id", flat=True))
    return [
        NewItem(
            queue=CODING_AGAIN, subject=("misfiled-coding", str(stay.id)), title=f"Look at the coding of {stay.visit_number} again",
            reason=f"{row.title} was moved {sides[stay.id]} this chart after it was finally coded. Code it again if a code rests on it,"
            f" or complete this: “{inside(row.reason)}”",
            facility_id=stay.facility_id, patient_id=stay.patient_id, encounter_id=stay.id,
        )
        for stay in stays.order_by("id")
    ]  # fmt: skip


def came_back(entry: Entry) -> NewItem:
    """Its source has sent it to the wrong chart again."""
    title = inside(entry.label or "an entry")
    return NewItem(
        queue=CAME_BACK, subject=("misfiled-return", str(entry.entry_id)), title=f"Sent to the wrong chart again: {title}",
        reason="It was moved to the right patient, and its source has sent it to this one once more. Move it again,"
        " and tell the sender which patient it belongs to.",
        facility_id=entry.facility_id, patient_id=entry.patient_id, encounter_id=entry.encounter_id, priority=2,
    )  # fmt: skip


def astray(entry: Entry) -> NewItem:
    """Somebody found an outside entry to be another patient's."""
    return NewItem(
        queue=ASTRAY, subject=(ASTRAY_SUBJECT, str(entry.entry_id)), title=f"Not this patient’s: {inside(entry.label or 'an entry')}",
        reason=f"It came from {entry.origin} and was found to be another patient’s. Find whose it is and move it there.",
        facility_id=entry.facility_id, patient_id=entry.patient_id,
    )  # fmt: skip


def open_screening(row: Move) -> WorkItem | None:
    return WorkItem.objects.filter(
        queue_id=SCREENING, subject_type=SUBJECT, subject_id=str(row.id), state__in=ACTIVE
    ).first()  # fmt: skip
