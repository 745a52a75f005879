"""Spreads of turnarounds: added up in any way they say what the lengths themselves say."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from muniment.transcription.rules import Spread

LENGTHS = st.lists(st.integers(0, 9000), min_size=1, max_size=60)


def spread(lengths: list[int]) -> Spread:
    return Spread({one: lengths.count(one) for one in set(lengths)})


def percentile(lengths: list[int], share: int) -> float:
    """As PostgreSQL documents percentile_cont, over hours."""
    place = share / 100 * (len(lengths) - 1)
    below, above = sorted(lengths)[math.floor(place)], sorted(lengths)[math.ceil(place)]
    return (below + (above - below) * (place - math.floor(place))) / 10


@given(LENGTHS, st.data())
def test_parts_add_up_to_the_whole(lengths: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(lengths)))
    whole = Spread.together([spread(lengths[:cut]), spread(lengths[cut:])])
    assert whole.counts == spread(lengths).counts
    assert whole.counted == len(lengths)
    hours = data.draw(st.integers(0, 1000))
    assert whole.within(hours) == sum(one <= hours * 10 for one in lengths)


@given(LENGTHS, st.integers(0, 100))
def test_a_percentile_is_that_of_the_lengths(lengths: list[int], share: int) -> None:
    [found] = spread(lengths).percentiles(share)
    assert found is not None
    assert math.isclose(found, percentile(lengths, share), abs_tol=1e-9)


def test_of_nothing_there_is_no_percentile() -> None:
    assert Spread().percentiles(50, 90) == [None, None]
    assert Spread.together([]).counted == 0
