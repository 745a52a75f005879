"""Charts drawn on the server as SVG: no script, no library, the same on paper. Each carries the table of what it shows.

Colours come from the page's tokens through classes, so a chart follows the theme. Lengths are SVG units, one to a CSS pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from math import ceil, floor, log10
from textwrap import wrap

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 580, 216
LEFT, RIGHT, TOP, BOTTOM = 40, 124, 12, 26
LABEL = 27  # characters of a row's name on one line
LETTER = 8.4  # a generous width of one bold character, so that words are never cut
_ids = count(1)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of numbers. None is a gap, and is drawn as one."""

    name: str
    values: Sequence[float | None]
    tone: str = "accent"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its table: ``head`` names the columns, ``rows`` are already words."""

    title: str
    svg: SafeString
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values (0 to ``top``) and positions (0 to ``places`` - 1) to points."""

    top: float
    step: float
    places: int

    def y(self, value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / self.top), 1)

    def x(self, place: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * place / max(self.places - 1, 1), 1)

    def ticks(self) -> list[float]:
        return [self.step * index for index in range(round(self.top / self.step) + 1)]


def line(
    title: str, labels: Sequence[str], series: Sequence[Series], *, target: float | None = None, unit: str = "", note: str = ""
) -> Chart:
    """Lines over time, named at their ends, with a dashed target. Raises ValueError where lengths differ."""
    _same_length(labels, [one.values for one in series])
    scale = _scale([value for one in series for value in one.values if value is not None], target, len(labels))
    names = _apart([(scale.y(_last(one)), one) for one in series if _last_place(one) is not None], target, scale)
    body = [*_axes(scale, unit), *_months(labels, scale.x), *_target(target, scale, unit)]
    body += [drawn for one in series for drawn in _line(one, scale)]
    body += [_text(WIDTH - RIGHT + 8, y + 4, f"{one.name} {number(_last(one))}", f"name n-{one.tone}") for y, one in names]
    rows = [[label, *(number(one.values[place]) for one in series)] for place, label in enumerate(labels)]
    return Chart(
        title, _svg(title, _summary(series, labels, target, unit), body), ["", *(one.name for one in series)], rows, note
    )


def bars(
    title: str, labels: Sequence[str], values: Sequence[float], *, target: float | None = None, unit: str = "", note: str = ""
) -> Chart:
    """Upright bars, each with its number above it, and a dashed target."""
    _same_length(labels, [values])
    scale = _scale(values, target, len(labels))
    slot = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    wide = min(slot * 0.64, 48)
    body = [*_axes(scale, unit), *_target(target, scale, unit)]
    for place, value in enumerate(values):
        middle = round(LEFT + slot * (place + 0.5), 1)
        body.append(_rect(middle - wide / 2, scale.y(value), wide, scale.y(0) - scale.y(value), "bar"))
        body.append(_text(middle, scale.y(value) - 4, number(value), "name", anchor="middle"))
    body += _months(labels, lambda place: LEFT + slot * (place + 0.5))
    rows = [[label, number(value)] for label, value in zip(labels, values, strict=True)]
    return Chart(
        title, _svg(title, _summary([Series(title, values)], labels, target, unit), body), ["", unit or "Value"], rows, note
    )


def stacked(title: str, labels: Sequence[str], bands: Sequence[Series], *, note: str = "") -> Chart:
    """Lying bars in up to four ageing bands, youngest first; the counts stand in the bands, the sum at the end."""
    if not 1 <= len(bands) <= 4:
        raise ValueError("an ageing chart has one to four bands")
    _same_length(labels, [band.values for band in bands])
    sums = [sum(band.values[place] or 0 for band in bands) for place in range(len(labels))]
    named = [_lines(label) for label in labels]
    long = max([len(line) for lines in named for line in lines], default=0)
    left, top, row = long * LETTER + 12, 26, 32
    per_unit = (WIDTH - left - 60) / (max(sums, default=0) or 1)
    body = _legend(bands, left)
    for place, lines in enumerate(named):
        body += _stacked_row(lines, [band.values[place] or 0 for band in bands], left, top + row * place, per_unit)
    rows = [[label, *(number(band.values[place]) for band in bands), number(sums[place])] for place, label in enumerate(labels)]
    described = "; ".join(f"{label} {number(total)}" for label, total in zip(labels, sums, strict=True))
    svg = _svg(title, described, body, height=top + row * len(labels) + 4)
    return Chart(title, svg, ["", *(band.name for band in bands), "Sum"], rows, note)


