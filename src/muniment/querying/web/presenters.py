"""Queries as templates place them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.identity.web import presenters as patients
from muniment.identity.web.presenters import whose
from muniment.querying.models import Query, QueryStep, QueryVersion
from muniment.querying.rules import RETENTION, Indicator, State, Step, Written
from muniment.rulebook import queries as rulebook
from muniment.ui import dates, shapes
from muniment.ui.shapes import Event, Fact, Input, Tone, Why
from muniment.work.names import Whose

STEPS = {
    Step.SEND: "Sent to", Step.REASSIGN: "Given to", Step.DECLINE: "Declined", Step.DEFER: "Set aside", Step.ESCALATE: "Put before an administrator",
    Step.ANSWER: "Answered", Step.WITHDRAW: "Withdrawn",
}  # fmt: skip
ASKING = Why(
    rule="A query asks for what only the clinician can say. It quotes the chart word for word, offers what its indicators support "
    "beside “other” and “unable to determine”, and never speaks of payment or quality figures.",
    citation="AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update)",
    verified=False,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One query of a list."""

    row: Query
    whose: Whose
    due: date
    today: date
    state: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Quoted:
    """An indicator with the way to where it stands."""

    number: int
    said: Indicator
    url: str


def banner(actor: Actor, stay: Encounter) -> shapes.Patient:
    numbers = patients.numbers_for(actor, [stay.patient_id]).get(stay.patient_id, [])
    return patients.banner(stay.patient, numbers, stay=stays.for_banner(stay, url=stays.chart_url(stay)), url=False)


def standing(row: Query) -> tuple[str, Tone]:
    if row.state == State.OPEN:
        return ("Overdue", Tone.LATE) if row.due_at < clock.now() else ("Open", Tone.DUE)
    return ("Answered", Tone.OK) if row.state == State.ANSWERED else ("Withdrawn", Tone.PLAIN)


def lines(actor: Actor, rows: Sequence[Query]) -> list[Line]:
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    return [_line(one, named[one.patient_id, one.facility_id]) for one in rows]


def _line(row: Query, named: Whose) -> Line:
    zone = ZoneInfo(row.facility.zone)
    return Line(row, named, row.due_at.astimezone(zone).date(), clock.now().astimezone(zone).date(), *standing(row))


def quoted(written: Written, stay: Encounter) -> list[Quoted]:
    return [Quoted(place, one, _url(one, stay)) for place, one in enumerate(written.indicators, 1)]


def _url(one: Indicator, stay: Encounter) -> str:
    """The version that was quoted, with the words marked."""
    words = " ".join(one.quote.split()[:12])
    said = {"version": one.version, "find": words} | ({"scope": "person"} if one.prior else {})
    return f"{reverse('record-document', args=[stay.id, one.entry_id])}?{urlencode(said)}"


def facts(row: Query, written: Written, version: QueryVersion) -> list[Fact]:
    zone = ZoneInfo(row.facility.zone)
    retention = rulebook.at(row.asked_at.astimezone(zone).date()).find(RETENTION)
    verbal = f"{written.verbal_at} by {written.verbal_by}" if written.verbal_at else ""
    found = [
        Fact(label="Asked by", value=f"{row.asked_by}, {dates.moment(row.asked_at, zone)}"),
        Fact(label="Asked of", value=str(row.responsible or "nobody yet")),
        Fact(label="Form", value=f"{row.form}{f', {written.use}' if written.use else ''}; {row.timing}"),
        Fact(label="Due", value=dates.moment(row.due_at, zone), why=due_why(row)),
        Fact(label="Checked by", value=f"{version.checked_by}: {len(version.checks)} checks, nothing found"),
    ]  # fmt: skip
    found += [Fact(label="Asked by word of mouth", value=verbal)] if verbal else []
    if retention:
        why = Why(rule=retention.statement, citation=retention.citation, verified=retention.verified)
        found.append(Fact(label="Kept", value=f"{retention.parameters.get('years')} years", why=why))
    return found


def due_why(row: Query) -> Why:
    zone = ZoneInfo(row.facility.zone)
    asked = Input("Asked", dates.moment(row.asked_at, zone))
    return Why(
        rule=f"The rule’s days for a {row.timing} query, from when it was asked.", citation=row.citation, inputs=[asked, Input("Due", dates.moment(row.due_at, zone))],
        judged_on=row.asked_at.astimezone(zone).date(), verified="(unverified)" not in row.citation,
    )  # fmt: skip


def events(row: Query, history: Sequence[QueryStep]) -> list[Event]:
    zone = ZoneInfo(row.facility.zone)
    return [
        Event(what=_what(one), who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason, tone=Tone.OK if one.step == Step.ANSWER else Tone.PLAIN)
        for one in history
    ]  # fmt: skip


def _what(step: QueryStep) -> str:
    words = STEPS[Step(step.step)]
    return f"{words} {step.responsible or 'nobody yet'}" if step.step in (Step.SEND, Step.REASSIGN) else words


def response_url(row: Query) -> str:
    return reverse("record-document", args=[row.encounter_id, row.response_id]) if row.response_id else ""
