"""The clock under any history and any absences."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from muniment.delinquency.closures import Calendar, ClosedDay, Closures, Edition
from muniment.delinquency.parameters import Clock, Level
from muniment.delinquency.rules import Owed, Pause, Stretch, age, due_level

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
PEOPLE = [UUID(int=1), UUID(int=2), None]
CLOCK, LONGEST = Clock(days=30), {"leave": 42, "illness": 10}
hours = st.integers(0, 24 * 120)


@st.composite
def histories(draw) -> Owed:
    """One deficiency, open and closed in turn, owed by one or another."""
    times = sorted(draw(st.lists(hours, min_size=2, max_size=7, unique=True)))
    stretches = [
        Stretch(BEGIN + timedelta(hours=begin), BEGIN + timedelta(hours=end), draw(st.sampled_from(PEOPLE)))
        for begin, end in pairwise(times)
        if draw(st.integers(0, 3))
    ] or [Stretch(BEGIN + timedelta(hours=times[0]), None, PEOPLE[0])]
    filed = draw(st.none() | hours)
    return Owed(
        deficiency_id=UUID(int=9), patient_id=UUID(int=9), encounter_id=UUID(int=9), facility_id=UUID(int=9), class_code="IMP", service="",
        kind="missing signature", document_code="1", document_name="Note", discharged_at=BEGIN,
        available_at=None if filed is None else BEGIN + timedelta(hours=filed), zone=UTC, stretches=tuple(stretches),
    )  # fmt: skip


@st.composite
def pauses(draw) -> Pause:
    first = date(2026, 1, 1) + timedelta(days=draw(st.integers(-20, 120)))
    return Pause(
        practitioner_id=draw(st.sampled_from(PEOPLE[:2])), kind=draw(st.sampled_from(["leave", "illness", "other"])), first=first,
        last=first + timedelta(days=draw(st.integers(0, 60))), recorded_at=BEGIN + timedelta(hours=draw(hours)),
    )  # fmt: skip


closed = st.sets(st.integers(-5, 130), max_size=60)
WORKING = Clock(days=30, counts="working")


def closures(weekdays, days):
    single = tuple(ClosedDay(date(2026, 1, 1) + timedelta(days=one), "Closed") for one in sorted(days))
    return Closures([Edition(date(2025, 1, 1), None, None, Calendar(tuple(sorted(weekdays)), single))])


@given(histories(), st.lists(pauses(), max_size=4), st.sets(st.integers(1, 7), max_size=6), closed, closed, hours)
def test_a_closed_day_never_makes_a_chart_older_and_counts_once(owed, away, weekdays, days, more, later):
    moment = BEGIN + timedelta(hours=later)
    few, many = (age(owed, away, moment, WORKING, LONGEST, closures(weekdays, one)) for one in (days, days | more))
    calendar = age(owed, away, moment, CLOCK, LONGEST, closures(weekdays, days | more))
    assert 0 <= many.days <= few.days <= calendar.days
    assert not calendar.closed
    assert few.days - many.days <= len(more)


@given(histories(), st.lists(pauses(), max_size=4), pauses(), hours)
def test_a_pause_never_makes_a_chart_older_and_none_younger_than_its_days_away(owed, before, more, later):
    moment = BEGIN + timedelta(hours=later)
    without, with_it = (age(owed, given_, moment, CLOCK, LONGEST) for given_ in (before, [*before, more]))
    assert 0 <= with_it.days <= without.days <= without.elapsed
    assert without.days - with_it.days <= min((more.last - more.first).days + 1, LONGEST.get(more.kind, 0))


@given(histories(), st.lists(pauses(), max_size=4), hours, st.integers(0, 72))
def test_what_is_known_ages_by_at_most_a_day_a_day_and_never_grows_younger(owed, known, later, more):
    known = [
        Pause(**{name: getattr(one, name) for name in ("practitioner_id", "kind", "first", "last")}, recorded_at=BEGIN)
        for one in known
    ]
    first, second = (BEGIN + timedelta(hours=hour) for hour in (later, later + more))
    young, old = (age(owed, known, moment, CLOCK, LONGEST) for moment in (first, second))
    assert 0 <= old.days - young.days <= (second.date() - first.date()).days


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True), st.lists(st.integers(0, 90), max_size=30))
def test_levels_rise_and_none_is_sent_twice(days, looks):
    levels = [Level(day=day, title="Notice") for day in sorted(days)]
    sent = [0]
    for day in looks:
        if level := due_level(day, sent[-1], levels):
            sent.append(levels[level - 1].day)
    assert sent == sorted(set(sent))
