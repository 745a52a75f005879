"""Rows of the day and the board: what templates place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from muniment.completion.models import ChartStatus
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.rules import CLASSES
from muniment.identity.models import Patient
from muniment.operations.completeness import Owing
from muniment.operations.web.figures import link
from muniment.ui import dates
from muniment.ui.shapes import Tone, Why
from muniment.work import places
from muniment.work.models import WorkItem
from muniment.work.queries import Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthRow:
    """A queue and how full it is; ``share`` is the late part in per cent."""

    name: str
    definition: str
    url: str
    late_url: str
    unowned_url: str
    active: int
    unowned: int
    late: int
    share: str
    oldest: str


def depth_rows(depths: Iterable[Depth], now: datetime, facility: str = "") -> list[DepthRow]:
    return [
        DepthRow(
            name=one.queue.name, definition=one.queue.definition, url=link("work-queue", one.queue.code, facility=facility),
            late_url=link("work-queue", one.queue.code, due="late", facility=facility),
            unowned_url=link("work-queue", one.queue.code, whose="unowned", facility=facility), active=one.active, unowned=one.unowned, late=one.late,
            share=f"{100 * one.late / one.active:.0f} %" if one.active else "", oldest=str((now - one.oldest).days) if one.oldest else "",
        )
        for one in depths
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OwingRow:
    """What a clinician owes; every number leads to its list."""

    who: str
    url: str
    late_url: str
    over_30_url: str
    open: int
    late: int
    over_30: int
    oldest: date


def owing_rows(owing: Iterable[Owing], facility: str = "") -> list[OwingRow]:
    rows = []
    for one in owing:
        owner = str(one.practitioner.id) if one.practitioner else "nobody"
        rows.append(
            OwingRow(
                who=str(one.practitioner or "Nobody yet"), url=link("completion-deficiencies", owner=owner, facility=facility),
                late_url=link("completion-deficiencies", owner=owner, late="0", facility=facility),
                over_30_url=link("completion-deficiencies", owner=owner, late="30", facility=facility), open=one.ages.open, late=one.ages.late,
                over_30=one.ages.bands[3], oldest=timezone.localdate(one.oldest),
            )
        )  # fmt: skip
    return rows


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
    patient_id: UUID | None


def item_rows(actor: Actor, items: Sequence[WorkItem]) -> list[ItemRow]:
    """One query for the patients' names, whatever the number of items."""
    patients = Patient.objects.in_bulk({one.patient_id for one in items if one.patient_id})
    return [
        ItemRow(
            title=one.title, patient=patients[one.patient_id].display_name if one.patient_id in patients else "",
            url=places.url_of(one),
            queue=one.queue.name, due=timezone.localdate(one.due_at) if one.due_at else None,
            why=Why(rule=one.reason, citation=one.citation), own=one.owner_id == actor.id, patient_id=one.patient_id,
        )
        for one in items
    ]  # fmt: skip


NOT_ANALYSED = ("not analysed", Tone.PLAIN)


def chart_state(chart: ChartStatus, now: datetime) -> tuple[str, Tone]:
    """How complete a chart is, in words."""
    if not chart.open_count:
        return "complete", Tone.OK
    lacks = f"lacks {chart.open_count}"
    if chart.delinquent_at and chart.delinquent_at <= now:
        return f"past its clock, {lacks}", Tone.LATE
    return lacks, Tone.DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRow:
    """A stay that ended."""

    patient: str
    url: str
    visit: str
    kind: str
    facility: str
    discharged: str
    state: str
    tone: Tone
    patient_id: UUID


def stay_rows(stays: Iterable[Encounter], charts: dict[UUID, ChartStatus], now: datetime) -> list[StayRow]:
    zone = timezone.get_current_timezone()
    states = {one.encounter_id: chart_state(one, now) for one in charts.values()}
    return [
        StayRow(
            patient=one.patient.display_name, url=link("record-chart", one.id), visit=one.visit_number, facility=one.facility.name,
            kind=CLASSES.get(one.class_code, one.class_code), discharged=dates.moment(one.discharged_at, zone) if one.discharged_at else "",
            state=states.get(one.id, NOT_ANALYSED)[0], tone=states.get(one.id, NOT_ANALYSED)[1],
            patient_id=one.patient_id,
        )
        for one in stays
    ]  # fmt: skip
