"""What a benchmark reports, and the table of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Skipped(Exception):
    """The message names what is not here."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``measured`` and ``peer`` are in ``unit``; ``peer_name`` says what the peer or limit is."""

    name: str
    measured: float
    unit: str
    peer_name: str = ""
    peer: float | None = None
    aim: str = ""

    def cells(self) -> tuple[str, ...]:
        ratio = f"{self.measured / self.peer:.2f}" if self.peer else ""
        beside = f"{_number(self.peer)} {self.unit} ({self.peer_name})" if self.peer is not None else ""
        return self.name, f"{_number(self.measured)} {self.unit}", beside, ratio, self.aim


HEADINGS = ("Figure", "Measured", "Peer or limit in the same run", "Ratio", "Aim")


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table, aligned for a terminal too."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample that ``share`` (0–1) of all do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
