"""Downtimes as rows, facts and history: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.downtime.models import Downtime, Paper
from muniment.downtime.queries import InForce, Reconciled
from muniment.downtime.rules import State
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tone, Why

TONES = {State.RUNNING: Tone.LATE, State.OVER: Tone.DUE, State.RECONCILED: Tone.OK}
HAPPENED = {
    "downtime.declare": "Declared", "downtime.end": "Systems are back", "downtime.enter": "A document was entered", "downtime.reconcile": "Reconciled",
    "downtime.link-scan": "A scan was filed", "downtime.no-paper": "A stay has no paper", "downtime.reopen": "Opened again",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    downtime: Downtime
    url: str
    state: str
    tone: Tone
    began: str
    ended: str


def row(one: Downtime) -> Row:
    zone = ZoneInfo(one.facility.zone)
    return Row(
        downtime=one, url=reverse("downtime-one", args=[one.id]), state=one.state.capitalize(), tone=TONES[State(one.state)],
        began=dates.moment(one.began, zone), ended=dates.moment(one.ended, zone) if one.ended else "",
    )  # fmt: skip


def facts(one: Downtime, governs: InForce, *, stays: int, left: int, entered: int) -> list[Fact]:
    shown, zone = row(one), ZoneInfo(one.facility.zone)
    statement = (
        governs.rule.statement
        if governs.rule
        else "Without a rule in force paper is entered by the next day, for stays of every class."
    )
    inputs = [
        Input("days to enter it", str(governs.enter_days)),
        Input("classes of stay", ", ".join(governs.classes) or "every"),
    ]
    verified = bool(governs.rule and governs.rule.verified)
    why = Why(rule=statement, citation=governs.cited, inputs=inputs, judged_on=one.day, verified=verified)
    due = dates.moment(governs.due(one.ended), zone) if one.ended else "systems are still down"
    return [
        Fact(label="Facility", value=one.facility.name),
        Fact(label="What was down", value=one.what),
        Fact(label="From", value=shown.began),
        Fact(label="Until", value=shown.ended or "still down"),
        Fact(label="Why", value=one.reason),
        Fact(label="Declared by", value=f"{one.declared_by}, {dates.moment(one.declared_at, zone)}"),
        Fact(label="Paper to be entered by", value=due, why=why),
        Fact(label="Documents entered", value=str(entered)),
        Fact(label="Stays in house", value=f"{stays}, {left} of them open"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A stay of the reconciliation."""

    one: Reconciled
    patient: str
    chart: str
    enter: str


def line(row_of: Downtime, one: Reconciled) -> Line:
    enter = f"{reverse('downtime-enter', args=[row_of.id])}?visit={one.encounter.visit_number}"
    return Line(
        one=one, patient=one.encounter.patient.display_name, chart=reverse("record-chart", args=[one.encounter.id]), enter=enter
    )


def paper(one: Paper, zone: ZoneInfo, names: dict[Any, Any], *, gone: bool) -> dict[str, Any]:
    url = reverse("record-document", args=[one.encounter_id, one.entry_id]) if one.encounter_id else ""
    patient = names.get(one.patient_id)
    return {
        "paper": one, "url": url, "patient": patient.display_name if patient else "", "acted": dates.moment(one.acted, zone),
        "entered": dates.moment(one.entered_at, zone), "gone": gone,
    }  # fmt: skip


def events(found: Sequence[LifecycleEvent], zone: ZoneInfo) -> list[Event]:
    return [
        Event(what=HAPPENED.get(one.name, one.name), who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason)
        for one in found
    ]
