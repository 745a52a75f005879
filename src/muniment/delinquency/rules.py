"""How old what somebody owes is, which days did not count, and which letter is due. Pure.

Days are those of the facility's clock: every one, or its working days, as the rule says. Day 0 is the day the clock starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from muniment.delinquency.closures import Closed, Closures
from muniment.delinquency.parameters import Book, Clock, Level
from muniment.rulebook.rules import RuleInForce

DAY = timedelta(days=1)
NEVER_CLOSED = Closures()


class AbsenceKind(StrEnum):
    LEAVE = "leave"
    ILLNESS = "illness"


class State(StrEnum):
    PROPOSED = "proposed"
    IN_FORCE = "in force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LIFTED = "lifted"


OPEN = (State.PROPOSED, State.IN_FORCE)
TRANSITIONS: dict[tuple[State, str], State] = {
    (State.PROPOSED, "approve"): State.IN_FORCE,
    (State.PROPOSED, "refuse"): State.REFUSED,
    (State.PROPOSED, "settle"): State.WITHDRAWN,
    (State.IN_FORCE, "lift"): State.LIFTED,
    (State.IN_FORCE, "settle"): State.LIFTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days on which a practitioner was away, both ends included, and from when to when the department took them to be so."""

    practitioner_id: UUID
    kind: str
    first: date
    last: date
    recorded_at: datetime
    withdrawn_at: datetime | None = None

    def known(self, at: datetime) -> bool:
        return self.recorded_at <= at and (self.withdrawn_at is None or self.withdrawn_at > at)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody (or nobody: None) owed it from ``begin`` until ``until``; None: still."""

    begin: datetime
    until: datetime | None
    practitioner_id: UUID | None

    def holds(self, at: datetime) -> bool:
        return self.begin <= at and (self.until is None or self.until > at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One deficiency with its history: ``stretches`` are those in which it was open, in order."""

    deficiency_id: UUID
    patient_id: UUID
    encounter_id: UUID
    facility_id: UUID
    class_code: str
    service: str
    kind: str
    document_code: str
    document_name: str
    discharged_at: datetime
    available_at: datetime | None  # when the document that lacks something was filed here
    zone: tzinfo
    stretches: tuple[Stretch, ...]
    facility_code: str = ""

    def at(self, moment: datetime) -> Stretch | None:
        """The stretch at that moment; None while it is not open."""
        return next((one for one in self.stretches if one.holds(moment)), None)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Away:
    """Days of one pause that did not count."""

    kind: str
    first: date
    last: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How many days count, and how that came about: ``elapsed`` less ``closed`` and those of ``away``. ``limit`` is the last day in time.

    A day that is closed and of an absence is taken once, as closed.
    """

    starts: date
    filed: bool  # the clock starts when the document was filed, not at discharge
    elapsed: int
    away: tuple[Away, ...]
    limit: int
    closed: tuple[Closed, ...] = ()

    @property
    def days(self) -> int:
        return self.elapsed - len(self.closed) - sum(one.days for one in self.away)

    @property
    def delinquent(self) -> bool:
        return self.days > self.limit


def age(
    owed: Owed, pauses: Iterable[Pause], moment: datetime, clock: Clock, longest: Mapping[str, int], closures: Closures = NEVER_CLOSED,
    counted_to: datetime | None = None,
) -> Age:  # fmt: skip
    """The age at ``moment``. ``longest`` says for each kind of absence that pauses the clock how many days of one count for that.

    ``closures`` are the days of the facility that a clock of working days leaves out; ``counted_to`` an earlier moment to count to.
    """
    discharged, available = owed.day(owed.discharged_at), owed.day(owed.available_at or owed.discharged_at)
    filed = clock.from_availability and available > discharged
    starts, today = available if filed else discharged, owed.day(counted_to or moment)
    closed = closures.between(starts + DAY, today) if clock.counts == "working" else []
    taken = {one.day for one in closed}
    away = _away(owed, [one for one in pauses if one.known(moment)], (starts + DAY, today), longest, taken)
    return Age(
        starts=starts, filed=filed, elapsed=max((today - starts).days, 0), away=away, limit=clock.days, closed=tuple(closed)
    )  # fmt: skip


def _away(
    owed: Owed, pauses: Sequence[Pause], span_of: tuple[date, date], longest: Mapping[str, int], taken: set[date]
) -> tuple[Away, ...]:
    """The days of the span on which whoever owed it was away, but for those ``taken`` already. A day in two pauses is taken once."""
    found, (first, last) = [], span_of
    for one in sorted(pauses, key=lambda pause: (pause.first, pause.last)):
        end = min(one.last, one.first + DAY * (longest.get(one.kind, 0) - 1), last)
        span = [one.first + DAY * number for number in range(max((end - one.first).days + 1, 0))]
        days = [day for day in span if day >= first and day not in taken and _owner(owed, day) == one.practitioner_id]
        taken.update(days)
        if days:
            found.append(Away(one.kind, days[0], days[-1], len(days)))
    return tuple(found)


def _owner(owed: Owed, day: date) -> UUID | None:
    """Who owed it at the end of that day; before anybody was named, whoever was named first."""
    begun = [one for one in owed.stretches if owed.day(one.begin) <= day]
    if not begun:
        return owed.stretches[0].practitioner_id
    until = begun[-1].until
    return begun[-1].practitioner_id if until is None or owed.day(until) > day else None


@dataclass(frozen=True, slots=True)
class Debt:
    """Something open at a moment: who owes it and how old it is."""

    owed: Owed
    practitioner_id: UUID | None
    age: Age
    rule: RuleInForce | None = None  # the clock it is judged by


def debts(
    rows: Iterable[Owed], pauses: Iterable[Pause], moment: datetime, book: Book, counted_to: datetime | None = None
) -> list[Debt]:
    """What was open at ``moment`` of stays that have a clock, each by the clock of its day of discharge, as it was known at the moment.

    ``counted_to``: their days are those up to an earlier moment.
    """
    mine: dict[UUID, list[Pause]] = {}
    for pause in pauses:
        mine.setdefault(pause.practitioner_id, []).append(pause)
    found = []
    for owed in rows:
        stretch = owed.at(moment) if owed.discharged_at <= moment else None
        clock = book.clock(owed.day(owed.discharged_at), owed.class_code, moment) if stretch else None
        if stretch and clock:
            held_by = {one.practitioner_id for one in owed.stretches if one.practitioner_id in mine}
            away = [pause for one in held_by if one for pause in mine[one]]
            closures = book.closures(owed.facility_code, moment)
            longest = book.longest(owed.day(moment), moment) if away else {}
            aged = age(owed, away, moment, clock, longest, closures, counted_to)
            found.append(Debt(owed, stretch.practitioner_id, aged, book.rule("clock", owed.day(owed.discharged_at), moment)))
    return found


def reached(days: int, levels: Sequence[Level]) -> int:
    """The number of the highest level whose day has come, from 1; 0 for none."""
    return sum(days >= level.day for level in levels)


def due_level(days: int, sent: int, levels: Sequence[Level]) -> int:
    """The level whose letter is due when ``sent`` is the day of the highest that was (0: none was); 0 for none.

    By days, for another version of the rule may number its levels otherwise.
    """
    level = reached(days, levels)
    return level if level and levels[level - 1].day > sent else 0
