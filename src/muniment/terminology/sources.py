"""Releases that come with the installed packages, as streams of rows. Each row is ready to be copied into the database.

Nothing here writes. Official CDC and CMS files are read by ``composing``, which yields the same rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lxml import etree

from muniment.terminology import packaged
from muniment.terminology.own_tables import DISCHARGE_STATUSES, POA_INDICATORS
from muniment.terminology.packaged import package_file
from muniment.terminology.publications import PlacedRow
from muniment.terminology.rules import System

_NOTE_TAGS = {
    "includes": "includes",
    "inclusionTerm": "inclusion_terms",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
    "notes": "notes",
}
_TABULAR = ("simple_icd_10_cm", "data", "icd10c-tabular-April-1-2026.xml")
TABULAR_DATE = date(2026, 4, 1)
_WEIGHTS = ("drg", "data", "cms", "drg_weights.txt")
_PCS_TITLES = ("drg", "data", "tuva", "icd_10_pcs.csv")


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """One concept of a release. ``code`` has no dot; ``ancestors`` runs from the chapter down to the parent."""

    code: str
    display: str
    kind: str = "code"
    billable: bool = True
    ancestors: tuple[str, ...] = ()
    notes: dict[str, list[str]] = field(default_factory=dict)
    seventh: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, object] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassifiedRow:
    """A diagnosis code, without its dot, and the categories it falls into; ``facts`` as in ``classifications``."""

    code: str
    categories: tuple[str, ...]
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleaseSource:
    """A release that can be installed: what it is, when it is in force, where its rows come from."""

    system: System
    version: str
    title: str
    effective_from: date
    effective_to: date | None
    source: str
    rows: Callable[[], Iterator[ConceptRow]]
    searchable: bool = True
    classified: Callable[[], Iterator[ClassifiedRow]] | None = None  # of a classification: what falls into its concepts
    terms: Callable[[], Iterator[PlacedRow]] | None = None  # of a publication, which has no concepts of its own


Validity = dict[str, tuple[date, date | None, tuple[str, ...]]]


def validity(kind: str) -> Validity:
    """The latest validity interval and the editor attributes of every code; the key has no dot."""
    found: Validity = {}
    for entry in packaged.master_codes(kind):
        earlier = found.get(entry.code)
        since = min(earlier[0], entry.since) if earlier and _touches(earlier[1], entry.since) else entry.since
        found[entry.code] = (since, entry.until, entry.attributes)
    return found


def _touches(until: date | None, since: date) -> bool:
    """The master list splits a code's life where an attribute changed; such pieces are one validity."""
    return until is not None and (since - until).days == 1


def _in_force(dates: tuple[date, date | None, tuple[str, ...]], on: date) -> bool:
    return dates[0] <= on and (dates[1] is None or dates[1] >= on)


