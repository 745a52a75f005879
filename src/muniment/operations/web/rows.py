"""Rows of the day and the board: what templates place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.rules import CLASSES
from muniment.identity.models import Patient
from muniment.operations.web.figures import link
from muniment.ui import dates
from muniment.ui.shapes import Why
from muniment.work.models import WorkItem
from muniment.work.queries import Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthRow:
    """A queue and how full it is; ``share`` is the late part in per cent."""

    name: str
    definition: str
    url: str
    late_url: str
    active: int
    unowned: int
    late: int
    share: str
    oldest: str


def depth_rows(depths: Iterable[Depth], now: datetime) -> list[DepthRow]:
    return [
        DepthRow(
            name=one.queue.name, definition=one.queue.definition, url=link("work-queue", one.queue.code),
            late_url=link("work-queue", one.queue.code, due="late"), active=one.active, unowned=one.unowned, late=one.late,
            share=f"{100 * one.late / one.active:.0f} %" if one.active else "", oldest=str((now - one.oldest).days) if one.oldest else "",
        )
        for one in depths
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """A work item: whose it is about, what it is, when it is due, and why it is here."""

    title: str
    patient: str
    url: str
    queue: str
    due: date | None
    why: Why
    own: bool


def item_rows(actor: Actor, items: Sequence[WorkItem]) -> list[ItemRow]:
    """One query for the patients' names, whatever the number of items."""
    patients = Patient.objects.in_bulk({one.patient_id for one in items if one.patient_id})
    return [
        ItemRow(
            title=one.title, patient=patients[one.patient_id].display_name if one.patient_id in patients else "",
            url=link("work-item", one.id),
            queue=one.queue.name, due=timezone.localdate(one.due_at) if one.due_at else None,
            why=Why(rule=one.reason, citation=one.citation), own=one.owner_id == actor.id,
        )
        for one in items
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRow:
    """A stay that ended."""

    patient: str
    url: str
    visit: str
    kind: str
    facility: str
    discharged: str


def stay_rows(stays: Iterable[Encounter]) -> list[StayRow]:
    zone = timezone.get_current_timezone()
    return [
        StayRow(
            patient=one.patient.display_name, url=link("record-chart", one.id), visit=one.visit_number, facility=one.facility.name,
            kind=CLASSES.get(one.class_code, one.class_code), discharged=dates.moment(one.discharged_at, zone) if one.discharged_at else "",
        )
        for one in stays
    ]  # fmt: skip
