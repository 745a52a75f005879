"""Two texts line by line, beside each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

MOST_LINES = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of each text; ``kind`` is same, changed, removed or added."""

    kind: str
    older: tuple[Piece, ...] = ()
    newer: tuple[Piece, ...] = ()


def compare(older: str, newer: str) -> list[Pair]:
    """The lines of both, in order; the words that changed are marked within a changed line. Bounded by ``MOST_LINES``."""
    one, other = older.splitlines()[:MOST_LINES], newer.splitlines()[:MOST_LINES]
    pairs: list[Pair] = []
    for how, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        pairs += _pairs(how, one[i1:i2], other[j1:j2])
    return pairs


def _pairs(how: str, gone: list[str], come: list[str]) -> Iterator[Pair]:
    if how == "equal":
        yield from (Pair("same", (Piece(line, False),), (Piece(line, False),)) for line in gone)
        return
    for left, right in zip_longest(gone, come):
        if left is None:
            yield Pair("added", (), (Piece(right, True),))
        elif right is None:
            yield Pair("removed", (Piece(left, True),), ())
        else:
            yield Pair("changed", *_words(left, right))


def _words(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    one, other = re.findall(r"\s+|\w+|[^\w\s]", left), re.findall(r"\s+|\w+|[^\w\s]", right)
    older: list[Piece] = []
    newer: list[Piece] = []
    for how, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if i1 < i2:
            older.append(Piece("".join(one[i1:i2]), how != "equal"))
        if j1 < j2:
            newer.append(Piece("".join(other[j1:j2]), how != "equal"))
    return tuple(older), tuple(newer)
