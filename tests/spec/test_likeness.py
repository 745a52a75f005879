"""How near two texts are, and what their signatures tell of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.likeness import KEPT, SLACK, Shelf, estimate, likeness, shingles, sketch

WORDS = [f"word{number}" for number in range(400)]
TEXT = " ".join(WORDS)


def changed(every: int) -> str:
    return " ".join(word if place % every else f"other{place}" for place, word in enumerate(WORDS))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (TEXT, TEXT, 1.0), (TEXT, TEXT.upper(), 1.0), (TEXT, TEXT.replace(" ", "\n"), 1.0), (TEXT, changed(40), 0.79), (TEXT, changed(20), 0.6),
        (TEXT, changed(3), 0.0), (TEXT, " ".join(reversed(WORDS)), 0.0), (TEXT, "too short to say", 0.0), ("", "", 0.0),
    ],
)  # fmt: skip
def test_a_signature_tells_about_how_near_two_texts_are(one, other, share):
    assert likeness(shingles(one), shingles(other)) == pytest.approx(share, abs=0.02)
    assert estimate(sketch(one), sketch(other)) == pytest.approx(share, abs=SLACK)


@given(
    st.lists(st.sampled_from(WORDS[:30]), min_size=12, max_size=KEPT),
    st.lists(st.sampled_from(WORDS[:30]), min_size=12, max_size=KEPT),
)
def test_of_short_texts_the_signature_tells_exactly(one, other):
    first, second = " ".join(one), " ".join(other)
    union = shingles(first) | shingles(second)
    if len(union) <= KEPT:
        assert estimate(sketch(first), sketch(second)) == likeness(shingles(first), shingles(second))


@given(st.text(max_size=200), st.text(max_size=200))
def test_it_is_the_same_from_both_sides_and_small(one, other):
    assert estimate(sketch(one), sketch(other)) == estimate(sketch(other), sketch(one))
    assert len(sketch(one)) <= KEPT * 4


def test_the_nearest_of_many_is_found_by_its_signature():
    keys = [UUID(int=place) for place in range(4)]
    shelf = Shelf(dict(zip(keys, map(sketch, (changed(20), changed(40), " ".join(reversed(WORDS)), "")), strict=True)))
    key, share = shelf.nearest(sketch(TEXT))
    assert (key, share) == (keys[1], pytest.approx(0.79, abs=SLACK))
    assert shelf.nearest(sketch("nothing of this is in any of the other texts, not one run of five words")) is None
    assert shelf.nearest(b"") is None
