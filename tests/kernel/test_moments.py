"""Dates and times as sources write them, and what does not exist."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from muniment.kernel.moments import Moment

NEW_YORK, AMSTERDAM = ZoneInfo("America/New_York"), ZoneInfo("Europe/Amsterdam")

WRITTEN: list[tuple[str, tzinfo, str]] = [
    ("1943", UTC, "1943"),
    ("194303", UTC, "1943-03"),
    ("19430314", NEW_YORK, "1943-03-14"),
    ("00430314", UTC, "0043-03-14"),
    ("1943031405", UTC, "1943-03-14T05:00:00+00:00"),
    ("202603140305", NEW_YORK, "2026-03-14T03:05:00-04:00"),
    ("20260314030509.1239-0500", NEW_YORK, "2026-03-14T03:05:09.123-05:00"),
    ("20260314240000", UTC, "2026-03-15T00:00:00+00:00"),
    ("20161231235960", UTC, "2017-01-01T00:00:00+00:00"),  # a leap second
    # local mean time: the clock as it was written, the offset to the minute
    ("18800101000000", NEW_YORK, "1880-01-01T00:00:00-04:56"),
    ("19300101120000", AMSTERDAM, "1930-01-01T12:00:00+00:19"),
]


@pytest.mark.parametrize(("text", "zone", "fhir"), WRITTEN)
def test_an_hl7_time_is_as_exact_in_fhir_and_comes_back_the_same(text: str, zone: tzinfo, fhir: str) -> None:
    moment = Moment.from_hl7(text, zone)
    assert moment is not None
    assert moment.to_fhir() == fhir
    again = Moment.from_fhir(fhir)
    assert again.to_fhir() == fhir
    assert again.date == moment.date


@pytest.mark.parametrize("text", ["", '""', "0000", "00000000"])
def test_nothing_is_no_moment(text: str) -> None:
    assert Moment.from_hl7(text, UTC) is None


@pytest.mark.parametrize(
    "text",
    [
        "20260230", "202613", "2026031425", "202603140361", "2026-03-14", "yesterday", "20260314030509+2500", "20260314030509+0060",
        "99991231240000", "99991231235960", "99991231235959-0500", "00010101000000+0500",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Moment.from_hl7(text, UTC)


def test_a_moment_of_a_clock_has_an_offset_that_fhir_can_write() -> None:
    odd = datetime(1880, 1, 1, tzinfo=timezone(-timedelta(hours=4, minutes=56, seconds=2)))
    assert Moment.of(odd).to_fhir() == "1880-01-01T00:00:00-04:56"
    assert Moment.of(date(1880, 1, 1)).to_fhir() == "1880-01-01"


def test_a_moment_without_offset_or_precision_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="offset"):
        Moment(datetime(2026, 1, 1), "second")
    with pytest.raises(ValueError, match="precision"):
        Moment(datetime(2026, 1, 1, tzinfo=UTC), "fortnight")


def test_a_bare_date_begins_at_midnight_of_the_asked_zone() -> None:
    assert Moment.from_fhir("2026-03-14").at(NEW_YORK) == datetime(2026, 3, 14, 4, tzinfo=UTC)
    assert Moment.from_fhir("2026-03-14T03:00:00Z").at(NEW_YORK).date() == date(2026, 3, 13)


def test_coarser_stands_before_finer_of_the_same_instant() -> None:
    assert Moment.from_fhir("2026") < Moment.from_fhir("2026-01") < Moment.from_fhir("2026-01-01T00:00:00Z")


def test_digits_of_another_script_are_no_date() -> None:
    """They would be kept as they came, and nothing that reads FHIR takes them."""
    with pytest.raises(ValueError, match="is not"):
        Moment.from_fhir("２０２６-03-14")
    with pytest.raises(ValueError, match="is not"):
        Moment.from_hl7("２０２６0314", UTC)
