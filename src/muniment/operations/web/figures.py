"""Figures that lead to their list. A figure whose list this house does not have is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from muniment.ui.shapes import Figure, Input, Tone, Why

DISCHARGES = "Stays that ended on the last seven days, today included, by the facility’s clock."
DELINQUENT = "Discharged charts in which something is still open after the days the rule book gives, not counting days of absence of whoever owes it."


def link(name: str, /, *args: object, **query: object) -> str:
    """The address of a screen with its query; empty where the screen does not exist."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    said = {key: str(value) for key, value in query.items() if value not in ("", None)}
    return f"{address}?{urlencode(said)}" if said else address


def figure(
    label: str, value: int | float | str, url: str, definition: str, *, counted: str = "", unit: str = "",
    state: str = "", tone: Tone = Tone.PLAIN, citation: str = "", spark: Sequence[float] = (), verified: bool = True,
) -> Figure | None:  # fmt: skip
    """``definition`` says what is counted, ``counted`` where and as of when. None without a list to lead to."""
    if not url:
        return None
    words = value if isinstance(value, str) else f"{value:,}"
    why = Why(rule=definition, citation=citation, verified=verified, inputs=[Input("Counted", counted)] if counted else [])
    return Figure(label=label, value=words, url=url, why=why, unit=unit, state=state, tone=tone, spark=spark)


def shown(figures: Iterable[Figure | None]) -> list[Figure]:
    return [one for one in figures if one is not None]


def late_tone(count: int) -> tuple[str, Tone]:
    """The state of a number that should be nought."""
    return ("late", Tone.LATE) if count else ("none", Tone.OK)
