"""Every pair of tokens that text is set in has a contrast of at least 4.5:1 in both themes (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import muniment.ui

TOKENS = Path(muniment.ui.__file__).parent / "static" / "ui" / "tokens.css"
PAIR = re.compile(r"--(?P<name>[\w-]+): light-dark\(#(?P<light>[0-9a-f]{6}), #(?P<dark>[0-9a-f]{6})\);")
GROUNDS = ("paper", "surface", "raised", "sunken")
TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "accent", "accent-strong", "ok", "due", "late", "info") for ground in GROUNDS),
    *((tone, f"{tone}-soft") for tone in ("accent", "ok", "due", "late", "info")),
    *(("ink", f"{tone}-soft") for tone in ("accent", "ok", "due", "late", "info")),
    *((f"band-{band}-ink", f"band-{band}") for band in (1, 2, 3, 4)),
    ("muted", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("ink", "mark"),
    ("paper", "ink"),
]
EDGES = [("line-firm", ground) for ground in GROUNDS] + [("accent", ground) for ground in GROUNDS]


def _tokens(theme: str) -> dict[str, str]:
    return {found["name"]: found[theme] for found in PAIR.finditer(TOKENS.read_text())}


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(theme: str, ink: str, ground: str) -> None:
    tokens = _tokens(theme)
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_and_focus_are_visible(theme: str, edge: str, ground: str) -> None:
    tokens = _tokens(theme)
    assert contrast(tokens[edge], tokens[ground]) >= 3


def test_every_colour_is_a_token_with_both_themes() -> None:
    """Outside tokens.css no colour is written, but for white paper in print and behind a QR code."""
    raw = re.compile(r"#[0-9a-f]{3,8}\b(?![\w-]*\s*\{)|\brgb\(", re.IGNORECASE)
    found = {path.name: raw.findall(path.read_text()) for path in TOKENS.parent.glob("*.css") if path != TOKENS}
    assert {name: sorted(set(colours)) for name, colours in found.items() if colours} == {
        "components.css": ["rgb("],
        "screens.css": ["#000", "#fff"],
    }
