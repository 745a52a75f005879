"""Reviews, questions and findings as templates place them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web.presenters import zone_of
from muniment.identity.web.presenters import whose
from muniment.openreview.models import OpenFinding, Review
from muniment.openreview.parameters import Question, Version
from muniment.openreview.rules import UNSETTLED, ActionState, Answer, Origin, ReviewState, State
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tab, Tone, Why
from muniment.work.names import Whose

TABS = (
    ("Figures", "openreview-figures"), ("Reviews", "openreview-reviews"), ("Findings", "openreview-findings"), ("Corrective actions", "openreview-actions"), ("Draws", "openreview-draws"),
)  # fmt: skip
UNDONE = (ReviewState.WAITING, ReviewState.BEGUN)
STATES = {
    ReviewState.WAITING: ("Waiting", Tone.DUE), ReviewState.BEGUN: ("Being reviewed", Tone.INFO), ReviewState.FINISHED: ("Finished", Tone.OK),
    ReviewState.LEFT_OUT: ("Left out", Tone.PLAIN),
}  # fmt: skip
FINDING_STATES = {
    State.OPEN: ("To be mended", Tone.DUE), State.SAID: ("Said to be mended", Tone.INFO), State.MENDED: ("Mended", Tone.OK),
    State.NOT_MENDED: ("Not mended", Tone.LATE),
}  # fmt: skip
ACTION_STATES = {
    ActionState.OPEN: ("To be carried out", Tone.DUE), ActionState.DONE: ("Carried out, measured", Tone.INFO), ActionState.EFFECTIVE: ("Effective", Tone.OK),
    ActionState.NOT_EFFECTIVE: ("Not effective", Tone.LATE),
}  # fmt: skip
ANSWERS = {
    Answer.YES: ("Yes", Tone.OK),
    Answer.NO: ("No", Tone.LATE),
    Answer.NA: ("Not applicable", Tone.PLAIN),
    "": ("Not answered", Tone.DUE),
}
ORIGINS = {Origin.DRAWN: "Drawn", Origin.FOCUSED: "Focused"}
DONE = {
    "openreview.draw": "Drawn by lot", "openreview.add": "Added by hand", "openreview.begin": "Begun", "openreview.answer": "Answered",
    "openreview.finish": "Finished", "openreview.leave-out": "Left out", "openreview.say-mended": "Said to be mended", "openreview.recheck": "Looked at again",
    "openreview.decide-action": "Decided", "openreview.carry-out-action": "Carried out", "openreview.judge-action": "Judged",
}  # fmt: skip


def tabs(now: str) -> list[Tab]:
    return [Tab(label, reverse(name), label == now) for label, name in TABS]


def address(name: str, **said: object) -> str:
    kept = {key: str(value) for key, value in said.items() if value not in ("", None)}
    return reverse(name) + (f"?{urlencode(kept)}" if kept else "")


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def per_cent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} %" if value in (0, 100) else f"{value:.1f} %"


def review_url(row: Review) -> str:
    return reverse("openreview-review", args=[row.id])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One review of the list."""

    url: str
    whose: Whose
    next: str
    state: str
    tone: Tone
    place: str  # unit and service
    focused: bool
    reason: str
    reviewer: str
    due: date | None
    today: date
    when: str


def lines(actor: Actor, rows: Sequence[Review], *, reviews: bool) -> list[Line]:
    """A fixed number of queries, whatever the number of rows."""
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    return [_line(one, named[one.patient_id, one.facility_id], reviews=reviews) for one in rows]


