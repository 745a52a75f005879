"""When the department does what: working days and hours, how long things take, and who is at work. Drawn, never read off a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from muniment.accounts.rules import Role
from muniment.demo.draw import Draw
from muniment.demo.organisation import ZONE, day_of, local
from muniment.demo.staff import staff
from muniment.demo.story import Story

SIGNING_DAYS = 90  # since then clinicians sign here; before, the transcription system sent what they had signed there
CODED_CLASSES = ("I", "OBS", "SS", "E")
# Working days from discharge to final codes: (days, share). The last few had a query open.
_TURNAROUND = ((1, 0.24), (2, 0.33), (3, 0.23), (4, 0.12), (5, 0.04), (7, 0.02), (11, 0.015), (17, 0.005))
# Days until what was forgotten is done: (from, to), share.
_DELAYS = (((1, 7), 0.44), ((7, 15), 0.27), ((15, 29), 0.18), ((29, 45), 0.05), ((45, 80), 0.06))
FRESH = timedelta(days=4)  # so long a discharge summary may come back from transcription and wait to be signed
_BEGINNING, _OLD_LOT = datetime(2020, 1, 1, 6, tzinfo=UTC), timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Gap:
    """A document that is forgotten ("missing") or left unsigned, and when that is made good."""

    state: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A stay's final coding: when, and by whom (a user name)."""

    at: datetime
    coder: str


def working_day(day: date, after: int) -> date:
    """The ``after``-th working day (Monday to Friday) after ``day``."""
    while after:
        day += timedelta(days=1)
        after -= day.weekday() < 5
    return day


def coding_turn(seed: int, visit: str, facility: str, discharged: datetime) -> Turn:
    """Who codes a stay that was discharged then, and at which moment of a working day."""
    draw = Draw(seed, "turn", visit)
    day = working_day(day_of(discharged), draw.weighted(_TURNAROUND))
    coders = [one.username for one in staff() if one.role == Role.CODER and facility in one.facilities]
    moment = local(day, draw.between(8, 16), draw.between(0, 59)) + timedelta(seconds=draw.between(0, 59))
    return Turn(moment, draw.pick(coders))


def gaps(seed: int, visit: str, story: Story, discharged: datetime, as_of: datetime) -> dict[str, Gap]:
    """Which of a stay's documents are forgotten or left unsigned, by kind, and until when.

    The share is the same in every month: what is open at ``as_of`` is what has not been made good by then, and the discharge
    summaries of the last days, which nobody calls forgotten.
    """
    draw = Draw(seed, "gaps", visit)
    if discharged > as_of and story.patient_class == "I":
        never = as_of + timedelta(days=365)
        return {"hp": Gap(draw.pick(("missing", "unsigned")), never)} if draw.chance(0.3) else {}
    found = {}
    for kind, state in _forgotten(draw, story):
        found[kind] = Gap(state, made_good(draw, discharged, quick=story.patient_class in ("E", "O")))
    if story.patient_class == "I" and story.ages[0] and discharged > as_of - FRESH and draw.chance(0.6):
        found.setdefault("summary", Gap("unsigned", discharged + FRESH))
    return found


def _forgotten(draw: Draw, story: Story) -> list[tuple[str, str]]:
    if story.patient_class == "E":
        return [("ed", "unsigned")] if draw.chance(0.22) else []
    if story.patient_class == "O":
        return [("visit", "unsigned")] if draw.chance(0.25) else []
    options = [("summary", "missing"), ("summary", "unsigned"), ("hp", "unsigned"), ("hp", "missing"), ("progress", "unsigned")]
    if story.operation is not None and story.operation.surgical:
        options += [("operative", "missing"), ("operative", "unsigned")]
    if story.patient_class == "SS":
        options = [*options[-2:], ("hp", "unsigned")]
    if story.through_ed:
        options += [("ed", "unsigned")]
    if not draw.chance({"I": 0.72, "OBS": 0.4, "SS": 0.35}[story.patient_class]):
        return []
    return [draw.pick(options) for _ in range(draw.weighted(((1, 0.5), (2, 0.35), (3, 0.15))))]


def made_good(draw: Draw, since: datetime, *, quick: bool = False) -> datetime:
    """A moment of a clinician's day (06:00 to 21:00, any day of the week) so long after ``since``."""
    low, high = (1, 9) if quick and draw.chance(0.9) else draw.weighted(_DELAYS)
    day = day_of(since) + timedelta(days=draw.between(low, high))
    return local(day, draw.between(6, 20), draw.between(0, 59)) + timedelta(seconds=draw.between(0, 59))


def within_hours(draw: Draw, since: datetime, low: int, high: int) -> datetime:
    """A moment of office hours, ``low`` to ``high`` working days after ``since``."""
    return local(working_day(day_of(since), draw.between(low, high)), draw.between(8, 16), draw.between(0, 59))


def evening(day: date) -> datetime:
    """Late on that day: what the day brought is in the queues by then."""
    return local(day, 23, 50)


def lot_end(moment: datetime, as_of: datetime) -> datetime:
    """The end of the stretch of time whose messages are filed together: a quarter of a day of late, a day, three days of old."""
    age = as_of - moment
    if age > timedelta(days=120):
        return min(as_of, _BEGINNING + _OLD_LOT * ((moment - _BEGINNING) // _OLD_LOT + 1))
    begin = datetime.combine(day_of(moment), datetime.min.time(), ZONE).astimezone(UTC)
    step = timedelta(hours=6) if age < timedelta(days=30) else timedelta(hours=24)
    while begin <= moment:
        begin += step
    return min(as_of, begin)
