"""A page of the alphabetic index or of a table as lines with one way each: add the code, go on to it, follow “see”, look below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from muniment.terminology import queries
from muniment.terminology.guiding import key_of
from muniment.terminology.indexes import Page
from muniment.terminology.models import IndexTerm
from muniment.terminology.queries import Found
from muniment.terminology.rules import System

LOOK_UNDER = "condition"  # “see condition” asks to look under the name of the condition: there is nothing to follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a key does on a line. ``do`` changes the draft; ``heading`` and ``beside`` lead into the tabular list; ``see`` and ``at`` into the book.

    All empty: there is no way on, and ``words`` say why.
    """

    words: str
    code: str = ""
    written: str = ""
    do: str = ""
    heading: str = ""
    beside: str = ""
    see: str = ""
    at: int = 0

    @property
    def leads(self) -> bool:
        return bool(self.do or self.heading or self.beside or self.see or self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the page; a term with a code and a “see also” has two. ``key`` chooses it, ``here``: the cursor lands on it."""

    depth: int
    title: str
    modifiers: str
    way: Way | None
    key: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: a cell for each column, None where the book prints no code."""

    depth: int
    title: str
    modifiers: str
    here: bool
    sees: tuple[Way, ...]
    cells: tuple[Way | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A page as it is shown: ``lines``, or ``rows`` below ``columns``."""

    lines: tuple[Line, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def laid_out(page: Page, on: date) -> Book:
    """The page with each code looked up in the release of the date. Three queries at most."""
    shown = (page.head, *page.lines)
    found = queries.lookup_many(System.ICD10CM, {plain(one) for term in shown for one in _codes(term)}, on)
    columns = tuple(heading for heading, _ in page.head.cells)
    if columns and page.whole:
        return Book(columns=columns, rows=tuple(_row(page, term, found) for term in shown))
    return Book(lines=tuple(_keyed(_lines(page, shown, found), page)))


def plain(printed: str) -> str:
    """A code as printed in the index without its dot and dash."""
    return printed.replace(".", "").rstrip("-")


def _codes(term: IndexTerm) -> Iterator[str]:
    yield from (code for code in (term.code, term.manifestation, *(code for _, code in term.cells)) if code)


def _lines(page: Page, shown: Iterable[IndexTerm], found: Mapping[str, Found]) -> Iterator[tuple[IndexTerm, int, Way | None]]:
    for term in shown:
        depth = term.level - page.head.level
        below = not page.whole and term is not page.head and term.last > term.position
        ways = _ways(term, found) if term is page.head or not (below or term.cells) else []
        if below or (term.cells and term is not page.head):
            ways.append(Way(words="more ›", at=term.position))
        yield from ((term, depth, way) for way in (ways or (None,)))


def _ways(term: IndexTerm, found: Mapping[str, Found]) -> list[Way]:
    ways = [_code_way(term, found)] if term.code else []
    ways += [_to_code(code, found, heading) for heading, code in term.cells if code]
    return [*ways, *_sees(term)]


def _sees(term: IndexTerm) -> Iterator[Way]:
    for words, see in (("see", term.see), ("see also", term.see_also)):
        if see:
            followed = "" if see.casefold() == LOOK_UNDER else see
            yield Way(words=f"{words} {see}" + ("" if followed else ": look under its name"), see=followed)


def _code_way(term: IndexTerm, found: Mapping[str, Found]) -> Way:
    """A manifestation is added with its cause before it (Official Guidelines, I.A.13), where both can be used."""
    way = _to_code(term.code, found)
    if not term.manifestation:
        return way
    second = found.get(plain(term.manifestation))
    pair = f"{term.code} [{term.manifestation}]"
    if way.do and second and second.valid:
        return Way(words="add both", code=way.code, written=pair, do=f"pair:{way.code}:{second.code}")
    return Way(words=way.words, code=way.code, written=pair, do=way.do, heading=way.heading, beside=way.beside)


def _to_code(printed: str, found: Mapping[str, Found], words: str = "") -> Way:
    code = plain(printed)
    known = found.get(code)
    label = f"{words}: " if words else ""
    if known is None:
        return Way(words=f"{label}not in the release of the stay", written=printed)
    if known.valid:
        return Way(words=f"{label}add", code=code, written=printed, do=f"add:diagnosis:{code}")
    if not known.billable:
        return Way(words=f"{label}choose ›", code=code, written=printed, heading=code)
    return Way(words=f"{label}not in force on the day; beside it ›", code=code, written=printed, beside=code)


def _keyed(lines: Iterable[tuple[IndexTerm, int, Way | None]], page: Page) -> Iterator[Line]:
    """Keys for the lines that lead on; the first of the term that was asked for has the cursor."""
    keys, landed, before = 0, False, 0
    for term, depth, way in lines:
        leads = way is not None and way.leads
        here = leads and not landed and term.position >= page.at
        again = term.position == before  # the second way of a term: its title stands above
        yield Line(
            depth=depth, title="" if again else term.title, modifiers="" if again else term.modifiers, way=way,
            key=key_of(keys) if leads else "", here=here,
        )  # fmt: skip
        keys, landed, before = keys + leads, landed or here, term.position


def _row(page: Page, term: IndexTerm, found: Mapping[str, Found]) -> Row:
    cells = tuple(_to_code(code, found) if code else None for _, code in term.cells)
    return Row(
        depth=term.level - page.head.level, title=term.title, modifiers=term.modifiers, here=term.position == page.at,
        sees=tuple(_sees(term)), cells=cells,
    )  # fmt: skip
