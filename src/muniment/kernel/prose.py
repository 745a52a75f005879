"""Sentences of a clinical text and the section each stands in. Pure.

``completion.sections`` asks which headings are filled; here it is the sentences that count, with where they stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"[ \t]*([^\W\d_][^:\n]{1,60}?)[ \t]*:[ \t]*")
_MARK = re.compile(r"[ \t]*(?:[-•*]|\d{1,2}[.)])[ \t]+")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])|;\s+")
_SHORTENED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|No|vs|approx|e\.g|i\.e|[A-Z])\.$")
_BEFORE = 12  # characters: longer than any of them
LONGEST = 1000  # characters: what goes on longer (a text without points or lines) is cut at a blank, so that no page or job hangs on it


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]`` of a document. ``section``: the heading it stands under, in small letters; "" before the first."""

    start: int
    end: int
    text: str
    section: str = ""


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of ``text`` in order. None goes over a line; the items of a list are one each.

    A heading is in capitals with a colon, or alone on its line with one. "Heart: regular" is text of the section above it.
    """
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    section, at = "", 0
    for line in text.splitlines(keepends=True):
        begin = at
        at += len(line)
        said = line.rstrip()
        heading = _HEADING.match(said)
        if heading and (heading[1].isupper() or heading.end() == len(said)):
            section, begin, said = " ".join(heading[1].casefold().split()), begin + heading.end(), said[heading.end() :]
        if mark := _MARK.match(said):
            begin, said = begin + mark.end(), said[mark.end() :]
        yield from (Sentence(begin + start, begin + end, said[start:end], section) for start, end in _pieces(said))


def _pieces(said: str) -> Iterator[tuple[int, int]]:
    start = len(said) - len(said.lstrip())
    for gap in _END.finditer(said):
        if not _SHORTENED.search(said[max(0, gap.start() - _BEFORE) : gap.start()]):
            yield from _cut(said, start, gap.start())
            start = gap.end()
    yield from _cut(said, start, len(said))


def _cut(said: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        blank = said.rfind(" ", start + 1, start + LONGEST)
        cut = blank if blank > start else start + LONGEST
        yield start, cut
        start = cut + (blank > 0)
    if start < end:
        yield start, end