def _line(row: Review, named: Whose, *, reviews: bool) -> Line:
    zone, (state, tone) = zone_of(row), STATES[ReviewState(row.state)]
    undone = row.state in UNDONE
    return Line(
        url=review_url(row), whose=named, next="Review the chart" if undone and reviews else "Read it", state=state, tone=tone,
        place=", ".join(one for one in (row.unit, row.service) if one), focused=row.origin == Origin.FOCUSED, reason=row.reason, reviewer=row.reviewer_name,
        due=row.due_at.astimezone(zone).date() if undone and row.due_at else None, today=clock.now().astimezone(zone).date(),
        when=dates.day((row.finished_at or row.chosen_at).astimezone(zone)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN


def chart_line(row: Review) -> Link:
    state, tone = STATES[ReviewState(row.state)]
    when = dates.day((row.finished_at or row.chosen_at).astimezone(zone_of(row)))
    return Link(f"{ORIGINS[Origin(row.origin)]}, {when}", review_url(row), state, tone)


def finding_link(row: OpenFinding) -> Link:
    state, tone = FINDING_STATES[State(row.state)]
    return Link(row.text, reverse("openreview-finding", args=[row.id]), state, tone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the worksheet as it stands: ``answer`` is "" until somebody or the record has answered."""

    number: int
    code: str
    text: str
    citation: str
    mend: str
    answer: str
    words: str
    tone: Tone
    by: str
    comment: str
    machine: str = ""
    machine_words: str = ""
    places: Sequence[Link] = ()
    why: Why | None = None
    overruled: bool = False
    wrong: str = ""


MEND = {
    "attending": "The attending is told",
    "author": "The author is told",
    "records": "The records department is told",
    "": "",
}


def asked(row: Review, questions: Sequence[Question], zone: ZoneInfo) -> list[Asked]:
    return [_asked(row, one, number, zone) for number, one in enumerate(questions, 1)]


def one_asked(row: Review, questions: Sequence[Question], code: str, zone: ZoneInfo) -> Asked:
    return next(one for one in asked(row, questions, zone) if one.code == code)


def _asked(row: Review, question: Question, number: int, zone: ZoneInfo) -> Asked:
    kept = row.answers.get(question.code, {})
    machine = kept.get("machine") or {}
    given = kept.get("answer", "")
    words, tone = ANSWERS[given]
    return Asked(
        number=number, code=question.code, text=question.text, citation=question.citation, mend=MEND[question.mend], answer=given, words=words, tone=tone,
        by="the record" if kept.get("by") == "check" else kept.get("by", ""), comment=kept.get("comment", ""),
        machine=ANSWERS[machine["answer"]][0] if machine.get("answer") else "", machine_words=machine.get("words", ""),
        places=[_place(row, one) for one in machine.get("places", [])], why=_why(question, machine, zone) if machine else None,
        overruled=bool(machine.get("answer") and given and given != machine["answer"]),
    )  # fmt: skip


def _place(row: Review, one: Mapping[str, str]) -> Link:
    url = reverse("openreview-document", args=[row.id, one["entry"]]) if one["entry"] else ""
    return Link(one["words"], url)


def _why(question: Question, machine: Mapping[str, Any], zone: ZoneInfo) -> Why:
    inputs = [
        Input("Asked of the record", dates.moment(datetime.fromisoformat(machine["at"]), zone)),
        Input("It says", machine["words"]),
    ]
    inputs += [Input("Rests on", one["words"]) for one in machine.get("places", [])]
    return Why(rule=machine.get("rule") or question.text, citation=machine.get("citation") or question.citation, inputs=inputs)


def sections(found: Sequence[Asked], questions: Sequence[Question]) -> list[tuple[str, list[Asked]]]:
    """In the order of the worksheet, each section where it first stands."""
    named: dict[str, list[Asked]] = {}
    for one, question in zip(found, questions, strict=True):
        named.setdefault(question.section, []).append(one)
    return list(named.items())


def review_facts(row: Review, stay: Encounter, version: Version | None) -> list[Fact]:
    zone = zone_of(row)
    told = [
        Fact(label="Why it is in", value=row.reason), Fact(label="Service", value=row.service), Fact(label="Unit", value=row.unit),
        Fact(label="Attending", value=str(stay.attending or "")),
    ]  # fmt: skip
    if version:
        why = Why(rule=version.rule.statement, citation=version.rule.citation, verified=version.rule.verified)
        told.append(Fact(label="Worksheet", value=f"version {version.rule.number}", why=why))
    if row.begun_at:
        told.append(Fact(label="Begun", value=dates.moment(row.begun_at, zone)))
    if row.finished_at:
        told.append(Fact(label="Finished", value=f"{dates.moment(row.finished_at, zone)}, {row.reviewer_name}"))
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    url: str
    whose: Whose
    next: str
    text: str
    words: str
    owner: str
    unit: str
    state: str
    tone: Tone
    days: int
    when: str


def finding_lines(actor: Actor, rows: Sequence[OpenFinding], *, reviews: bool) -> list[FindingLine]:
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    return [_finding_line(one, named[one.patient_id, one.facility_id], reviews=reviews) for one in rows]


def _finding_line(row: OpenFinding, named: Whose, *, reviews: bool) -> FindingLine:
    state, tone = FINDING_STATES[State(row.state)]
    still = row.state in UNSETTLED
    doing = "Look again" if row.state == State.SAID else "Have it mended"
    return FindingLine(
        url=reverse("openreview-finding", args=[row.id]), whose=named, next=doing if still and reviews else "Read it", text=row.text, words=row.words,
        owner=str(row.owner or "Records department"), unit=row.unit, state=state, tone=tone,
        days=((row.settled_at or clock.now()) - row.found_at).days, when=dates.moment(row.found_at, zone_of(row)),
    )  # fmt: skip


def finding_facts(row: OpenFinding, citation: str) -> list[Fact]:
    zone = zone_of(row)
    told = [
        Fact(label="Question", value=row.text), Fact(label="Found", value=f"{row.words}"), Fact(label="When", value=dates.moment(row.found_at, zone)),
        Fact(label="Standard", value=citation), Fact(label="Who can mend it", value=str(row.owner or "Records department")),
        Fact(label="Unit", value=row.unit),
    ]  # fmt: skip
    if row.said:
        told.append(Fact(label="Said to be mended", value=f"{row.said} {row.said_by}"))
    if row.settled_at:
        told.append(Fact(label="Settled", value=f"{dates.moment(row.settled_at, zone)}, {row.settled_by}: {row.settled_why}"))
    return told


def events(rows: Sequence[LifecycleEvent], zone: ZoneInfo) -> list[Event]:
    """What happened, newest first as given; answers are not told one by one."""
    return [
        Event(what=_what(one), who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason, tone=_tone(one))
        for one in rows
        if one.name != "openreview.answer"
    ]


def found(row: OpenFinding) -> Event:
    """How a finding began: with the review that found it."""
    review = Review.objects.get(patient_id=row.patient_id, id=row.review_id)
    return Event(
        what="Found",
        who=review.reviewer_name,
        when=dates.moment(row.found_at, zone_of(row)),
        why=review.reason,
        url=review_url(review),
    )


def _what(one: LifecycleEvent) -> str:
    said = DONE.get(one.name, one.name)
    state = one.after.get("state", "") if one.name == "openreview.recheck" else ""
    return f"{said}: {state}" if state else said


def _tone(one: LifecycleEvent) -> Tone:
    return {"openreview.finish": Tone.OK, "openreview.recheck": Tone.INFO, "openreview.leave-out": Tone.DUE}.get(
        one.name, Tone.PLAIN
    )


def history(subject: UUID) -> list[LifecycleEvent]:
    """What happened to a review or a finding, newest first."""
    return list(
        LifecycleEvent.objects.filter(subject_id=str(subject), name__startswith="openreview.").order_by("-at", "-id")[:200]
    )
