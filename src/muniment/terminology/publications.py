"""The alphabetic indexes and tables that lead to the codes of ICD-10-CM, read as a stream of terms. Nothing here writes.

Layouts: CDC's index XML (``mainTerm`` and ``term`` with ``nemod``, ``code``, ``manif``, ``see``, ``seeAlso``, ``seecat``, ``subcat``, and ``cell`` in the
tables), and the index to diseases and injuries as a table of rows with their level. One main term is in memory at a time.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from muniment.kernel.errors import Unreadable
from muniment.terminology.official import Kind, Recognised, decoded
from muniment.terminology.rules import lexemes

DEEPEST = 9  # levels below a main term, as CDC's schema has it
MOST_TERMS = 20_000  # of one main term; CDC's longest has some 2,500
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{0,4})?-?")
_SPACE = re.compile(r"\s+")
MAIN = "@main"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One term. ``code`` and ``manifestation`` are as printed, a dash where characters are to be added; ``cells`` (heading, code)."""

    level: int
    title: str
    modifiers: str = ""
    code: str = ""
    manifestation: str = ""
    see: str = ""
    see_also: str = ""
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A term in its place: ``position`` in the book from 1, ``parent`` 0 for a main term, ``last`` the last term below it or itself.

    ``modifiers`` are those of its whole path: a main term’s hold for what stands below it.
    """

    row: IndexRow
    position: int
    parent: int
    last: int
    path: str
    modifiers: str

    def words(self, release: int) -> str:
        """What it is found by, as a tsvector: the words of its whole path, its release, and whether it is a main term."""
        main = (f"'{MAIN}'",) if self.row.level == 0 else ()
        return " ".join((f"'@{release}'", *main, *sorted(lexemes(self.path, (self.modifiers,)))))


def placed(file: Recognised) -> Iterator[PlacedRow]:
    """Every term of a file in the order of the book. Raises Unreadable for a file that is damaged."""
    before = 0
    for family in _families(file):
        yield from _place(family, before)
        before += len(family)
    if not before:
        raise _damaged(file, "There is no main term in it.")


def _place(family: list[IndexRow], before: int) -> Iterator[PlacedRow]:
    above: list[tuple[int, IndexRow]] = []
    ends = _ends([row.level for row in family])
    for place, row in enumerate(family):
        del above[row.level :]
        path = ", ".join((*(one.title for _, one in above), row.title))
        parent = above[-1][0] if above else 0
        modifiers = " ".join((*(one.modifiers for _, one in above), row.modifiers)).strip()
        yield PlacedRow(row, before + place + 1, parent, before + ends[place] + 1, path, modifiers)
        above.append((before + place + 1, row))


def _ends(levels: list[int]) -> list[int]:
    """For each place the last one below it: the one before the next term of its level or above."""
    ends = list(range(len(levels)))
    open_places: list[int] = []
    for place, level in enumerate(levels):
        while open_places and levels[open_places[-1]] >= level:
            ends[open_places.pop()] = place - 1
        open_places.append(place)
    for place in open_places:
        ends[place] = len(levels) - 1
    return ends


def _families(file: Recognised) -> Iterator[list[IndexRow]]:
    """Main terms with all below them."""
    family: list[IndexRow] = []
    for row in _csv_rows(file) if file.kind is Kind.CM_INDEX_CSV else _xml_rows(file):
        if row.level == 0 and family:
            yield family
            family = []
        deepest = family[-1].level + 1 if family else 0
        if len(family) >= MOST_TERMS:
            raise _damaged(file, f"More than {MOST_TERMS:,} terms stand below “{family[0].title}”.")
        family.append(row if row.level <= deepest else replace(row, level=deepest))
    if family:
        yield family


def _damaged(file: Recognised, what: str) -> Unreadable:
    return Unreadable(what, where=file.name, remedy="Take the file anew from CDC.")


def _plain(text: str | None) -> str:
    return _SPACE.sub(" ", text or "").strip()


def _csv_rows(file: Recognised) -> Iterator[IndexRow]:
    for number, cells in enumerate(csv.DictReader(io.StringIO(decoded(file.content))), 2):
        said = {name: _plain(text) for name, text in cells.items() if name and isinstance(text, str)}
        level, title = (
            said.get("Level", ""),
            said.get("Term") or said.get("NonEssModif", ""),
        )  # few have only words that may be there
        if not (level.isdigit() and int(level) <= DEEPEST and title):
            raise _damaged(file, f"Line {number} is not a term with its level.")
        code, see = said.get("Code", ""), said.get("See", "")
        if see == "category":  # the table has the category of “see category I01” in the column of codes
            code, see = "", f"category {code}"
        yield IndexRow(int(level), title, said.get("NonEssModif", ""), _code(code), "", see, said.get("SeeAlso", ""))


def _code(text: str) -> str:
    """A code as printed; nothing where something else stands in its place."""
    return text if _CODE.fullmatch(text) else ""


def _xml_rows(file: Recognised) -> Iterator[IndexRow]:
    headings: dict[str, str] = {}
    try:
        for _, element in etree.iterparse(
            io.BytesIO(file.content), tag=("head", "mainTerm"), resolve_entities=False, no_network=True
        ):
            if element.tag == "head":
                headings[element.get("col", "")] = _plain(element.text)
            else:
                yield from _term_rows(element, headings, 0)
                element.clear()
    except etree.XMLSyntaxError as error:
        raise _damaged(file, "Its XML breaks off or is damaged.") from error


def _term_rows(element: etree._Element, headings: dict[str, str], level: int) -> Iterator[IndexRow]:
    if level > DEEPEST:
        return
    yield _term(element, headings, level)
    for below in element.findall("term"):
        yield from _term_rows(below, headings, level + 1)


def _term(element: etree._Element, headings: dict[str, str], level: int) -> IndexRow:
    said = {name: _plain(element.findtext(name)) for name in ("code", "manif", "see", "seeAlso", "seecat", "subcat")}
    title, modifiers = _titled(element.find("title"))
    manifestation = _code(said["manif"].strip("[]"))
    if said["manif"] and not manifestation:  # the table of neoplasms once has words of the title there
        modifiers = f"{modifiers} ({said['manif']})".strip()
    category = f"category {said['seecat']}" if said["seecat"] else f"subcategory {said['subcat']}" if said["subcat"] else ""
    cells = tuple(_cells(element.findall("cell"), headings))
    return IndexRow(
        level, title, modifiers, _code(said["code"]), manifestation, said["see"] or category, said["seeAlso"], cells
    )


def _titled(title: etree._Element | None) -> tuple[str, str]:
    """(title, nonessential modifiers): the words that may be there or not without a change of code stand in ``nemod``."""
    if title is None:
        return "untitled", ""
    modifiers = _plain(" ".join(one.text or "" for one in title.findall("nemod")))
    own = _plain(" ".join((title.text or "", *(one.tail or "" for one in title))))
    return own or modifiers or "untitled", modifiers


def _cells(cells: Iterable[etree._Element], headings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The columns in their order; one without a code is an empty one."""
    for cell in cells:
        column = cell.get("col", "")
        yield headings.get(column, f"Column {column}"), _code(_plain(cell.text))
