"""How alike two texts are: the share of five-word runs they have in common (Jaccard's index over shingles; Broder, 1997). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

RUN = 5
FEWEST_RUNS = 8  # a text shorter than this says too little to be called a copy
_WORD = re.compile(r"\w+")
Runs = frozenset[tuple[str, ...]]
K = TypeVar("K", bound=Hashable)


def shingles(text: str) -> Runs:
    """The runs of five words, in any order: of any case, whatever stands between the words."""
    words = _WORD.findall(text.casefold())
    return frozenset(zip(*(words[at:] for at in range(RUN)), strict=False))


def likeness(one: Runs, other: Runs) -> float:
    """From 0 (nothing in common) to 1 (the same runs); 0 where either is too short to say."""
    return _share(len(one), len(other), len(one & other))


def _share(one: int, other: int, common: int) -> float:
    return common / (one + other - common) if min(one, other) >= FEWEST_RUNS else 0.0


class Shelf(Generic[K]):
    """Many texts by a key, to ask which of them is nearest to another: only those with a run in common are counted."""

    def __init__(self, texts: Mapping[K, str]) -> None:
        self._sizes: dict[K, int] = {}
        self._holding: dict[tuple[str, ...], list[K]] = {}
        for key, text in texts.items():
            runs = shingles(text)
            self._sizes[key] = len(runs)
            for run in runs:
                self._holding.setdefault(run, []).append(key)

    def near(self, text: str) -> list[tuple[K, float]]:
        """(key, likeness) of those that have anything in common with ``text``, the nearest first."""
        runs = shingles(text)
        counted = Counter(key for run in runs for key in self._holding.get(run, ()))
        shares = [(key, _share(len(runs), self._sizes[key], common)) for key, common in counted.items()]
        return sorted((pair for pair in shares if pair[1]), key=lambda pair: (-pair[1], str(pair[0])))
