"""How alike two texts are: the share of five-word runs they have in common (Jaccard's index over shingles). Pure.

A *sketch* is a text's signature: the smallest of the hashes of its runs. Two sketches tell about how alike two texts are without
either text (bottom-k sketches; Broder, "On the resemblance and containment of documents", 1997).
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Mapping
from heapq import nsmallest
from uuid import UUID

from muniment.kernel.names import folded

RUN = 5
FEWEST_RUNS = 8  # a text shorter than this says too little to be called a copy
KEPT = 64  # hashes of a sketch: 256 bytes
MOST_JUDGED = 8  # of those with the most hashes in common
SLACK = 0.2  # a sketch is off by less than this in all but a few of a thousand pairs
_MIXED = 0x9E3779B1  # crc32 of like words is alike in its bits; multiplied by an odd number they spread


def shingles(text: str) -> frozenset[int]:
    """The hashed runs of five words, in any order."""
    words = folded(text.replace("\n", " ")).split()
    return frozenset(
        zlib.crc32(" ".join(words[at : at + RUN]).encode()) * _MIXED & 0xFFFFFFFF for at in range(len(words) - RUN + 1)
    )


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """From 0 (nothing in common) to 1 (the same runs); 0 where either is too short to say."""
    if min(len(one), len(other)) < FEWEST_RUNS:
        return 0.0
    return len(one & other) / len(one | other)


def sketch(text: str) -> bytes:
    """A text's signature, at most 256 bytes; empty where the text is too short to say."""
    found = shingles(text)
    return array("I", nsmallest(KEPT, found)).tobytes() if len(found) >= FEWEST_RUNS else b""


def estimate(one: bytes, other: bytes) -> float:
    """About ``likeness`` of the texts behind two sketches: exact where both texts have no more than 64 runs, else within ``SLACK``."""
    mine, theirs = frozenset(array("I", one)), frozenset(array("I", other))
    if not mine or not theirs:
        return 0.0
    smallest = nsmallest(KEPT, mine | theirs)
    return sum(run in mine and run in theirs for run in smallest) / len(smallest)


class Shelf:
    """Sketches of many texts by a key, to ask which of them is nearest to another: only those with a hash in common are looked at."""

    def __init__(self, sketches: Mapping[UUID, bytes]) -> None:
        self._sketches = sketches
        self._holding: dict[int, list[UUID]] = {}
        for key, made in sketches.items():
            for run in array("I", made):
                self._holding.setdefault(run, []).append(key)

    def nearest(self, made: bytes) -> tuple[UUID, float] | None:
        """The key of the text that is nearest, and about how near; None where none has anything in common."""
        counted = Counter(key for run in array("I", made) for key in self._holding.get(run, ()))
        judged = [(key, estimate(made, self._sketches[key])) for key, _ in counted.most_common(MOST_JUDGED)]
        return max(judged, key=lambda pair: pair[1], default=None)
