"""Where one document ends and the next begins: at separator sheets; else a person says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from muniment.kernel.errors import Unreadable
from muniment.kernel.names import folded
from muniment.scanning import separators
from muniment.scanning.separators import Sheet

_TITLE = folded(separators.TITLE)
LOOKS_BLANK = "Nothing seems to be written on these pages: look whether they were scanned face down, or are too faint."


@dataclass(frozen=True, slots=True)
class Leaf:
    """What splitting needs of a page."""

    number: int
    text: str = ""
    codes: tuple[str, ...] = ()
    blank: bool = False


@dataclass(slots=True)
class Run:
    """Pages of one document. ``exception`` says what of its sheet or its count does not add up."""

    sheet: Sheet | None = None
    exception: str = ""
    pages: list[Leaf] = field(default_factory=list)
    separator: int | None = None  # the sheet's own page

    @property
    def written(self) -> int:
        return sum(not one.blank for one in self.pages)


def split(leaves: Sequence[Leaf], key: bytes, facility: str) -> list[Run]:
    """Runs in order. A sheet without pages behind it is one too: its pages are missing, and that is said.

    Blank pages that no sheet stands before are one as well: a stack scanned face down is blank, and its paper would be free to go.
    """
    runs: list[Run] = []
    for leaf in leaves:
        begun = _begins(leaf, key, facility)
        if begun:
            runs.append(begun)
        elif not runs:
            runs.append(Run(pages=[leaf]))
        else:
            runs[-1].pages.append(leaf)
    for run in runs:
        run.exception = run.exception or _miscounted(run)
    return runs


def _begins(leaf: Leaf, key: bytes, facility: str) -> Run | None:
    """The run that a separator sheet begins; None for an ordinary page. Codes that are not ours mean nothing here."""
    ours = [code for code in leaf.codes if separators.is_ours(code)]
    if not ours:
        if _TITLE in folded(leaf.text):
            return Run(exception="A separator sheet's code could not be read.", separator=leaf.number)
        return None
    if len(set(ours)) > 1:
        return Run(exception="A separator sheet carries two different codes.", separator=leaf.number)
    try:
        sheet = separators.decode(ours[0], key)
    except Unreadable as told:
        return Run(exception=told.what, separator=leaf.number)
    if sheet.facility != facility:
        return Run(exception="The separator sheet was printed for another facility.", separator=leaf.number)
    return Run(sheet=sheet, separator=leaf.number)


def _miscounted(run: Run) -> str:
    if not run.written:
        return "No page follows this separator sheet." if run.separator is not None else LOOKS_BLANK
    if run.sheet and run.sheet.pages and run.written != run.sheet.pages:
        return f"The separator sheet expects {_pages(run.sheet.pages)}; {run.written} came, blank ones not counted."
    return ""


def _pages(count: int) -> str:
    return f"{count} {'page' if count == 1 else 'pages'}"
