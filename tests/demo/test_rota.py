"""When the department of the demo does what."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from muniment.demo import DEFAULT_AS_OF
from muniment.demo.organisation import ZONE, moment_shown
from muniment.demo.rota import CODED_CLASSES, coding_turn, gaps, lot_end, working_day
from muniment.demo.timeline import Plan

AS_OF = DEFAULT_AS_OF.astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "after", "then"),
    [
        (date(2026, 11, 16), 1, date(2026, 11, 17)), (date(2026, 11, 20), 1, date(2026, 11, 23)), (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 19), 3, date(2026, 11, 24)), (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)  # fmt: skip
def test_working_days(day: date, after: int, then: date) -> None:
    assert working_day(day, after) == then


def test_stays_are_coded_after_discharge_on_working_days_in_hours(small_plan: Plan) -> None:
    stays = [stay for stay in small_plan.stays if stay.story.patient_class in CODED_CLASSES]
    turns = [coding_turn(11, stay.visit, stay.story.facility, stay.end) for stay in stays]
    assert all(turn.at > stay.end for turn, stay in zip(turns, stays, strict=True))
    there = [turn.at.astimezone(ZONE) for turn in turns]
    assert {moment.weekday() for moment in there} == {0, 1, 2, 3, 4}
    assert all(8 <= moment.hour <= 16 for moment in there)
    within = sum(turn.at - stay.end < timedelta(days=8) for turn, stay in zip(turns, stays, strict=True))
    assert within / len(stays) > 0.9


def test_coders_share_the_work(small_plan: Plan) -> None:
    stays = [stay for stay in small_plan.stays if stay.story.patient_class in CODED_CLASSES]
    shares = Counter(coding_turn(11, stay.visit, stay.story.facility, stay.end).coder for stay in stays)
    assert len(shares) == 3
    assert max(shares.values()) < 2 * min(shares.values())


def test_as_much_is_forgotten_in_every_month(small_plan: Plan) -> None:
    """What is open is what is young, not what is young is what was forgotten."""
    shares = []
    for back in range(30, 540, 102):
        begin = AS_OF - timedelta(days=back + 102)
        stays = [stay for stay in small_plan.stays if begin <= stay.end < begin + timedelta(days=102)]
        forgotten = [gaps(11, stay.visit, stay.story, stay.end, AS_OF) for stay in stays]
        shares.append(sum(map(bool, forgotten)) / len(stays))
        assert all(stay.end < gap.until for stay, found in zip(stays, forgotten, strict=True) for gap in found.values())
    assert max(shares) < 1.5 * min(shares)


@pytest.mark.parametrize("back", [1, 40, 500, 800, 2000, 2881, 5000, 13000])
def test_a_lot_ends_after_it_began_and_within_its_time(back: int) -> None:
    moment = AS_OF - timedelta(hours=back, minutes=7)
    end = lot_end(moment, AS_OF)
    longest = timedelta(hours=6) if back < 719 else timedelta(days=1) if back < 2880 else timedelta(days=3)
    assert moment < end <= min(AS_OF, moment + longest)
    assert lot_end(moment + (end - moment) / 2, AS_OF) <= end


@pytest.mark.parametrize(
    ("founded", "shown"),
    [("2026-11-24T13:00:00+00:00", "2026-11-24T08:00-05:00"), ("2026-11-24T12:59:59+00:00", "2026-11-23T08:00-05:00")],
)
def test_the_tale_ends_at_eight_in_the_morning_and_never_ahead(founded: str, shown: str) -> None:
    assert moment_shown(datetime.fromisoformat(founded)) == datetime.fromisoformat(shown)


def test_discharge_summaries_of_the_last_days_wait_to_be_signed(small_plan: Plan) -> None:
    """The tutorial follows one: an adult inpatient, discharged so lately that nobody has coded the stay."""
    adults = [stay for stay in small_plan.stays if stay.story.patient_class == "I" and stay.story.ages[0]]
    for days, least, most in ((1, 0.5, 0.8), (10, 0.0, 0.4)):
        waiting = [_unsigned_summary(stay, stay.end + timedelta(days=days)) for stay in adults]
        assert least <= sum(waiting) / len(waiting) <= most


def _unsigned_summary(stay: Any, as_of: datetime) -> bool:
    gap = gaps(11, stay.visit, stay.story, stay.end, as_of).get("summary")
    return gap is not None and gap.state == "unsigned" and gap.until > as_of
