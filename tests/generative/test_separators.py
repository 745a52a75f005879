"""A separator sheet's code: what is encoded is decoded, and nothing else is ever believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.errors import Unreadable
from muniment.scanning.separators import Sheet, decode, encode

KEY = b"k" * 32
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
sheets = st.builds(
    Sheet,
    facility=words.filter(bool),
    assigner=words,
    number=words,
    visit=words,
    type_code=words,
    pages=st.integers(0, 9999),
    serial=words,
)


@given(sheets)
def test_what_is_encoded_is_decoded(sheet):
    assert decode(encode(sheet, KEY), KEY) == sheet


@given(sheets, st.data())
def test_one_changed_character_is_refused(sheet, data):
    text = encode(sheet, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda one: one != text[place]))
    with pytest.raises(Unreadable):
        decode(text[:place] + other + text[place + 1 :], KEY)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_foreign_text_is_refused_in_words(text):
    with pytest.raises(Unreadable):
        decode(text, KEY)


@given(sheets)
def test_another_houses_sheet_is_refused(sheet):
    with pytest.raises(Unreadable):
        decode(encode(sheet, b"o" * 32), KEY)
