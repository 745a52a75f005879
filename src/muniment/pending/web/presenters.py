"""Pending documents as lines, facts and histories: what templates place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.accounts.models import Facility, Practitioner
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.identity.web.presenters import whose
from muniment.pending.models import PendingStep
from muniment.pending.parameters import PROPOSALS_A_DAY, Book
from muniment.pending.queries import MOST_COUNTED, Standing
from muniment.pending.rules import Stage, Step
from muniment.record.exposure import Seen
from muniment.record.models import Closure, Entry, Signature, Version
from muniment.record.rules import Holder, VersionKind
from muniment.record.web import presenters as record
from muniment.record.web.reading import KIND_WORDS
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tab, Tone, Why
from muniment.ui.words import sentence_case
from muniment.work.names import Whose

STAGES = {
    Stage.RUNNING: ("Its author has time", Tone.PLAIN),
    Stage.NOTICE: ("Past the notice", Tone.DUE),
    Stage.EXTENDED: ("Given more time", Tone.INFO),
    Stage.DUE: ("To be decided", Tone.LATE),
}
NO_AUTHOR = "The record does not name its author"
NO_SIGN_IN = "has no sign-in here: nobody could be told"


def tabs(now: str) -> list[Tab]:
    places = (("Pending", "pending-documents"), ("Closed administratively", "pending-closed"))
    return [Tab(label, reverse(name), label == now) for label, name in places]


def title(entry: Entry) -> str:
    return sentence_case(entry.label) if entry.label else "Document"


def url(entry: Entry) -> str:
    return reverse("pending-document", args=[entry.patient_id, entry.entry_id])


def why(found: Standing) -> Why:
    zone = ZoneInfo(found.facility.zone)
    inputs = [
        Input("Type", found.kind), Input("Rule", f"{found.rule.code}, version {found.rule.number}"),
        Input("Filed here", dates.moment(found.clock.since, zone)),
        Input("Its author is told after", f"{found.days.notify_days} days, {dates.moment(found.clock.notify_at, zone)}"),
        Input("Proposed for closure after", f"{found.days.close_days} days, {dates.moment(found.clock.close_at, zone)}"),
    ]  # fmt: skip
    if found.extended:
        inputs.append(Input("More time until", dates.day(found.extended)))
    return Why(
        rule=found.rule.statement, citation=found.rule.cited, judged_on=found.clock.since.astimezone(zone).date(), inputs=inputs,
        verified=found.rule.verified,
    )  # fmt: skip


def waiting(count: int, facilities: Sequence[Facility], book: Book) -> str:
    """How many past their time are not proposed yet, and how fast they will be; nothing where none is."""
    if not count:
        return ""
    many = f"More than {MOST_COUNTED:,}" if count > MOST_COUNTED else f"{count:,}"
    wait = "1 document past its time waits" if count == 1 else f"{many} documents past their time wait"
    days = {one.zone: clock.now().astimezone(ZoneInfo(one.zone)).date() for one in facilities}
    most = {version.policy.proposals_a_day for day in days.values() if (version := book.on(day))} or {PROPOSALS_A_DAY}
    return (
        f"{wait} to be proposed for closure: each morning at most {max(most)} at each facility, those pending longest first. "
        "An administrator may decide about them before that."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One pending document of the list. ``next``: what the reader does, or whom it waits for."""

    url: str
    whose: Whose
    next: str
    document: str
    author: str
    note: str  # about its author: that nobody can be told
    age: int
    due: date
    today: date
    state: str
    tone: Tone
    why: Why


def lines(actor: Actor, found: Sequence[Standing], *, practitioner: Practitioner | None, decides: bool) -> list[Line]:
    """A fixed number of queries, whatever the number of rows."""
    named = whose(actor, {(one.entry.patient_id, one.facility.id) for one in found})
    authors = Practitioner.objects.select_related("user").in_bulk({one.entry.author_id for one in found if one.entry.author_id})
    own = practitioner.id if practitioner else None
    return [
        _line(one, named[one.entry.patient_id, one.facility.id], authors, mine=bool(own and one.entry.author_id == own), decides=decides)
        for one in found
    ]  # fmt: skip


