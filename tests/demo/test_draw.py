"""The phrase language and the streams of chance."""

from __future__ import annotations

import pytest

from muniment.demo.draw import Draw


def test_a_stream_repeats_for_its_key_and_differs_for_another() -> None:
    first = [Draw(7, "a").between(0, 10**9) for _ in range(3)]
    assert len(set(first)) == 1
    assert Draw(7, "a").between(0, 10**9) != Draw(7, "b").between(0, 10**9)


def test_the_sequence_is_the_one_every_supported_python_gives() -> None:
    draw = Draw(7, "fixed")
    assert [draw.between(0, 999) for _ in range(5)] == [478, 105, 643, 898, 704]


@pytest.mark.parametrize(
    ("template", "possible"),
    [
        ("plain", {"plain"}),
        ("[a|b]", {"a", "b"}),
        ("x[ and [y|z]|]", {"x", "x and y", "x and z"}),
        ("<2-4> days", {"2 days", "3 days", "4 days"}),
        ("{who} [sleeps|wakes]", {"she sleeps", "she wakes"}),
        ("<1-2> days, a <80-80>-year-old", {"1 day, an 80-year-old", "2 days, an 80-year-old"}),
    ],
)
def test_a_template_says_each_of_its_readings_and_no_other(template: str, possible: set[str]) -> None:
    draw = Draw(1, template)
    assert {draw.say(template, {"who": "she"}) for _ in range(200)} == possible


def test_a_number_with_places_keeps_them() -> None:
    said = Draw(1).say("<98.0-98.9>", {})
    assert 98.0 <= float(said) <= 98.9
    assert len(said) == 4


def test_a_fact_that_is_not_known_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        Draw(1).say("{nobody}", {})


@pytest.mark.parametrize("template", ["[open", "stray ] here"])
def test_an_unbalanced_template_is_refused_or_kept_whole(template: str) -> None:
    if template.startswith("["):
        with pytest.raises(ValueError, match="open"):
            Draw(1).say(template, {})
    else:
        assert Draw(1).say(template, {}) == template


def test_weights_are_kept() -> None:
    draw = Draw(3)
    drawn = [draw.weighted((("often", 9), ("rarely", 1))) for _ in range(2000)]
    assert 0.85 < drawn.count("often") / 2000 < 0.95
