"""A note beside what it holds of its source, line by line of the note. Pure.

Two versions of a document are compared line by line (``record.differences``); copied text stands under other headings and among
other words, so here each line of the note has beside it the words of the source that it repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from muniment.qualitative.checks.copied import Passage, passages
from muniment.record.differences import Pair, Piece

_WORD = re.compile(r"[^\W_]+")
COPIED, OWN = "copied", "own"


def side_by_side(source: str, later: str) -> list[Pair]:
    """A pair for each line of ``later`` that has words: ``newer`` the line with what is copied marked, ``older`` where it comes from."""
    theirs, ours = list(_WORD.finditer(source)), list(_WORD.finditer(later))
    found = passages([one[0].casefold() for one in theirs], [one[0].casefold() for one in ours])
    return [_pair(line, source, later, theirs, ours, found) for line in re.finditer(r"[^\n]*\S[^\n]*", later)]


def _pair(
    line: re.Match[str], source: str, later: str, theirs: list[re.Match[str]], ours: list[re.Match[str]], found: list[Passage]
) -> Pair:
    newer: list[Piece] = []
    older: list[Piece] = []
    at = line.start()
    for first, last, there in _runs(line, ours, found):
        begin, end = ours[first].start(), ours[last].end()
        newer += [Piece(later[at:begin], False), Piece(later[begin:end], True)]
        older += [Piece(" … ", False)] if older else []
        older.append(Piece(source[theirs[there].start() : theirs[there + last - first].end()], True))
        at = end
    newer.append(Piece(later[at : line.end()], False))
    return Pair(COPIED if older else OWN, tuple(older), tuple(one for one in newer if one.text))


def _runs(line: re.Match[str], ours: list[re.Match[str]], found: list[Passage]) -> Iterator[tuple[int, int, int]]:
    """(first word, last word, first word there) of each passage's part in a line."""
    for one in found:
        within = [at for at in range(one.at, one.at + one.length) if line.start() <= ours[at].start() < line.end()]
        if within:
            yield within[0], within[-1], one.source + within[0] - one.at
