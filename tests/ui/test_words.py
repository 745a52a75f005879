"""Dates, deadlines and clinical text in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.ui import dates
from muniment.ui.prose import prose
from muniment.ui.shapes import Tone
from muniment.ui.words import with_units

TODAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (-400, "late 400 days", Tone.LATE),
        (-2, "late 2 days", Tone.LATE),
        (-1, "late 1 day", Tone.LATE),
        (0, "due today", Tone.DUE),
        (1, "due in 1 day", Tone.DUE),
        (3, "due in 3 days", Tone.DUE),
        (4, "due in 4 days", Tone.PLAIN),
    ],
)
def test_deadlines(days: int, words: str, tone: Tone) -> None:
    assert dates.deadline(TODAY + timedelta(days=days), TODAY) == (words, tone)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2026, 3, 16), TODAY, "0 d"),
        (date(2026, 2, 17), TODAY, "27 d"),
        (date(2026, 2, 16), TODAY, "4 wk"),
        (date(2025, 12, 16), TODAY, "3 mo"),
        (date(2024, 3, 17), TODAY, "23 mo"),
        (date(2024, 3, 16), TODAY, "2 y"),
        (date(1943, 3, 17), TODAY, "82 y"),
        (date(1943, 3, 16), TODAY, "83 y"),
        (date(2024, 2, 29), date(2026, 2, 28), "23 mo"),
        (date(2026, 3, 17), TODAY, "not born yet"),
    ],
)
def test_ages(born: date, on: date, age: str) -> None:
    assert dates.age(born, on) == age


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        ("year", "2026"),
        ("month", "Mar 2026"),
        ("day", "14 Mar 2026"),
        ("hour", "14 Mar 2026, 09 h"),
        ("minute", "14 Mar 2026, 09:05"),
        ("second", "14 Mar 2026, 09:05"),
    ],
)
def test_partial_dates_stay_partial(precision: str, shown: str) -> None:
    assert dates.partial(datetime(2026, 3, 14, 9, 5, 31, tzinfo=UTC), precision) == shown


def test_a_precision_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a precision"):
        dates.partial(datetime(2026, 3, 14, tzinfo=UTC), "decade")


def test_a_moment_is_shown_in_the_facilitys_zone() -> None:
    assert dates.moment(datetime(2026, 3, 14, 3, 5, tzinfo=UTC), ZoneInfo("America/Chicago")) == "13 Mar 2026, 22:05"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("CHIEF COMPLAINT: Dyspnoea.", "<h3>CHIEF COMPLAINT</h3><p>Dyspnoea.</p>"),
        ("PLAN\nRest.", "<h3>PLAN</h3><p>Rest.</p>"),
        ("Family History:\nNone.", "<h3>Family History</h3><p>None.</p>"),
        ("BP 120/80", "<p>BP 120/80</p>"),
        ("Note: she fell.", "<p>Note: she fell.</p>"),
        ("a\r\nb", "<p>a\nb</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("Na     132    mmol/L", '<pre tabindex="0">Na     132    mmol/L</pre>'),
        ("<script>", "<p>&lt;script&gt;</p>"),
        (f"{'w' * 60}\nnext", f"<p>{'w' * 60} next</p>"),
        (f"{'w' * 60}\n- item", f"<p>{'w' * 60}\n- item</p>"),
    ],
)
def test_clinical_text(text: str, html: str) -> None:
    assert prose(text) == html


def test_found_words_are_marked_even_where_they_need_escaping() -> None:
    assert prose("Na < 130 and na < 125", "na <") == "<p><mark>Na &lt;</mark> 130 and <mark>na &lt;</mark> 125</p>"


@given(st.text(), st.text(max_size=3))
def test_no_word_of_a_document_is_lost(text: str, find: str) -> None:
    shown = unescape(re.sub(r"<[^>]*>", " ", str(prose(text, find))))
    solid = re.compile(r"[\s:]+")
    assert solid.sub("", shown) == solid.sub("", text)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("67 mm[Hg]", "67 mmHg"), ("7.28 [pH]", "7.28"), ("370 10*3/uL", "370 ×10³/µL"), ("112 mm[Hg]; 68 mm[Hg]", "112 mmHg; 68 mmHg"),
        ("36.8 Cel", "36.8 °C"), ("23 mmol/L", "23 mmol/L"), ("Celiac panel", "Celiac panel"), ("2 Celebrex", "2 Celebrex"), ("41.0%", "41.0%"),
    ],
)  # fmt: skip
def test_a_unit_is_shown_as_the_ward_writes_it(kept: str, shown: str) -> None:
    assert with_units(kept) == shown
