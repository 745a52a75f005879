"""Volumes as rows, facts, figures and history: what templates place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.core import clock
from muniment.tracking.models import Movement, Volume
from muniment.tracking.queries import Counts, InForce
from muniment.tracking.queues import REQUESTS
from muniment.tracking.rules import State, Step, days_late
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Figure, Tone, Why

STEPS = {
    Step.REGISTER: "Registered", Step.REQUEST: "Asked for", Step.CHARGE_OUT: "Charged out", Step.TRANSFER: "Handed on", Step.RETURN: "Returned",
    Step.RELOCATE: "Given another place in the file", Step.RECALL: "Called back", Step.MISS: "Reported missing", Step.SEARCH: "Searched for in vain",
    Step.FIND: "Found",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A volume as a line of a list. ``where`` says where it is, in words."""

    volume: Volume
    patient: str
    url: str
    state: str
    tone: Tone
    where: str
    late: int


def row(volume: Volume, patient: str) -> Row:
    late = days_late(volume.due_on, clock.today()) if volume.state == State.OUT else 0
    tone = {State.IN_FILE: Tone.OK, State.OUT: Tone.LATE if late else Tone.INFO, State.MISSING: Tone.LATE}[State(volume.state)]
    return Row(
        volume=volume, patient=patient, url=reverse("tracking-volume", args=[volume.id]), state="Overdue" if late else volume.state.capitalize(),
        tone=tone, where=where(volume), late=late,
    )  # fmt: skip


def where(volume: Volume) -> str:
    if volume.state == State.MISSING:
        return f"not known since {dates.day(volume.since.astimezone(ZoneInfo(volume.facility.zone)))}"
    if volume.state == State.OUT:
        return f"{volume.holder}, {volume.place}" if volume.place else volume.holder
    return volume.home


def facts(volume: Volume) -> list[Fact]:
    zone = ZoneInfo(volume.facility.zone)
    return [
        Fact(label="Facility", value=volume.facility.name),
        Fact(label="Holds", value=volume.label),
        Fact(label="Place in the file", value=volume.home),
        Fact(label="Where it is", value=where(volume)),
        Fact(label="Since", value=dates.moment(volume.since, zone)),
        Fact(label="Due back", value=dates.day(volume.due_on) if volume.due_on else "not out"),
        Fact(label="Registered", value=dates.moment(volume.registered_at, zone)),
    ]


def events(found: Iterable[Movement], zone: ZoneInfo) -> list[Event]:
    return [Event(what=_what(one), who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason) for one in found]


def _what(one: Movement) -> str:
    said = STEPS[Step(one.step)]
    to = ", ".join(part for part in (one.holder, one.place) if part)
    due = f", due back {dates.day(one.due_on)}" if one.due_on and one.step in (Step.CHARGE_OUT, Step.TRANSFER) else ""
    return f"{said}: {to}{due}" if to else said


def figures(found: Counts, requested: int | None, governs: InForce, today: date) -> list[Figure]:
    """Each leads to its list. ``requested`` None: the reader does not work that queue."""
    loan = Why(
        rule=f"Volumes that are out and were due back before today. {governs.statement('loan')}", citation=governs.cited("loan"),
        judged_on=today,
    )  # fmt: skip
    missing = Why(rule="Volumes that are not where they should be and have not been found.", citation=governs.cited("search"))
    return [
        _figure("Out", found.out, "out", Why(rule="Volumes that are charged out of the file.")),
        _figure("Overdue", found.late, "late", loan, Tone.LATE),
        _figure("Missing", found.missing, "missing", missing, Tone.LATE),
        *([_asked_for(requested)] if requested is not None else []),
        _figure("Volumes", found.total, "all", Why(rule="Every volume that is registered at your facilities.")),
    ]  # fmt: skip


def _asked_for(count: int) -> Figure:
    why = Why(rule="Requests that nobody has charged a volume out for yet.")
    return Figure(label="Asked for", value=f"{count:,}", url=reverse("work-queue", args=[REQUESTS]), why=why)


def _figure(label: str, count: int, shown: str, why: Why, tone: Tone = Tone.PLAIN) -> Figure:
    alarming = bool(count) and tone is not Tone.PLAIN
    return Figure(
        label=label, value=f"{count:,}", url=f"{reverse('tracking-volumes')}?show={shown}", why=why, state="look at them" if alarming else "",
        tone=tone if alarming else Tone.PLAIN,
    )  # fmt: skip
