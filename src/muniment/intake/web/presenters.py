"""Inputs as rows, facts and events: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.accounts.models import Facility
from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.identity.models import Patient
from muniment.identity.web.presenters import partial
from muniment.intake.models import Input
from muniment.intake.rules import Status, titled
from muniment.intake.web import words
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Tone, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a list of inputs. ``patient`` and ``chart_url`` are empty where the reader may not see them."""

    input: Input
    what: str
    format: str
    state: str
    tone: Tone
    age: int  # days since it came
    patient: str = ""
    chart_url: str = ""
    owner: str = ""


def rows(actor: Actor, inputs: Sequence[Input], owners: dict[str, str] | None = None) -> list[Row]:
    """One query for the patients of all of them, none where the reader may not know them."""
    patients = _patients(actor, {one.patient_id for one in inputs if one.patient_id})
    return [_row(actor, one, patients.get(one.patient_id) if one.patient_id else None, owners or {}) for one in inputs]


def _row(actor: Actor, one: Input, patient: Patient | None, owners: dict[str, str]) -> Row:
    state, tone = words.STATES[Status(one.status)]
    return Row(
        input=one, what=titled(one.format, one.kind), format=words.FORMATS[one.format], state=state, tone=tone,
        age=(clock.now() - one.received_at).days, patient=patient.display_name if patient else "",
        chart_url=chart_url(actor, one, patient), owner=owners.get(str(one.id), ""),
    )  # fmt: skip


def named(actor: Actor, inputs: Sequence[Input]) -> list[UUID]:
    """Whose names a list of these shows this reader."""
    return [one.patient_id for one in inputs if one.patient_id] if _may_know(actor) else []


def _may_know(actor: Actor) -> bool:
    return can(actor, Category.IDENTITY) or can(actor, Category.RECORD)


def _patients(actor: Actor, wanted: set[UUID]) -> dict[UUID, Patient]:
    if not wanted or not _may_know(actor):
        return {}
    return {one.id: one for one in Patient.objects.filter(id__in=wanted)}


def chart_url(actor: Actor, one: Input, patient: Patient | None) -> str:
    """The chart of its stay, else its person; nothing for a role that may open neither."""
    if patient is None or not can(actor, Category.RECORD):
        return ""
    if one.encounter_id:
        return reverse("record-chart", args=[one.encounter_id])
    return reverse("identity-person", args=[patient.person_id]) if can(actor, Category.IDENTITY) else ""


def facts(row: Row, facility: Facility | None) -> list[Fact]:
    one, zone = row.input, timezone.get_current_timezone()
    found = [
        Fact(label="Channel", value=one.source),
        Fact(label="Name", value=one.name),
        Fact(label="Sender", value=one.sender) if one.sender else None,
        Fact(label="Came in", value="the message it was attached to", url=reverse("intake-input", args=[one.envelope_id]))
        if one.envelope_id and one.envelope_id != one.id
        else None,
        Fact(label="Part", value=one.place) if one.place else None,
        Fact(label="Format", value=row.format),
        Fact(label="Kind", value=one.kind),
        Fact(label="Control id", value=one.control_id),
        Fact(label="Facility", value=str(facility.name) if facility else ""),
        Fact(label="Size", value=words.size(one.size)),
        Fact(label="Received", value=dates.moment(one.received_at, zone)),
        Fact(label="Sent", value=partial(one.sent_at)),
        Fact(label="Malware found", value=one.malware) if one.malware else None,
        Fact(label="SHA-256", value=bytes(one.sha256).hex(), why=_HASH),
        *_consequences(row),
    ]
    return [fact for fact in found if fact]


_HASH = Why(
    rule="The original bytes are kept under this hash and are proved against it each time they are read. The same bytes again change nothing."
)


def _consequences(row: Row) -> list[Fact]:
    one = row.input
    if one.status == Status.FILED:
        return [
            Fact(label="Entries filed", value=f"{one.entries:,}"),
            Fact(
                label="Patient",
                value=row.patient or ("known, not shown to your role" if one.patient_id else "none"),
                url=row.chart_url,
            ),
        ]
    if one.corrected_by_id:
        return [
            Fact(
                label="Filed as",
                value="the input that was filed for it",
                url=reverse("intake-input", args=[one.corrected_by_id]),
            )
        ]
    return []


def events(found: Sequence[LifecycleEvent]) -> list[Event]:
    zone = timezone.get_current_timezone()
    return [
        Event(what=_what(one), who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason, tone=_tone(one))
        for one in found
    ]


def _what(one: LifecycleEvent) -> str:
    after: dict[str, Any] = one.after
    if one.name == "intake.settle":
        return {"dismissed": "Dismissed", "corrected": "Filed again"}.get(after.get("status", ""), "Settled")
    if one.name == "intake.view":
        return f"Original {after.get('shown', 'seen')}"
    return words.EVENTS.get(one.name, one.name)


def _tone(one: LifecycleEvent) -> Tone:
    return {"intake.file": Tone.OK, "intake.quarantine": Tone.LATE}.get(one.name, Tone.PLAIN)
