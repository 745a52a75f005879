"""A model's measures as they are read side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from muniment.suggestions.learning.measures import Measures
from muniment.suggestions.models import TrainedModel
from muniment.ui.shapes import Why

WHY = Why(
    rule="A fifth of the patients of the window is held out: nothing is learned from their stays, and on them the model, the terminology alone and the model that "
    "spoke at the time are measured against the final codes. A code counts as suggested from 50 % on. Precision: of the codes suggested, how many were "
    "assigned. Recall: of the codes assigned, how many were suggested. F1: the harmonic mean of both, over all codes. MAP: the mean over stays of the average "
    "precision, which rewards assigned codes that stand high. Calibration error: how far, on average, a probability is from how often it was right.",
    citation="Manning, Raghavan, Schütze 2008, Introduction to information retrieval, chapter 8",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Measures in words: percentages without decimals, F1 and MAP with three."""

    name: str
    precision: str
    recall: str
    f1: str
    map: str
    off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    model: TrainedModel
    speaks: bool
    better: bool
    figures: tuple[Figures, ...]


def figures(name: str, said: Measures) -> Figures:
    return Figures(
        name=name, precision=_percent(said.precision) if said.made else "–", recall=_percent(said.recall), f1=f"{said.f1:.3f}", map=f"{said.average_precision:.3f}",
        off=_percent(said.off),
    )  # fmt: skip


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _read(said: Any) -> Measures:
    return msgspec.convert(said, Measures)


def row(model: TrainedModel, speaks: int) -> Row:
    """The model, then what it was measured beside."""
    said: Mapping[str, Any] = model.measures
    trained, alone = _read(said["trained"]), _read(said["alone"])
    found = [figures(f"Model {model.number}", trained), figures("The terminology alone", alone)]
    if said["other"]:
        found.append(figures(f"Model {said['other_number']}, which spoke then", _read(said["other"])))
    rival = _read(said["other"]) if said["other"] else alone
    return Row(model=model, speaks=model.number == speaks, better=trained.f1 > rival.f1, figures=tuple(found))


def chapters(model: TrainedModel) -> list[tuple[str, int, Figures, Figures]]:
    """(first letter, codes assigned, model, terminology alone)."""
    return [
        (letter, _read(trained).wanted, figures("", _read(trained)), figures("", _read(alone)))
        for letter, (trained, alone) in sorted(model.measures["by_chapter"].items())
    ]