def _notes(element: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for child in element:
        name = _NOTE_TAGS.get(child.tag)
        if name:
            found[name] = [" ".join((note.text or "").split()) for note in child if note.tag == "note"]
    return found


def _seventh(element: etree._Element) -> dict[str, str]:
    return {
        extension.get("char", ""): " ".join((extension.text or "").split())
        for definition in element.findall("sevenChrDef")
        for extension in definition.findall("extension")
    }


@dataclass(frozen=True, slots=True)
class _Above:
    """What a code inherits while the tabular list is walked."""

    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    seventh: dict[str, str] = field(default_factory=dict)

    def under(self, code: str, words: tuple[str, ...], seventh: dict[str, str]) -> _Above:
        return _Above((*self.path, code), (*self.words, *words), seventh or self.seventh)


def _chapter_rows(chapter: etree._Element, valid: Validity, on: date) -> Iterator[ConceptRow]:
    name, title = chapter.findtext("name", ""), chapter.findtext("desc", "").strip()
    yield ConceptRow(name, title, "chapter", False, notes=_notes(chapter))
    top = _Above().under(name, (), _seventh(chapter))
    for section in chapter.findall("section"):
        code = section.get("id", "")
        code = code if "-" in code else f"{code}-{code}"
        yield ConceptRow(code, section.findtext("desc", "").strip(), "section", False, top.path, _notes(section))
        below = top.under(code, (), _seventh(section))
        for diagnosis in section.findall("diag"):
            yield from _diagnosis_rows(diagnosis, below, valid, on)


def _diagnosis_rows(element: etree._Element, above: _Above, valid: Validity, on: date) -> Iterator[ConceptRow]:
    code = element.findtext("name", "").replace(".", "")
    title, notes, own_seventh = element.findtext("desc", "").strip(), _notes(element), _seventh(element)
    children = element.findall("diag")
    seventh = own_seventh or above.seventh
    expands = bool(seventh) and not children and len(code) < 7
    words = (title, *notes.get("inclusion_terms", ()), *notes.get("includes", ()))
    yield _row(code, title, above, valid, kind="code", heading=bool(children) or expands, notes=notes, seventh=own_seventh)
    below = above.under(code, words, own_seventh)
    if expands:
        yield from _expanded_rows(code, title, below, valid, on)
    for child in children:
        yield from _diagnosis_rows(child, below, valid, on)


def _expanded_rows(code: str, title: str, above: _Above, valid: Validity, on: date) -> Iterator[ConceptRow]:
    """Codes the tabular list only implies: padded with X to six characters, then the seventh."""
    for character, meaning in above.seventh.items():
        full = code.ljust(6, "X") + character
        if full in valid and _in_force(valid[full], on):
            yield _row(full, f"{title}, {meaning}", above, valid, kind="code", heading=False, notes={}, seventh={})


def _row(
    code: str,
    title: str,
    above: _Above,
    valid: Validity,
    *,
    kind: str,
    heading: bool,
    notes: dict[str, list[str]],
    seventh: dict[str, str],
) -> ConceptRow:
    since, until, attributes = valid.get(code, (None, None, ()))
    facts: dict[str, object] = {"mce": list(attributes)} if attributes else {}
    return ConceptRow(code, title, kind, not heading, above.path, notes, seventh, facts, since, until, above.words)


def icd10cm_rows(path: Path | str | None = None, *, on: date = TABULAR_DATE) -> Iterator[ConceptRow]:
    """The ICD-10-CM tabular list of the day ``on`` in its own order, one chapter in memory at a time.

    Seventh characters are expanded where the Medicare Code Editor's master list has the code, which also gives
    each code's dates and editor attributes. Raises lxml's XMLSyntaxError for a file that is damaged.
    """
    valid = validity("dx")
    file = str(path or package_file(*_TABULAR))
    for _, chapter in etree.iterparse(file, tag="chapter", resolve_entities=False, no_network=True):
        yield from _chapter_rows(chapter, valid, on)
        chapter.clear()


def icd10pcs_rows() -> Iterator[ConceptRow]:
    """ICD-10-PCS codes with long titles, dates from the Medicare Code Editor's master list."""
    valid = validity("sg")
    with package_file(*_PCS_TITLES).open(encoding="utf-8", newline="") as file:
        for code, title, *_ in csv.reader(file):
            since, until, attributes = valid.get(code, (None, None, ()))
            if since:
                facts: dict[str, object] = {"mce": list(attributes)} if attributes else {}
                yield ConceptRow(code, title, attributes=facts, valid_from=since, valid_to=until)


def _table5() -> Iterator[tuple[int, dict[str, object]]]:
    """CMS Table 5 of the FY 2026 final rule: relative weights and mean lengths of stay (days)."""
    with package_file(*_WEIGHTS).open(encoding="cp1252", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            if len(row) >= 10 and row[0].strip().isdigit():
                post_acute, special, _mdc, kind = (cell.strip() for cell in row[1:5])
                yield (
                    int(row[0]),
                    {
                        "weight": _number(row[7]),
                        "gmlos": _number(row[8]),
                        "amlos": _number(row[9]),
                        "type": kind,
                        "post_acute": post_acute == "Yes",
                        "special_pay": special == "Yes",
                    },
                )


def _number(text: str) -> str | None:
    """A decimal kept as text, so that 0.7000 stays 0.7000; None where CMS publishes none."""
    text = text.strip()
    return text if text.replace(".", "", 1).isdigit() else None


def msdrg_rows(version: int, *, weights: bool) -> Iterator[ConceptRow]:
    """MS-DRG titles of a grouper version such as 431, with Table 5's figures where they belong to its fiscal year."""
    facts = dict(_table5()) if weights else {}
    for number, title in packaged.drg_titles(version):
        yield ConceptRow(f"{number:03d}", title, attributes=facts.get(number, {}))


def discharge_status_rows() -> Iterator[ConceptRow]:
    """UB-04 form locator 17: patient discharge status, with Medicare's dates."""
    dates: dict[str, tuple[date, date | None]] = {code: (since, until) for code, since, until in packaged.discharge_statuses()}
    for code, title in DISCHARGE_STATUSES:
        since, until = dates[code]
        yield ConceptRow(code, title, valid_from=since, valid_to=until)


def poa_rows() -> Iterator[ConceptRow]:
    """Present-on-admission indicators (UB-04 FL 67, ICD-10-CM Official Guidelines Appendix I)."""
    for code, title in POA_INDICATORS:
        yield ConceptRow(code, title)


GROUPER_VERSIONS: tuple[tuple[int, date, date], ...] = (
    (400, date(2022, 10, 1), date(2023, 3, 31)),
    (401, date(2023, 4, 1), date(2023, 9, 30)),
    (410, date(2023, 10, 1), date(2024, 3, 31)),
    (411, date(2024, 4, 1), date(2024, 9, 30)),
    (420, date(2024, 10, 1), date(2025, 3, 31)),
    (421, date(2025, 4, 1), date(2025, 9, 30)),
    (430, date(2025, 10, 1), date(2026, 3, 31)),
    (431, date(2026, 4, 1), date(2026, 9, 30)),
    (440, date(2026, 10, 1), date(2027, 3, 31)),
)
_WEIGHTED = (430, 431)


def _msdrg_release(version: int, first: date, last: date) -> ReleaseSource:
    weighted = version in _WEIGHTED
    origin = f"titles: msdrg {packaged.msdrg_version()}"
    origin += "; weights: CMS Table 5, FY 2026 final rule, in drg 1.0" if weighted else ""
    return ReleaseSource(
        System.MS_DRG,
        f"{version // 10}.{version % 10}",
        f"MS-DRG version {version // 10}.{version % 10}",
        first,
        last,
        origin,
        lambda: msdrg_rows(version, weights=weighted),
        searchable=False,
    )


def embedded_releases() -> tuple[ReleaseSource, ...]:
    """The releases that need no file: what the set-up installs."""
    grouper = f"dates: msdrg {packaged.msdrg_version()}"
    return (
        ReleaseSource(
            System.ICD10CM,
            "2026-04",
            "ICD-10-CM, April 2026 update",
            TABULAR_DATE,
            date(2026, 9, 30),
            f"CDC tabular list of 1 April 2026 in simple-icd-10-cm; {grouper}",
            icd10cm_rows,
        ),
        ReleaseSource(
            System.ICD10PCS,
            "2026",
            "ICD-10-PCS, fiscal year 2026",
            date(2025, 10, 1),
            date(2026, 9, 30),
            f"titles as the Tuva project lists them, in drg 1.0; {grouper}",
            icd10pcs_rows,
        ),
        *(_msdrg_release(*version) for version in GROUPER_VERSIONS),
        ReleaseSource(
            System.DISCHARGE_STATUS,
            "2027",
            "Patient discharge status",
            date(1980, 10, 1),
            None,
            f"UB-04 form locator 17; {grouper}",
            discharge_status_rows,
            searchable=False,
        ),
        ReleaseSource(
            System.POA,
            "1",
            "Present-on-admission indicator",
            date(2007, 10, 1),
            None,
            "ICD-10-CM Official Guidelines, Appendix I",
            poa_rows,
            searchable=False,
        ),
    )