def _line(one: Standing, named: Whose, authors: Mapping[UUID, Practitioner], *, mine: bool, decides: bool) -> Line:
    state, tone = STAGES[one.stage]
    known = authors.get(one.entry.author_id) if one.entry.author_id else None
    return Line(
        url=url(one.entry), whose=named, next=_next(one, mine=mine, decides=decides), document=title(one.entry),
        author=str(known or one.entry.author_name or "Not known"), note="" if _reachable(known) else "no sign-in here",
        age=one.age, due=one.close_on, today=one.today, state=state, tone=tone, why=why(one),
    )  # fmt: skip


def _next(one: Standing, *, mine: bool, decides: bool) -> str:
    if mine:
        return "Sign it"
    return "Close or extend" if decides and one.stage is Stage.DUE else "Wait for its author"


def _reachable(practitioner: Practitioner | None) -> bool:
    return bool(practitioner and practitioner.user and practitioner.user.is_active)


def author_words(entry: Entry, practitioner: Practitioner | None) -> str:
    if practitioner is None and not entry.author_name:
        return NO_AUTHOR
    name = str(practitioner or entry.author_name)
    return name if _reachable(practitioner) else f"{name}; {NO_SIGN_IN}"


def facts(entry: Entry, facility: Facility, practitioner: Practitioner | None, found: Standing | None) -> list[Fact]:
    zone = ZoneInfo(facility.zone)
    told = [
        Fact(label="Document", value=f"{title(entry)} ({entry.code})" if entry.code else title(entry)),
        Fact(label="Author", value=author_words(entry, practitioner)),
        Fact(label="Written", value=record.when(entry, zone)),
        Fact(label="Version", value=str(entry.number)),
    ]
    if found:
        told += [
            Fact(label="Pending since", value=f"{dates.moment(found.clock.since, zone)}, {found.age} days", why=why(found)),
            Fact(label="Proposed for closure", value=dates.day(found.close_on)),
        ]
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody who has seen it."""

    who: str
    what: str
    times: int
    first: str
    last: str


def looks(seen: Sequence[Seen], zone: ZoneInfo) -> list[Look]:
    return [
        Look(
            who=f"{one.name}, {one.role}" if one.kind is Holder.VIEWER else f"Asked for by {one.name}", what=one.what, times=one.times,
            first=dates.moment(one.first_at, zone), last=dates.moment(one.last_at, zone),
        )
        for one in seen
    ]  # fmt: skip


STEPS = {
    Step.NOTIFY: ("Author told", Tone.DUE),
    Step.PROPOSE: ("Proposed for closure", Tone.LATE),
    Step.EXTEND: ("Given more time", Tone.INFO),
}


def events(
    versions: Sequence[Version],
    steps: Sequence[PendingStep],
    signatures: Sequence[Signature],
    closures: Sequence[Closure],
    zone: ZoneInfo,
) -> list[Event]:
    """Everything that happened to it, newest first."""
    told: list[tuple[datetime, Event]] = [(one.recorded_at, _version(one, zone)) for one in versions]
    told += [(one.at, _step(one, zone)) for one in steps]
    told += [
        (one.signed_at, Event(what=f"Signed: {one.meaning}", who=one.printed_name, when=dates.moment(one.signed_at, zone), tone=Tone.OK))
        for one in signatures
    ]  # fmt: skip
    told += [
        (one.closed_at, Event(
            what="Closed administratively, never authenticated by its author", who=f"{one.closed_by}, {one.role}", why=one.reason,
            when=dates.moment(one.closed_at, zone), tone=Tone.LATE,
        ))
        for one in closures
    ]  # fmt: skip
    return [event for _, event in sorted(told, key=lambda pair: pair[0], reverse=True)]


def _version(one: Version, zone: ZoneInfo) -> Event:
    kind = KIND_WORDS.get(VersionKind(one.kind), one.kind)
    tone = Tone.LATE if one.kind == VersionKind.RETRACTION else Tone.PLAIN
    return Event(
        what=f"Version {one.number} filed: {kind.lower()}", who=one.author_name or "author not named", when=dates.moment(one.recorded_at, zone), why=one.reason, tone=tone
    )  # fmt: skip


def _step(one: PendingStep, zone: ZoneInfo) -> Event:
    words, tone = STEPS[Step(one.step)]
    more = f": {one.told}" if one.told else f" until {dates.day(one.until)}" if one.until else ""
    return Event(what=words + more, who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason, tone=tone)
