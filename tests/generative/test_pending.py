"""The clock of pending documents under any history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from muniment.pending.rules import Done, Limits, Stage, Step, clock_of, stage, to_notify, to_propose

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
moments = st.integers(0, 24 * 200).map(lambda hours: BEGIN + timedelta(hours=hours))
limits = st.tuples(st.integers(0, 40), st.integers(1, 80)).map(lambda pair: Limits(pair[0], pair[0] + pair[1]))
extensions = st.builds(
    lambda at, days: Done(step=Step.EXTEND, at=at, until=(at + timedelta(days=days)).date()), moments, st.integers(1, 60)
)
steps = st.one_of(
    extensions, st.builds(lambda at, step: Done(step=step, at=at), moments, st.sampled_from([Step.NOTIFY, Step.PROPOSE]))
)


@given(limits, st.lists(extensions, max_size=4), moments)
def test_looking_every_day_tells_once_and_proposes_once_for_each_end_of_time(days, given_time, until):
    clock, history, told, proposed, waits = clock_of(BEGIN, days), [], 0, 0, False
    coming = sorted(given_time, key=lambda one: one.at)
    for count in range((until - BEGIN).days + 1):
        now = BEGIN + timedelta(days=count)
        while coming and coming[0].at <= now:
            history.append(coming.pop(0))
            waits = False  # more time ends the work about it
        if to_notify(clock, history, now):
            told += 1
            history.append(Done(step=Step.NOTIFY, at=now))
        if to_propose(clock, history, now, now.date(), in_hand=waits):
            proposed, waits = proposed + 1, True
            history.append(Done(step=Step.PROPOSE, at=now))
        assert not to_notify(clock, history, now)
        assert not to_propose(clock, history, now, now.date(), in_hand=waits)
        assert waits or stage(clock, history, now, now.date()) is not Stage.DUE  # what is due is always before somebody
    assert told <= 1
    assert proposed <= 1 + len(given_time)
    assert told == (until >= clock.notify_at and (until - BEGIN).days >= days.notify_days)


@given(limits, st.lists(steps, max_size=6), moments, st.integers(0, 72))
def test_time_only_ever_runs_out(days, history, now, later):
    """Without a new extension a document that is due stays due."""
    clock, after = clock_of(BEGIN, days), now + timedelta(hours=later)
    if stage(clock, history, now, now.date()) is Stage.DUE and not any(now < one.at <= after for one in history):
        assert stage(clock, history, after, after.date()) is Stage.DUE


@given(limits, st.lists(steps, max_size=6), moments)
def test_nothing_is_proposed_before_its_time_whatever_was_done(days, history, now):
    clock = clock_of(BEGIN, days)
    if to_propose(clock, history, now, now.date(), in_hand=False):
        assert now >= clock.close_at
