"""The sections of a clinical text: which headings stand in it with something under them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from muniment.completion.parameters import Element

_HEADING = re.compile(r"\s*([^\W\d_][^:\n]{1,70}?)\s*(?:[:：]\s*(\S.*)?)?$")
LONGEST_BARE = 60  # characters; a longer line without a colon is prose


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text: the heading it begins with ("" for none), whether in capitals, whether it is a heading and nothing else.

    A short line without colon or capitals may be a heading and may be text: it counts as both, so nothing is said to be
    missing that may be there.
    """

    heading: str = ""
    capitals: bool = False
    alone: bool = False


_PROSE = _Line()


def sections(text: str) -> frozenset[str]:
    """The headings of ``text``, folded, that have text under them.

    A heading stands at the beginning of a line and ends with a colon or with the line. One in capitals reaches to the next in
    capitals; what stands between them, smaller headings too, is its text.
    """
    lines = [_line(one) for one in text.splitlines() if one.strip()]
    return frozenset(line.heading for place, line in enumerate(lines) if line.heading and _has_text(lines, place))


def missing(elements: Iterable[Element], found: frozenset[str]) -> list[str]:
    """The names of the elements of which neither name nor another heading is found; one may go on ("Hospital course by problem")."""
    return [one.name for one in elements if not any(_is(heading, one) for heading in found)]


def _is(heading: str, element: Element) -> bool:
    return any(heading == wanted or heading.startswith(f"{wanted} ") for wanted in _wanted(element))


@lru_cache(maxsize=1024)
def _wanted(element: Element) -> tuple[str, ...]:
    return tuple(map(_folded, (element.name, *element.headings)))


def _line(text: str) -> _Line:
    colon = ":" in text or "：" in text
    match = _HEADING.match(text) if colon or _bare(text) else None
    if match is None:
        return _PROSE
    capitals = match[1].upper() == match[1]
    return _Line(_folded(match[1]), capitals, alone=not match[2] and (colon or capitals))


def _bare(text: str) -> bool:
    said = text.strip()
    return len(said) <= LONGEST_BARE and said[-1] not in ".,;" and (said.upper() == said or len(said.split()) <= 5)


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("&", "and").split())


def _has_text(lines: list[_Line], place: int) -> bool:
    """Whether anything but headings stands between this heading and the next of its rank."""
    return not lines[place].alone or any(not line.alone for line in _under(lines, place))


def _under(lines: list[_Line], place: int) -> Iterator[_Line]:
    here = lines[place]
    for line in lines[place + 1 :]:
        if (line.heading and line.capitals) or (line.alone and not here.capitals):
            return
        yield line
