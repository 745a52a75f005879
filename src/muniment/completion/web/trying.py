"""A version tried on charts, as screens show it: at once where they are few, by the worker where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.completion import dryrun, permissions, runs
from muniment.completion.charts import users_of
from muniment.completion.dryrun import Asked, Difference, Effect, Tally
from muniment.completion.rules import TASKS
from muniment.completion.runs import Run
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.identity.web import presenters as patients
from muniment.rulebook.rules import Term
from muniment.ui import dates
from muniment.ui.shapes import Tone
from muniment.ui.words import inside
from muniment.work.names import Whose

AT_ONCE = 200  # charts; more of them are the worker's
NOBODY = "nobody named"
WORDS = {
    Effect.OPEN: ("Would open", Tone.DUE), Effect.CLOSE: ("Would close", Tone.OK), Effect.CHANGE: ("Would change", Tone.INFO),
    Effect.CLOCK: ("Would change", Tone.INFO),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that would be otherwise. ``due`` and ``owed`` are in words, with what they are now where that differs."""

    stay: UUID
    whose: Whose
    effect: str
    tone: Tone
    what: str
    owed: str
    due: str
    discharged: str
    why: str
    cited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a page shows: the lines found at once, or else the run the worker carries out."""

    sentence: str = ""
    lines: Sequence[Line] = ()
    run: Run | None = None


def asked(actor: Actor, term: Term, said: dict[str, Any]) -> Asked:
    return Asked(
        term=term, facilities=tuple(sorted(actor.facilities)), since=clock.now() - timedelta(days=said["days"]),
        visits=tuple(said["visits"].split()),
    )  # fmt: skip


def attempt(request: ActorRequest, wanted: Asked) -> Tried:
    """Look at the charts, or have the worker do it. Raises Refused for who may not see them."""
    permissions.check_try(request.actor)
    total = dryrun.stays(wanted).count()
    if total > AT_ONCE:
        return Tried(run=runs.start(request.actor, wanted, total))
    found, differences = dryrun.tally(wanted)
    runs.keep_counts(request.actor, wanted, found)
    return Tried(sentence=sentence(found), lines=shown(request, differences))


def shown(request: ActorRequest, differences: Sequence[Difference]) -> list[Line]:
    """The lines of a page; it names patients, and leaves the event of that."""
    note_listed(request, "charts of a dry run", (one.stay.patient_id for one in differences))
    whose = patients.whose(request.actor, {(one.stay.patient_id, one.stay.facility_id) for one in differences})
    people = users_of(
        owner for one in differences if one.finding for owner in (one.finding.responsible_id, one.was_responsible_id)
    )
    names = {owner: str(person) for owner, person in people.items()}
    return [_line(one, whose[one.stay.patient_id, one.stay.facility_id], names) for one in differences]


def _line(one: Difference, whose: Whose, names: dict[UUID, str]) -> Line:
    zone = ZoneInfo(one.stay.facility.zone)
    effect, tone = WORDS[one.effect]
    left = dates.day(one.stay.discharged_at.astimezone(zone)) if one.stay.discharged_at else ""
    return Line(
        stay=one.stay.id, whose=whose, effect=effect, tone=tone, what=_what(one), owed=_owed(one, names), due=_due(one, zone),
        discharged=left, why=one.why, cited=one.cited,
    )  # fmt: skip


def _what(one: Difference) -> str:
    if one.finding is None:
        return "Chart clock"
    return f"{TASKS[one.finding.kind]} {inside(one.finding.document_name)}"


def _owed(one: Difference, names: dict[UUID, str]) -> str:
    if one.finding is None:
        return ""
    now = names.get(one.finding.responsible_id, NOBODY) if one.finding.responsible_id else NOBODY
    was = names.get(one.was_responsible_id, NOBODY) if one.was_responsible_id else NOBODY
    return now if one.effect is not Effect.CHANGE or was == now else f"{now} instead of {was}"


def _due(one: Difference, zone: ZoneInfo) -> str:
    now, was = _day(one.due_at, zone), _day(one.was_due_at, zone)
    changed = one.effect in (Effect.CHANGE, Effect.CLOCK) and one.due_at != one.was_due_at
    if not changed:
        return now
    if one.effect is Effect.CLOCK:
        now, was = (f"delinquent {day}" if day else "never delinquent" for day in (now, was))
    return f"{now} instead of {was}"


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return dates.moment(at, zone) if at else ""


def sentence(found: Tally) -> str:
    """``Would open 214, close 12 and change 3 of 3,400 charts looked at.``"""
    opens, closes, changes = (found.counts[one] for one in (Effect.OPEN, Effect.CLOSE, Effect.CHANGE))
    charts = f"{found.looked:,} chart{'' if found.looked == 1 else 's'} looked at"
    clocks = found.counts[Effect.CLOCK]
    more = (
        f" {clocks:,} incomplete chart{'' if clocks == 1 else 's'} would become delinquent at another time." if clocks else ""
    )
    if not (opens or closes or changes):
        return f"Would open, close and change no deficiency in {charts}.{more}"
    return f"Would open {opens:,}, close {closes:,} and change {changes:,} deficiencies in {charts}.{more}"


def known(actor: Actor, term: Term) -> tuple[str, str]:
    """What a dry run of this version found and when it was; ("", "") while nobody tried it. Few charts are looked at now."""
    run = runs.known(term)
    if run:
        days = f"discharged from {dates.day(run.asked.since)} on" if not run.asked.visits else "of named stays"
        return sentence(run.tally), f"Charts {days}, looked at {dates.moment(run.heard_at, ZoneInfo('UTC'))} UTC."
    begin = clock.now() - timedelta(days=36_500)
    wanted = Asked(term=term, facilities=tuple(sorted(actor.facilities)), since=begin)
    if dryrun.stays(wanted)[: AT_ONCE + 1].count() > AT_ONCE:
        return "", ""
    return sentence(dryrun.tally(wanted)[0]), "Every chart it concerns at your facilities, looked at now."
