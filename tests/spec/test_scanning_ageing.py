"""What it takes to index what waits in time: as tables."""

from __future__ import annotations

import pytest

from muniment.scanning.ageing import Flow, Line, Staffing, bounds, summed, words


@pytest.mark.parametrize(
    ("waiting", "arrived", "filed", "until"),
    [(0, 0, 0, 0.0), (0, 50, 10, 0.0), (50, 0, 100, 5.0), (50, 50, 100, 10.0), (50, 100, 100, None), (50, 0, 0, None), (7, 90, 100, 7.0)],
)  # fmt: skip
def test_until_nothing_waits_while_paper_goes_on_coming(waiting, arrived, filed, until):
    assert Flow(waiting=waiting, arrived=arrived, filed=filed, days=10).until_done == until


@pytest.mark.parametrize(
    ("filed", "person_days", "waiting", "arrived", "hold", "clear"),
    [
        (400, 10, 0, 400, 1.0, 1.0), (400, 10, 200, 400, 1.0, 2.0), (400, 20, 200, 400, 2.0, 4.0), (400, 10, 100, 0, 0.0, 0.5), (0, 0, 100, 400, None, None),
    ],
)  # fmt: skip
def test_people_to_hold_the_backlog_and_to_clear_it_in_five_days(filed, person_days, waiting, arrived, hold, clear):
    flow, staff = Flow(waiting=waiting, arrived=arrived, filed=filed, days=10), Staffing(filed=filed, person_days=person_days)
    assert (staff.to_hold(flow), staff.to_clear(flow, 5)) == (hold, clear)


def test_ages_by_the_days_of_the_rule():
    assert bounds(5) == (1, 5)
    assert words(5) == ("up to 1 day", "1 to 5 days", "over 5 days")
    assert bounds(0) == (0, 0)


def test_the_sum_of_lines():
    flow = Flow(waiting=6, arrived=4, filed=2, days=10)
    both = summed([Line(code=one, name=one, ages=(1, 2, 3), flow=flow) for one in "ab"])
    assert (both.ages, both.flow) == ((2, 4, 6), Flow(waiting=12, arrived=8, filed=4, days=10))
    assert summed([]).ages == (0, 0, 0)
