"""Deficiencies as banners, lines, facts and histories: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.completion.analysis import cited
from muniment.completion.models import ChartStatus, Deficiency, DeficiencyStep
from muniment.completion.opened import Opened
from muniment.completion.queries import discharges
from muniment.completion.rules import TASKS, Kind, State, Step
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.encounters.web.presenters import zone_of
from muniment.identity.web import presenters as patients
from muniment.record.web.presenters import when
from muniment.ui import dates, shapes
from muniment.ui.shapes import Event, Fact, Input, Tone, Why
from muniment.ui.words import inside, sentence_case
from muniment.work.names import Whose

TONES = {
    State.OPEN: Tone.DUE, State.COMPLETED: Tone.OK, State.CANCELLED: Tone.PLAIN, State.WAIVED: Tone.INFO, State.CLOSED: Tone.INFO,
}  # fmt: skip
MISSING = {Kind.UNAUTHENTICATED_ORDER: "Authentication of an order"}
STEPS = {
    Step.OPEN: ("Found missing", Tone.DUE),
    Step.COMPLETE: ("Completed", Tone.OK),
    Step.CANCEL: ("Cancelled", Tone.PLAIN),
    Step.REOPEN: ("Reopened", Tone.DUE),
    Step.DECLINE: ("Declined", Tone.LATE),
    Step.REASSIGN: ("Reassigned", Tone.INFO),
    Step.WAIVE: ("Waived", Tone.INFO),
    Step.CLOSE: ("Closed administratively", Tone.INFO),
}


def due_on(row: Deficiency) -> date:
    """The day it is due, by the facility's clock."""
    return row.due_at.astimezone(zone_of(row)).date()


def banner(actor: Actor, row: Deficiency, stay: Encounter) -> shapes.Patient:
    numbers = patients.numbers_for(actor, [row.patient_id]).get(row.patient_id, [])
    return patients.banner(row.patient, numbers, stay=stays.for_banner(stay, url=stays.chart_url(stay)), url=False)


def task(row: Deficiency) -> str:
    """What is to be done, with its object: "Sign discharge summary"."""
    return f"{TASKS[Kind(row.kind)]} {inside(row.document_name)}"


def why(row: Deficiency, stay: Encounter | None = None) -> Why:
    zone = zone_of(row)
    discharged = stay.discharged_at.astimezone(zone).date() if stay and stay.discharged_at else None
    return Why(
        rule=row.why, citation=cited(row), judged_on=discharged, verified=row.verified,
        inputs=[
            Input("Rule", f"{row.rule_code}, version {row.rule_number}"),
            Input("Found", dates.moment(row.opened_at, zone)),
            Input("Due", dates.moment(row.due_at, zone)),
        ],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list of deficiencies."""

    row: Deficiency
    patient: str
    number: str
    task: str
    due: date
    today: date
    age: int | None  # days since discharge


def lines(actor: Actor, rows: Sequence[Deficiency]) -> list[Line]:
    """The number is the one of the stay's facility, as in its banner. A fixed number of queries, whatever the number of rows."""
    whose = patients.whose(actor, {(row.patient_id, row.facility_id) for row in rows})
    discharged = discharges(rows)
    return [_line(row, whose[row.patient_id, row.facility_id], discharged.get(row.encounter_id)) for row in rows]


def _line(row: Deficiency, whose: Whose, discharged_at: datetime | None) -> Line:
    now = clock.now()
    age = (now - discharged_at).days if discharged_at else None
    return Line(row, whose.name, whose.number, task(row), due_on(row), now.astimezone(zone_of(row)).date(), age)


def _about(row: Deficiency) -> Fact:
    name = sentence_case(row.document_name)
    if row.kind == Kind.UNAUTHENTICATED_ORDER:
        return Fact(label="Order", value=name)
    return Fact(label="Document", value=f"{name} (LOINC {row.document_code})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """One document to be signed with others; ``opened`` when, in words, empty where it was not opened as it now stands."""

    line: Line
    value: str
    version: int
    author: str
    written: str  # the document's own time, as exact as it is known: several of a patient's are told apart by it
    opened: str


def to_sign(line: Line, one: Opened) -> ToSign:
    return ToSign(
        line=line, value=f"{one.deficiency.id}:{one.entry.number}", version=one.entry.number,
        author=one.entry.author_name or "Author not recorded", written=when(one.entry, zone_of(one.deficiency)),
        opened=dates.moment(one.at, zone_of(one.deficiency)) if one.at else "",
    )  # fmt: skip


def facts(row: Deficiency, stay: Encounter) -> list[Fact]:
    zone = zone_of(row)
    told = [
        Fact(label="Why it is here", value=row.why, why=why(row, stay)),
        Fact(label="Missing", value=MISSING.get(Kind(row.kind), row.kind.removeprefix("missing ").capitalize())),
        _about(row),
        Fact(label="Responsible", value=str(row.responsible or "Nobody yet")),
        Fact(label="Due", value=dates.moment(row.due_at, zone)),
        Fact(label="Found", value=dates.moment(row.opened_at, zone)),
        Fact(label="Rule", value=f"{row.rule_code}, version {row.rule_number}"),
    ]
    if row.closed_at:
        told.append(Fact(label=row.state.capitalize(), value=f"{dates.moment(row.closed_at, zone)}: {row.closed_why}"))
    return told


def events(row: Deficiency, steps: Sequence[DeficiencyStep], names: dict[UUID, str]) -> list[Event]:
    zone = zone_of(row)
    return [_event(one, zone, names) for one in steps]


def _event(one: DeficiencyStep, zone: ZoneInfo, names: dict[UUID, str]) -> Event:
    words, tone = STEPS[Step(one.step)]
    to = f" to {names[one.responsible_id]}" if one.step == Step.REASSIGN and one.responsible_id in names else ""
    return Event(what=words + to, who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason, tone=tone)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A chart that lacks something; ``since`` is when its clock ran or runs out."""

    status: ChartStatus
    whose: Whose
    discharged: str
    since: date | None
    today: date
    delinquent: bool
    age: int  # days since discharge


def charts(actor: Actor, rows: Sequence[ChartStatus], now: datetime) -> list[ChartRow]:
    """A fixed number of queries, whatever the number of rows."""
    whose = patients.whose(actor, {(row.patient_id, row.facility_id) for row in rows})
    return [_chart(row, whose[row.patient_id, row.facility_id], now) for row in rows]


def _chart(row: ChartStatus, whose: Whose, now: datetime) -> ChartRow:
    zone = ZoneInfo(row.facility.zone)
    since = row.delinquent_at
    return ChartRow(
        status=row, whose=whose, discharged=dates.day(row.discharged_at.astimezone(zone)), today=now.astimezone(zone).date(),
        since=since.astimezone(zone).date() if since else None, delinquent=bool(since and since <= now), age=(now - row.discharged_at).days,
    )  # fmt: skip
