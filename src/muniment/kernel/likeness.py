"""How alike two texts are: the share of five-word runs they have in common (Jaccard's index over shingles). Pure.

A *sketch* is a text's signature: the smallest of the hashes of its runs. Two sketches tell about how alike two texts are without
either text (bottom-k sketches; Broder, "On the resemblance and containment of documents", 1997).
"""

from __future__ import annotations

import zlib
from array import array
from heapq import nsmallest

from muniment.kernel.names import folded

RUN = 5
FEWEST_RUNS = 8  # a text shorter than this says too little to be called a copy
KEPT = 64  # hashes of a sketch: 256 bytes
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
