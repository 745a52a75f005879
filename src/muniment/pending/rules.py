"""How long a document may stand without its author's signature: its clock, its history and where it stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

RULE = "pending.documents"


class Step(StrEnum):
    """What the department did about a pending document."""

    NOTIFY = "notify"  # its author was told
    PROPOSE = "propose"  # the rule proposed to close it administratively
    EXTEND = "extend"  # somebody gave its author more time


class Stage(StrEnum):
    """Where a pending document stands."""

    RUNNING = "running"  # its author has time
    NOTICE = "notice"  # past the day on which its author is told
    EXTENDED = "extended"  # its author was given more time
    DUE = "due"  # past the time to close it: a person decides


@dataclass(frozen=True, slots=True)
class Limits:
    """In days of 24 hours from when the document was filed here: its author is told, and it is proposed for closure."""

    notify_days: int
    close_days: int


@dataclass(frozen=True, slots=True)
class Clock:
    """The moments of one document. ``since``: when it was filed here, or filed anew after it was closed."""

    since: datetime
    notify_at: datetime
    close_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step of its history; ``until`` the day an extension ends on (the facility's)."""

    step: Step
    at: datetime
    until: date | None = None


def clock_of(since: datetime, limits: Limits) -> Clock:
    return Clock(since, since + timedelta(days=limits.notify_days), since + timedelta(days=limits.close_days))


def stage(clock: Clock, history: Sequence[Done], now: datetime, today: date) -> Stage:
    """``history`` is first to last, ``today`` the facility's. Steps from before it became pending (anew) count for nothing."""
    extended = extended_until(clock, history)
    if extended and extended > today:
        return Stage.EXTENDED
    if now >= clock.close_at:
        return Stage.DUE
    return Stage.NOTICE if now >= clock.notify_at else Stage.RUNNING


def extended_until(clock: Clock, history: Sequence[Done]) -> date | None:
    """The day the last extension ends on."""
    given = [one for one in _own(clock, history) if one.step is Step.EXTEND]
    return given[-1].until if given else None


def to_notify(clock: Clock, history: Sequence[Done], now: datetime) -> bool:
    """Its author is told once."""
    return now >= clock.notify_at and not any(one.step is Step.NOTIFY for one in _own(clock, history))


def to_propose(clock: Clock, history: Sequence[Done], now: datetime, today: date, *, in_hand: bool) -> bool:
    """Proposed while its time has run out and no proposal of it waits (``in_hand``).

    So it is proposed once, once more when the time that was given has run out, and again where the work about it ended without
    a decision: what is still unsigned never leaves everybody's sight.
    """
    return not in_hand and stage(clock, history, now, today) is Stage.DUE


def _own(clock: Clock, history: Sequence[Done]) -> list[Done]:
    return [one for one in history if one.at >= clock.since]
