"""Comparing versions loses nothing: each side, put together again, is the text it came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from muniment.record.differences import Piece, compare

TEXTS = st.lists(st.text(alphabet="ab c.\t", max_size=12), max_size=12).map("\n".join)


def joined(sides: list[tuple[Piece, ...]]) -> list[str]:
    return ["".join(piece.text for piece in side) for side in sides]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off(older: str, newer: str) -> None:
    pairs = compare(older, newer)
    assert joined([pair.older for pair in pairs if pair.kind != "added"]) == older.splitlines()
    assert joined([pair.newer for pair in pairs if pair.kind != "removed"]) == newer.splitlines()


@given(TEXTS)
def test_the_same_text_has_no_difference(text: str) -> None:
    assert {pair.kind for pair in compare(text, text)} <= {"same"}


@given(TEXTS, TEXTS)
def test_what_differs_is_marked(older: str, newer: str) -> None:
    for pair in compare(older, newer):
        assert any(piece.changed for piece in (*pair.older, *pair.newer)) == (pair.kind != "same")
