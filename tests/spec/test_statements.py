"""A new statement about a patient, laid over what was known: nothing said before is lost, and nobody is renamed by accident."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.identity.statements import Demographics, full_date


def name(text: str) -> dict[str, Any]:
    """ "Rowe Ada (old)"."""
    words, _, use = text.removesuffix(")").partition(" (")
    family, *given_names = words.split()
    return {"family": family, "given": given_names} | ({"use": use} if use else {})


def names(*texts: str) -> tuple[dict[str, Any], ...]:
    return tuple(name(text) for text in texts)


# known, said, what then is known, the name the record goes by
NAMES = [
    ([], ["Rowe Ada"], ["Rowe Ada"], "Rowe"),
    (["Rowe Ada"], [], ["Rowe Ada"], "Rowe"),
    (["Rowe Ada"], ["Rowe Ada Maria"], ["Rowe Ada Maria"], "Rowe"),
    (["Rowe Ada (official)"], ["Stone Ada"], ["Stone Ada", "Rowe Ada (old)"], "Stone"),
    (["Stone Ada", "Rowe Ada (old)"], ["Stone Ada"], ["Stone Ada", "Rowe Ada (old)"], "Stone"),
    (["Stone Ada", "Rowe Ada (old)"], ["Rowe Ada"], ["Rowe Ada", "Stone Ada (old)"], "Rowe"),
    (["Rowe Ada"], ["Stone Ada", "Rowe Ada (maiden)"], ["Stone Ada", "Rowe Ada (maiden)"], "Stone"),
    # only a former name is told
    (["Stone Ada"], ["Rowe Ada (maiden)"], ["Stone Ada", "Rowe Ada (maiden)"], "Stone"),
    (["Stone Ada", "Rowe Ada (old)"], ["Rowe Ada (maiden)"], ["Stone Ada", "Rowe Ada (maiden)"], "Stone"),
    (["Stone Ada"], ["Stone Ada (old)"], ["Stone Ada"], "Stone"),
    ([], ["Rowe Ada (maiden)"], ["Rowe Ada (maiden)"], "Rowe"),
]


@pytest.mark.parametrize(("known", "said", "then", "goes_by"), NAMES)
def test_names(known: list[str], said: list[str], then: list[str], goes_by: str) -> None:
    found = Demographics(names=names(*said)).over(Demographics(names=names(*known)))
    assert found.names == names(*then)
    assert found.official["family"] == goes_by


TEXT = st.sampled_from(
    ["Rowe Ada", "Rowe Ada Maria", "Stone Ada", "Stone Ada (old)", "Rowe Ada (maiden)", "Moss Ada (official)"]
)
WORD = st.sampled_from(["", "A", "B"])
POINTS = st.lists(st.sampled_from([{"system": "phone", "value": "555 010 1234"}, {"city": "Troy"}]), max_size=2).map(tuple)
STATEMENTS = st.builds(
    Demographics, names=st.lists(TEXT.map(name), max_size=3).map(tuple), birth=st.sampled_from(["", "1943", "1943-03-14"]), sex=WORD,
    deceased=st.none() | st.booleans(), deceased_at=WORD, addresses=POINTS, telecoms=POINTS,
)  # fmt: skip


@given(known=STATEMENTS, said=STATEMENTS)
def test_the_same_statement_again_changes_nothing(known: Demographics, said: Demographics) -> None:
    once = said.over(known)
    assert said.over(once).digest() == once.digest()


@given(known=STATEMENTS, said=STATEMENTS)
def test_no_family_name_and_no_fact_is_lost(known: Demographics, said: Demographics) -> None:
    found = said.over(known)
    assert {one["family"] for one in found.names} == {one["family"] for one in (*known.names, *said.names)}
    for field in ("birth", "sex", "deceased_at", "addresses", "telecoms"):
        assert getattr(found, field) == (getattr(said, field) or getattr(known, field))
    assert found.deceased == (known.deceased if said.deceased is None else said.deceased)


@given(known=STATEMENTS)
def test_a_statement_that_says_nothing_changes_nothing(known: Demographics) -> None:
    assert Demographics().over(known).digest() == known.digest()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("1943", None),
        ("1943-03", None),
        ("1943-02-30", None),
        ("1943-03-14", "1943-03-14"),
        ("1943-03-14T05:00", "1943-03-14"),
    ],
)
def test_a_birth_date_is_compared_only_when_it_is_known_to_the_day(text: str, day: str | None) -> None:
    found = full_date(text)
    assert (found and found.isoformat()) == day