def sparkline(values: Sequence[float], *, title: str, width: int = 96, height: int = 24) -> SafeString:
    """A trend without axes, oldest first, its last value as a dot."""
    if not values:
        return mark_safe("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    across = (width - 6) / max(len(values) - 1, 1)
    points = [
        (round(3 + across * place, 1), round(height - 3 - (height - 6) * (value - low) / span, 1))
        for place, value in enumerate(values)
    ]
    name = f"{title}: from {number(values[0])} to {number(values[-1])}"
    x, y = points[-1]
    return mark_safe(  # noqa: S308 escaped piece by piece
        f'<svg class="spark" role="img" aria-label="{escape(name)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
        f'<polyline class="line" points="{_points(points)}"/><circle class="dot" cx="{x}" cy="{y}" r="2.5"/></svg>'
    )


def number(value: float | None) -> str:
    """A number as people read it: thousands separated, at most two decimals; a gap is an en dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}".rstrip("0").rstrip(".")


def _same_length(labels: Sequence[str], columns: Iterable[Sequence[float | None]]) -> None:
    if any(len(column) != len(labels) for column in columns):
        raise ValueError("each series needs one value for each label")


def _scale(values: Sequence[float], target: float | None, places: int) -> _Scale:
    most = max([*values, target or 0, 0])
    most = most if most > 1e-6 else 1
    rough = most / 4
    magnitude = 10 ** floor(log10(rough))
    counted = all(value == int(value) for value in [*values, target or 0])  # of things that come whole no half is marked
    steps = [factor * magnitude for factor in (1, 2, 2.5, 5, 10, 20, 50, 100)]
    step = next(one for one in steps if one >= rough and not (counted and one % 1))
    return _Scale(step * ceil(most / step), step, places)


def _axes(scale: _Scale, unit: str) -> list[str]:
    drawn = []
    for tick in scale.ticks():
        y = scale.y(tick)
        kind = "axis" if tick == 0 else "grid"
        drawn.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        drawn.append(_text(LEFT - 6, y + 4, number(tick) + (unit if unit == "%" else ""), "", anchor="end"))
    return drawn


def _months(labels: Sequence[str], place_x: Callable[[float], float]) -> list[str]:
    widest = 7 * max(map(len, labels), default=0) + 8
    every = max(1, ceil(len(labels) / min(12, (WIDTH - LEFT - RIGHT) // widest)))
    return [
        _text(place_x(place), HEIGHT - 8, label, "", anchor="middle")
        for place, label in enumerate(labels)
        if place % every == 0
    ]


def _target(target: float | None, scale: _Scale, unit: str) -> list[str]:
    if target is None:
        return []
    y = scale.y(target)
    end = WIDTH - RIGHT
    name = f"target {number(target)}{unit if unit == '%' else ''}"
    return [f'<line class="target" x1="{LEFT}" x2="{end}" y1="{y}" y2="{y}"/>', _text(end + 8, y + 4, name, "target-name")]


def _line(series: Series, scale: _Scale) -> list[str]:
    runs: list[list[Point]] = [[]]
    for place, value in enumerate(series.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((scale.x(place), scale.y(value)))
    return [f'<polyline class="line t-{series.tone}" points="{_points(run)}"/>' for run in runs if run]


def _apart(ends: list[tuple[float, Series]], target: float | None, scale: _Scale) -> list[tuple[float, Series]]:
    """Names at line ends, pushed apart until neither another name nor the target's covers them."""
    taken = [] if target is None else [scale.y(target)]
    placed = []
    for wanted, series in sorted(ends, key=lambda end: end[0]):
        y = wanted
        for other in sorted(taken):
            if abs(other - y) < 15:
                y = other + 15
        taken.append(y)
        placed.append((y, series))
    lowest = HEIGHT - BOTTOM + 0.0
    for index in reversed(range(len(placed))):
        y, series = placed[index]
        placed[index] = (min(y, lowest), series)
        lowest = placed[index][0] - 15
    return placed


def _lines(label: str) -> list[str]:
    """A row's name in as many short lines as it needs; two fit beside a bar."""
    return wrap(label, max(LABEL, ceil(len(label) / 2) + 4)) or [""]


def _stacked_row(name: Sequence[str], values: Sequence[float], left: float, y: float, per_unit: float) -> list[str]:
    first = y + 15 - 7 * (len(name) - 1)
    drawn = [_text(left - 8, first + 14 * place, line, "name", anchor="end") for place, line in enumerate(name)]
    x = left
    for band, value in enumerate(values, start=1):
        wide = value * per_unit
        if value:
            drawn.append(_rect(x, y, max(wide - 1, 0.5), 20, f"b{band}"))
        if wide >= 10 + 7 * len(number(value)):
            drawn.append(_text(x + wide / 2, y + 14, number(value), f"b{band}", anchor="middle"))
        x += wide
    return [*drawn, _text(x + 6, y + 15, number(sum(values)), "name")]


def _legend(bands: Sequence[Series], left: float) -> list[str]:
    widths = [30 + LETTER * len(band.name) for band in bands]
    left = max(0, min(left, WIDTH - sum(widths)))
    starts = [left + sum(widths[:place]) for place in range(len(bands))]
    drawn = []
    for place, (x, band) in enumerate(zip(starts, bands, strict=True), start=1):
        drawn.append(_rect(x, 3, 12, 12, f"b{place}"))
        drawn.append(_text(x + 17, 13, band.name, ""))
    return drawn


def _summary(series: Sequence[Series], labels: Sequence[str], target: float | None, unit: str) -> str:
    if not labels:
        return "Nothing to show yet."
    last = ", ".join(f"{one.name} {number(one.values[-1])}{unit if unit == '%' else ''}" for one in series)
    aim = "" if target is None else f" Target {number(target)}."
    return f"{labels[0]} to {labels[-1]}. Last: {last}.{aim}"


def _last_place(series: Series) -> int | None:
    return next((place for place in reversed(range(len(series.values))) if series.values[place] is not None), None)


def _last(series: Series) -> float:
    place = _last_place(series)
    return 0.0 if place is None else float(series.values[place] or 0)


def _svg(title: str, description: str, body: Iterable[str], *, height: float = HEIGHT) -> SafeString:
    serial = next(_ids)
    return mark_safe(  # noqa: S308 escaped piece by piece
        f'<svg class="plotted" role="img" aria-labelledby="c{serial}t c{serial}d" width="{WIDTH}" height="{height:g}" '
        f'viewBox="0 0 {WIDTH} {height:g}"><title id="c{serial}t">{escape(title)}</title>'
        f'<desc id="c{serial}d">{escape(description)}</desc>{"".join(body)}</svg>'
    )


def _text(x: float, y: float, words: str, css: str, *, anchor: str = "start") -> str:
    return f'<text x="{round(x, 1):g}" y="{round(y, 1):g}" text-anchor="{anchor}" class="{css}">{escape(words)}</text>'


def _rect(x: float, y: float, width: float, height: float, css: str) -> str:
    left, top, across, down = (round(length, 1) for length in (x, y, width, height))
    return f'<rect class="{css}" x="{left:g}" y="{top:g}" width="{across:g}" height="{down:g}"/>'


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
