"""How near two texts are, and which of many is nearest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.likeness import Shelf, likeness, shingles

WORDS = [f"word{number}" for number in range(400)]
TEXT = " ".join(WORDS)


def changed(every: int) -> str:
    return " ".join(word if place % every else f"other{place}" for place, word in enumerate(WORDS))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (TEXT, TEXT, 1.0), (TEXT, TEXT.upper(), 1.0), (TEXT, TEXT.replace(" ", "\n"), 1.0), (TEXT, TEXT.replace(" ", ", "), 1.0), (TEXT, changed(40), 0.79),
        (TEXT, changed(20), 0.6), (TEXT, changed(3), 0.0), (TEXT, " ".join(reversed(WORDS)), 0.0), (TEXT, "too short to say", 0.0), ("", "", 0.0),
    ],
)  # fmt: skip
def test_how_near_two_texts_are(one, other, share):
    assert likeness(shingles(one), shingles(other)) == pytest.approx(share, abs=0.02)


TEXTS = st.lists(st.lists(st.sampled_from(WORDS[:12]), max_size=40).map(" ".join), min_size=1, max_size=6)


@given(TEXTS, st.lists(st.sampled_from(WORDS[:12]), max_size=40).map(" ".join))
def test_a_shelf_says_of_each_text_what_comparing_the_two_says(texts, text):
    shelf = Shelf(dict(enumerate(texts)))
    told = {key: likeness(shingles(text), shingles(other)) for key, other in enumerate(texts)}
    assert dict(shelf.near(text)) == {key: share for key, share in told.items() if share}


def test_the_nearest_of_many_comes_first():
    shelf = Shelf({"twentieth": changed(20), "fortieth": changed(40), "backwards": " ".join(reversed(WORDS)), "nothing": ""})
    assert [key for key, _ in shelf.near(TEXT)] == ["fortieth", "twentieth"]
    assert shelf.near("nothing of this is in any of the other texts, not one run of five words") == []
    assert shelf.near("") == []
