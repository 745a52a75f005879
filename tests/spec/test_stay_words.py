"""A stay in words: its class as a sentence begins with it, and how long it was."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from muniment.encounters.rules import days, stay_words


@pytest.mark.parametrize(
    ("code", "words"),
    [("IMP", "Inpatient stay"), ("SS", "Short stay"), ("EMER", "Emergency stay"), ("nobody knows", "Unclassified stay")],
)
def test_a_stay_is_said_to_be_one_once(code: str, words: str) -> None:
    assert stay_words(code) == words


@pytest.mark.parametrize(
    ("admitted", "discharged", "length"),
    [
        ("2026-03-02T09:00", "2026-03-02T22:00", 1),  # the same day
        ("2026-03-02T23:50", "2026-03-03T00:10", 1),
        ("2026-03-02T23:50", "2026-03-07T08:00", 5),  # at the facility; in UTC both were a day later
        ("2026-03-02T18:30", "2026-03-07T19:30", 5),  # in UTC the discharge was on the 8th, the admission on the 2nd
        ("2026-03-02T19:30", "2026-03-07T18:30", 5),
    ],
)
def test_a_stay_is_as_long_as_the_midnights_passed_at_the_facility(admitted: str, discharged: str, length: int) -> None:
    zone = ZoneInfo("America/New_York")
    moments = [datetime.fromisoformat(one).replace(tzinfo=zone).astimezone(UTC) for one in (admitted, discharged)]
    assert days(moments[0], moments[1], zone) == length
