"""What the text of scanned pages says of patient, date and type, each with the line it stands in. Pure; nothing is guessed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from muniment.completion.document_types import DOCUMENT_TYPES
from muniment.kernel.names import folded
from muniment.kernel.typed import typed_date

Pages = Sequence[tuple[int, str]]  # (page number, text), in order

_DATE = re.compile(
    r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}\.? [A-Za-z]{3,9}\.?,? \d{4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})\b"
)
_NUMBER = re.compile(r"\b[A-Z]{0,4}-?\d[A-Z0-9-]{2,19}\b", re.IGNORECASE)
_LABEL = re.compile(r"^(?:MRN|MR|NO|ID)-?(?=\d)", re.IGNORECASE)
_BORN = re.compile(r"\b(?:DOB|D\.O\.B|born|birth ?date|date of birth)\b", re.IGNORECASE)
_SERVICE = re.compile(
    r"\b(?:date of (?:service|visit|procedure|operation|surgery|exam|consultation|discharge)|service date|dictated|date signed|seen on|date/time|date)\b",
    re.IGNORECASE,
)
TOP_LINES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the page's number in its batch, and the line as it was read."""

    page: int
    line: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the text; ``about`` is "birth", "service" or empty."""

    day: date
    about: str
    place: Place


@dataclass(frozen=True, slots=True)
class Heading:
    """A phrase that names a kind of document, with its LOINC code."""

    phrase: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Typed:
    heading: Heading
    confidence: int  # per cent
    place: Place


def lines(pages: Pages) -> Iterator[Place]:
    for number, text in pages:
        for line in text.splitlines():
            if line.strip():
                yield Place(number, " ".join(line.split()))


def numbers(pages: Pages) -> dict[str, Place]:
    """Everything that may be a record, visit or account number, exactly as read, with its first place; also without a label
    that the reader ran together with it ("MRN0042213")."""
    found: dict[str, Place] = {}
    for place in lines(pages):
        for match in _NUMBER.finditer(place.line):
            found.setdefault(match[0], place)
            found.setdefault(_LABEL.sub("", match[0]), place)
    return found


def dates(pages: Pages) -> list[Dated]:
    """Every date of the text in order; what stands just before it says what it is about."""
    found = []
    for place in lines(pages):
        end = 0
        for match in _DATE.finditer(place.line):
            day = typed_date(match[0])
            if day:
                found.append(Dated(day, _about(place.line[end : match.start()]), place))
            end = match.end()
    return found


def _about(before: str) -> str:
    if _BORN.search(before):
        return "birth"
    return "service" if _SERVICE.search(before) else ""


Words = Sequence[tuple[str, Place]]  # the words of each line as names are compared, between blanks


def words(pages: Pages) -> Words:
    return [(f" {folded(place.line.replace(',', ' '))} ", place) for place in lines(pages)]


def name_in(found: Words, family: str, given: str) -> Place | None:
    """The first line that holds the family name and the first given name as whole words."""
    wanted = folded(family), folded(given).partition(" ")[0]
    if not all(wanted):
        return None
    for words, place in found:
        if all(f" {one} " in words for one in wanted):
            return place
    return None


@cache
def headings() -> tuple[Heading, ...]:
    """``data/headings.csv``, the longest phrase first, so that the more exact one wins."""
    with (Path(__file__).parent / "data" / "headings.csv").open(newline="") as file:
        found = [Heading(row["phrase"], row["code"], row["name"]) for row in csv.DictReader(file)]
    return tuple(sorted(found, key=lambda one: -len(one.phrase)))


def types() -> dict[str, str]:
    """LOINC code → name, of every type of the table, by name."""
    return dict(sorted({one.code: one.name for one in headings()}.items(), key=lambda pair: pair[1]))


@cache
def vocabulary() -> dict[str, str]:
    """LOINC code → name of every type a document can be indexed as: those with a heading, and those that rules of chart analysis name."""
    return dict(sorted({**DOCUMENT_TYPES, **types()}.items(), key=lambda pair: pair[1]))


def type_of(pages: Pages) -> Typed | None:
    """The type by the heading nearest to the top of the first page that has one: a line of its own is surest."""
    for number, text in pages:
        top = [Place(number, " ".join(line.split())) for line in text.splitlines() if line.strip()][:TOP_LINES]
        found = [typed for place in top if (typed := _typed(place))]
        if found:
            return max(found, key=lambda one: one.confidence)
    return None


def types_on(pages: Pages, least: int) -> list[Typed]:
    """The surest heading of each page, where it is at least ``least`` per cent sure."""
    return [found for one in pages if (found := type_of([one])) and found.confidence >= least]


def _typed(place: Place) -> Typed | None:
    said = folded(place.line)
    for heading in headings():
        if said == heading.phrase:
            return Typed(heading, 95, place)
        if said.startswith(heading.phrase + " "):
            return Typed(heading, 85, place)
        if f" {heading.phrase} " in f" {said} ":
            return Typed(heading, 60, place)
    return None
