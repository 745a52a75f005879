"""Which stays belong in the coding queue, and by when: judged by the rules of the day of discharge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.coding.models import FinalCoding
from muniment.coding.queues import CODING, SUBJECT
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status, stay_words
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleBook
from muniment.work.actions import NewItem

Subjects = list[tuple[str, str]]


def sort(stays: Sequence[tuple[UUID, UUID]]) -> tuple[list[NewItem], Subjects]:
    """The items these (patient, encounter) call for, and the subjects that no longer do. Three queries and one a discharge day."""
    found = Encounter.objects.select_related("patient", "facility").filter(
        patient_id__in=[patient for patient, _ in stays], id__in=[encounter for _, encounter in stays]
    )
    final = set(FinalCoding.objects.filter(encounter_id__in=[stay for _, stay in stays]).values_list("encounter_id", flat=True))
    book = cache(rulebook.at)
    wanted = {stay.id: _item(stay, book) for stay in found if stay.id not in final}
    items = [item for item in wanted.values() if item]
    unwanted = [(SUBJECT, str(encounter)) for encounter, item in wanted.items() if item is None]
    return items, unwanted


def _item(stay: Encounter, book: Callable[[date], RuleBook]) -> NewItem | None:
    if stay.status != Status.FINISHED or stay.discharged_at is None:
        return None
    local = stay.discharged_at.astimezone(ZoneInfo(stay.facility.zone))
    rules = book(local.date())
    classes = rules.find("coding.classes")
    if classes is None or stay.class_code not in classes.parameters["classes"]:
        return None
    kind = stay_words(stay.class_code)
    due = rules.find("coding.due")
    return NewItem(
        queue=CODING, subject=(SUBJECT, str(stay.id)), title=f"Code {kind.lower()} {stay.visit_number}",
        reason=f"{kind}, discharged {local.day} {local:%b %Y}, not coded yet.",
        citation="; ".join(rule.cited for rule in (classes, due) if rule)[:200], facility_id=stay.facility_id,
        patient_id=stay.patient_id, encounter_id=stay.id, due_at=_due(local, due.parameters["days"]) if due else None,
    )  # fmt: skip


def _due(discharged: datetime, days: int) -> datetime:
    """The end of the last day, at the facility."""
    return (discharged + timedelta(days=days)).replace(hour=23, minute=59, second=59, microsecond=0)
