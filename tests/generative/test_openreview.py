"""The draw of open records under any population: reproducible, never twice, never short without saying so."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from muniment.openreview.sampling import Quota, draw, in_order, period_of, seed

quotas = st.builds(Quota, st.integers(0, 12), st.sampled_from([0.0, 1.0, 5.0, 12.5, 33.3, 100.0])).filter(
    lambda one: bool(one.count or one.percent)
)
stays = st.sets(st.uuids(), max_size=25)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
KEY = b"k" * 32
POOL = [UUID(int=number * 2**64 + 7) for number in range(40)]  # stays that come and go


@given(days, st.sampled_from(["week", "month"]))
def test_every_day_lies_in_one_period(day, kind):
    period = period_of(day, kind)
    assert period.begin <= day <= period.last
    assert period_of(period.begin, kind) == period_of(period.last, kind) == period
    assert period_of(period.last + timedelta(days=1), kind).key != period.key
    assert period.place(period.last) == period.days == (7 if kind == "week" else period.last.day)


@given(stays, st.binary(min_size=32, max_size=32), st.randoms())
def test_the_lot_is_the_same_whatever_order_they_come_in(population, drawing, chance: Random):
    mixed = list(population)
    chance.shuffle(mixed)
    assert in_order(drawing, mixed) == in_order(drawing, sorted(population))


@given(quotas, st.sampled_from(["week", "month"]), days, st.data())
def test_a_period_draws_each_once_and_meets_its_minimum_or_says_what_is_short(quota, kind, begin, data):
    """A whole period, day by day, with a population that comes and goes."""
    period = period_of(begin, kind)
    seen, chosen, lot = set(), [], None
    for place in range(period.days):
        day = period.begin + timedelta(days=place)
        there = data.draw(st.integers(0, 2 ** len(POOL) - 1))
        population = {one for number, one in enumerate(POOL) if there >> number & 1}
        seen |= population
        lot = draw(
            quota,
            period,
            day,
            seed(KEY, "HOSP", "All", day),
            population=population,
            seen=len(seen),
            chosen=chosen,
            counted=len(chosen),
        )
        assert len(set(lot.drawn)) == len(lot.drawn)
        assert set(lot.drawn) <= population - set(chosen)
        free = len(population - set(chosen))
        chosen += lot.drawn
        assert lot.have == len(chosen)
        assert lot.have + lot.short >= lot.target
        assert lot.short == 0 or len(lot.drawn) == free  # short only where nobody was left to draw
    assert lot is not None
    assert len(set(chosen)) == len(chosen)
    assert lot.target == lot.required  # on the last day the whole is asked for
    assert len(chosen) >= lot.required or lot.short == lot.required - len(chosen)


@given(quotas, st.sampled_from(["week", "month"]), days, st.integers(0, 400))
def test_the_target_only_grows_and_never_beyond_the_whole(quota, kind, day, seen):
    period = period_of(day, kind)
    targets = [quota.target(seen, period, period.begin + timedelta(days=place)) for place in range(period.days)]
    assert targets == sorted(targets)
    assert targets[-1] == quota.required(seen)


@given(days, days)
def test_another_day_is_another_seed(first, second):
    assert (seed(KEY, "HOSP", "All", first) == seed(KEY, "HOSP", "All", second)) == (first == second)
    assert seed(KEY, "HOSP", "All", first) != seed(b"other" * 8, "HOSP", "All", first)
