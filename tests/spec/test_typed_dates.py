"""Dates as people type them, and what is no date."""

from __future__ import annotations

from datetime import date

import pytest

from muniment.kernel.typed import typed_date

TODAY = date(2026, 3, 16)
READ = [
    ("1943-03-14", date(1943, 3, 14)),
    ("3/14/1943", date(1943, 3, 14)),
    ("03-14-1943", date(1943, 3, 14)),
    ("14 Mar 1943", date(1943, 3, 14)),
    ("14 march 1943", date(1943, 3, 14)),
    ("  March 14,  1943 ", date(1943, 3, 14)),
    ("Sept 1, 2020", date(2020, 9, 1)),
    ("29 Feb 2024", date(2024, 2, 29)),
    ("today", TODAY),
    ("tomorrow", date(2026, 3, 17)),
    ("+3", date(2026, 3, 19)),
    ("+10 days", date(2026, 3, 26)),
]
NONE = [
    "",
    "14",
    "1943",
    "14/3/1943",
    "31 Feb 2024",
    "29 Feb 2023",
    "14 Marble 1943",
    "3/14/43",
    "+",
    "-3",
    "yesterday",
    "0000-00-00",
    "14 Mar 0000",
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_read(text: str, expected: date) -> None:
    assert typed_date(text, today=TODAY) == expected


@pytest.mark.parametrize("text", NONE)
def test_no_date(text: str) -> None:
    assert typed_date(text, today=TODAY) is None


@pytest.mark.parametrize("text", ["today", "tomorrow", "+3"])
def test_without_a_today_nothing_is_relative(text: str) -> None:
    assert typed_date(text) is None
