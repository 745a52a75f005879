"""Document names in lists: sentence case, whatever the source printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.ui.words import inside, sentence_case


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Discharge Summary note", "Discharge summary note"),
        ("Discharge summary", "Discharge summary"),
        ("DISCHARGE SUMMARY", "Discharge summary"),
        ("Emergency department Note", "Emergency department note"),
        ("CT Chest W contrast IV", "CT chest W contrast IV"),
        ("CT CHEST", "CT chest"),
        ("ECG", "ECG"),
        ("H&P", "H&P"),
        ("Holter Monitor Report", "Holter monitor report"),
        ("progress note", "Progress note"),
        ("", ""),
    ],
)
def test_a_name_is_shown_in_sentence_case(printed: str, shown: str) -> None:
    assert sentence_case(printed) == shown


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Discharge Summary note", "discharge summary note"),
        ("CT of the Head", "CT of the head"),
        ("Holter report", "Holter report"),
    ],
)
def test_inside_a_sentence_it_begins_small_unless_it_is_a_name(printed: str, shown: str) -> None:
    assert inside(printed) == shown


@given(st.text(max_size=60))
def test_doing_it_twice_changes_nothing(printed: str) -> None:
    shown = sentence_case(printed)
    assert sentence_case(shown) == sentence_case(sentence_case(shown))
