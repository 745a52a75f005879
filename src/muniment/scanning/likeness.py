"""How alike two texts are: the share of five-word runs they have in common (Jaccard's index over shingles). Pure."""

from __future__ import annotations

import zlib

from muniment.kernel.names import folded

RUN = 5
FEWEST_RUNS = 8  # a text shorter than this says too little to be called a copy


def shingles(text: str) -> frozenset[int]:
    """The hashed runs of five words, in any order."""
    words = folded(text.replace("\n", " ")).split()
    return frozenset(zlib.crc32(" ".join(words[at : at + RUN]).encode()) for at in range(len(words) - RUN + 1))


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """From 0 (nothing in common) to 1 (the same runs); 0 where either is too short to say."""
    if min(len(one), len(other)) < FEWEST_RUNS:
        return 0.0
    return len(one & other) / len(one | other)
