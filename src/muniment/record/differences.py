"""Two texts line by line, beside each other. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

MOST_LINES = 4000
MOST_WORDS = 2000  # of a line; a longer one is shown as changed as a whole
MOST_MARKED = 100_000  # characters of changed lines in which the words are marked; beyond it whole lines are
MOST_MATCHES = (
    2000  # pairs of equal lines of a text, or words of a line, that are repeated: with more the library takes minutes
)


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
    room = [MOST_MARKED]
    for how, i1, i2, j1, j2 in _operations(one, other):
        pairs += _pairs(how, one[i1:i2], other[j1:j2], room)
    return pairs


def _operations(one: list[str], other: list[str]) -> list[tuple[str, int, int, int, int]]:
    """What makes ``other`` of ``one``, as difflib says it. What stands at both ends alike is taken off first; of the rest, what is
    repeated so often that comparing would not end is no anchor."""
    begin = _alike(one, other)
    tail = _alike(one[begin:][::-1], other[begin:][::-1])
    left, right = one[begin : len(one) - tail], other[begin : len(other) - tail]
    middle = SequenceMatcher(_too_frequent(left, right), left, right, autojunk=False).get_opcodes()
    found = [(how, i1 + begin, i2 + begin, j1 + begin, j2 + begin) for how, i1, i2, j1, j2 in middle]
    head = [("equal", 0, begin, 0, begin)] if begin else []
    end = [("equal", len(one) - tail, len(one), len(other) - tail, len(other))] if tail else []
    return [*head, *found, *end]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many of both are the same from their beginnings on."""
    return next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other))
    )


def _too_frequent(one: list[str], other: list[str]) -> Callable[[str], bool] | None:
    """What is left aside, the most frequent first, until ``MOST_MATCHES`` holds; None where it does."""
    here, there = Counter(one), Counter(other)
    matches = {text: count * there[text] for text, count in here.items() if count * there[text] > 1}
    total, aside = sum(matches.values()), set()
    for text in sorted(matches, key=lambda text: -matches[text]):
        if total <= MOST_MATCHES:
            break
        total -= matches[text]
        aside.add(text)
    return aside.__contains__ if aside else None


def _pairs(how: str, gone: list[str], come: list[str], room: list[int]) -> Iterator[Pair]:
    """``room``: how many characters may still be looked through for words."""
    if how == "equal":
        yield from (Pair("same", (Piece(line, False),), (Piece(line, False),)) for line in gone)
        return
    for left, right in zip_longest(gone, come):
        if left is None:
            yield Pair("added", (), (Piece(right, True),))
        elif right is None:
            yield Pair("removed", (Piece(left, True),), ())
        else:
            room[0] -= len(left) + len(right)
            yield Pair("changed", *(_words(left, right) if room[0] >= 0 else _whole(left, right)))


def _whole(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    return (Piece(left, True),), (Piece(right, True),)


def _words(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    one, other = re.findall(r"\s+|\w+|[^\w\s]", left), re.findall(r"\s+|\w+|[^\w\s]", right)
    if max(len(one), len(other)) > MOST_WORDS:
        return _whole(left, right)
    older: list[Piece] = []
    newer: list[Piece] = []
    for how, i1, i2, j1, j2 in _operations(one, other):
        if i1 < i2:
            older.append(Piece("".join(one[i1:i2]), how != "equal"))
        if j1 < j2:
            newer.append(Piece("".join(other[j1:j2]), how != "equal"))
    return tuple(older), tuple(newer)
