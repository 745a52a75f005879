from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.ui import charts
from muniment.ui.charts import Series

NUMBERS = st.floats(min_value=0, max_value=1e7, allow_nan=False)


def _parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def _texts(chart: charts.Chart) -> list[str]:
    return [text.text or "" for text in _parse(chart.svg).iter() if text.tag.endswith("text")]


def test_line_names_each_series_and_the_target_at_the_end() -> None:
    drawn = charts.line(
        "Complete", ("Jan", "Feb"), (Series("Harbour", (81, 92)), Series("Quay", (70, 91.5))), target=90, unit="%"
    )
    assert {"Harbour 92", "Quay 91.5", "target 90%"} <= set(_texts(drawn))


def test_names_at_line_ends_do_not_cover_each_other() -> None:
    drawn = charts.line("Same", ("Jan", "Feb"), tuple(Series(name, (5, 5)) for name in "ABCD"), target=5)
    ends = [float(text.get("y", "0")) for text in _parse(drawn.svg).iter() if "name" in text.get("class", "")]
    assert all(later - earlier >= 14 for earlier, later in zip(sorted(ends), sorted(ends)[1:], strict=False))


def test_a_gap_breaks_the_line_and_is_a_dash_in_the_table() -> None:
    drawn = charts.line("Gap", ("a", "b", "c"), (Series("s", (1, None, 3)),))
    assert len([one for one in _parse(drawn.svg).iter() if one.tag.endswith("polyline")]) == 2
    assert drawn.rows[1] == ["b", "–"]


def test_bars_carry_their_numbers() -> None:
    drawn = charts.bars("Coded", ("Mon", "Tue"), (41, 1_500), unit="charts")
    assert {"41", "1,500"} <= set(_texts(drawn))
    assert drawn.head == ["", "charts"]


def test_stacked_shows_bands_and_sums() -> None:
    drawn = charts.stacked("Age", ("Surgery",), (Series("0–7", (12,)), Series("8+", (30,))))
    assert {"12", "30", "42", "0–7", "8+", "Surgery"} <= set(_texts(drawn))
    assert drawn.rows == [["Surgery", "12", "30", "42"]]


def test_drawing_is_named_for_those_who_do_not_see_it() -> None:
    root = _parse(charts.bars("Charts <late> & due", ("Mon",), (3,), target=2).svg)
    named = {child.get("id"): child.text for child in root if child.get("id")}
    assert root.get("role") == "img"
    assert [named[one] for one in root.get("aria-labelledby", "").split()] == [
        "Charts <late> & due",
        "Mon to Mon. Last: Charts <late> & due 3. Target 2.",
    ]


@pytest.mark.parametrize(
    "draw", [lambda: charts.line("x", ("a",), (Series("s", ()),)), lambda: charts.bars("x", ("a", "b"), (1,))]
)
def test_values_and_labels_go_together(draw: object) -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        draw()  # type: ignore[operator]


def test_five_bands_are_too_many() -> None:
    with pytest.raises(ValueError, match="one to four bands"):
        charts.stacked("x", ("a",), tuple(Series(str(band), (1,)) for band in range(5)))


def test_sparkline_says_where_it_began_and_ended() -> None:
    assert _parse(charts.sparkline((48, 29), title="Late")).get("aria-label") == "Late: from 48 to 29"
    assert charts.sparkline((), title="Late") == ""


@given(st.lists(NUMBERS, max_size=30), st.none() | NUMBERS)
def test_any_numbers_stay_inside_the_drawing(values: list[float], target: float | None) -> None:
    labels = [f"<{place}>" for place in range(len(values))]
    for drawn in (
        charts.bars("b", labels, values, target=target),
        charts.line("l", labels, (Series("s", values),), target=target),
    ):
        for element in _parse(drawn.svg).iter():
            for edge, most in (("x", charts.WIDTH), ("y", charts.HEIGHT), ("height", charts.HEIGHT), ("y1", charts.HEIGHT)):
                assert 0 <= float(element.get(edge, "0")) <= most


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0, "0"),
        (3.456, "3.46"),
        (90, "90"),
        (2.5, "2.5"),
        (12, "12"),
        (1234.5, "1,234"),
        (0.25, "0.25"),
        (1_000_000, "1,000,000"),
    ],
)
def test_numbers_read_as_people_write_them(value: float | None, shown: str) -> None:
    assert charts.number(value) == shown


def test_a_stacked_chart_cuts_neither_long_names_nor_its_legend() -> None:
    bands = [Series(name, (1,)) for name in ("not due", "late to 7 d", "late 8 to 30 d", "late over 30 d")]
    drawn = _parse(charts.stacked("Age", ("Discharge summary or final progress note",), bands).svg)
    texts = [one for one in drawn.iter() if one.tag.endswith("text")]
    name = [one.text or "" for one in texts if one.get("text-anchor") == "end"]
    assert " ".join(name) == "Discharge summary or final progress note"
    for one in texts:
        x, wide = float(one.get("x", "0")), charts.LETTER * len(one.text or "")
        begin = {"end": x - wide, "middle": x - wide / 2}.get(one.get("text-anchor", ""), x)
        assert begin >= 0, one.text
        assert begin + wide <= charts.WIDTH, one.text


def test_counts_are_never_marked_in_halves() -> None:
    drawn = charts.line("Stays", ["Mon", "Tue"], [charts.Series("Stays", [0, 9])]).svg
    assert ">2.5<" not in drawn
    assert ">5<" in drawn
