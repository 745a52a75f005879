"""Releases made of official files: which files belong together, and the rows that come of them. Nothing here writes.

A release of ICD-10-CM is one fiscal year's list of codes, with the tabular list's structure and notes and the list of exempt codes where they
are at hand. What is lacking is never made up: structure and notes that are another release's say whose they are (``notes_from``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from tempfile import NamedTemporaryFile

from lxml.etree import XMLSyntaxError

from muniment.kernel.errors import Unreadable
from muniment.terminology import ahrq, packaged
from muniment.terminology.official import Kind, Left, Recognised, Titled, exempt_codes, titled, weights
from muniment.terminology.publications import placed
from muniment.terminology.rules import System
from muniment.terminology.sources import (
    GROUPER_VERSIONS,
    TABULAR_DATE,
    ConceptRow,
    ReleaseSource,
    Validity,
    icd10cm_rows,
    validity,
)

BORROWED = "CDC tabular list of 1 April 2026"
UNTITLED = "This release gives the code no title"
_SECTION = re.compile(r"([A-Z][0-9A-Z]{2})-([A-Z][0-9A-Z]{2})")


@dataclass(slots=True)
class _Files:
    """The files of one system that are in force from one day."""

    begins: date
    by_kind: dict[Kind, Recognised] = field(default_factory=dict)

    def first(self, *kinds: Kind) -> Recognised | None:
        return next((self.by_kind[kind] for kind in kinds if kind in self.by_kind), None)

    @property
    def marks(self) -> str:
        return ", ".join(one.mark for one in self.by_kind.values())


_SYSTEMS = {
    Kind.TABULAR: System.ICD10CM, Kind.CM_ORDER: System.ICD10CM, Kind.CM_CODES: System.ICD10CM, Kind.EXEMPT: System.ICD10CM,
    Kind.CM_INDEX: System.CM_INDEX, Kind.CM_INDEX_CSV: System.CM_INDEX, Kind.CM_CAUSES: System.CM_CAUSES,
    Kind.CM_NEOPLASMS: System.CM_NEOPLASMS, Kind.CM_DRUGS: System.CM_DRUGS,
    Kind.PCS_ORDER: System.ICD10PCS, Kind.PCS_CODES: System.ICD10PCS, Kind.TABLE_5: System.MS_DRG,
}  # fmt: skip

_CLASSIFICATIONS = {Kind.CCSR: ahrq.ccsr_release, Kind.ELIXHAUSER: ahrq.elixhauser_release}


def compose(files: Iterable[Recognised], begins: date | None = None) -> tuple[list[ReleaseSource], list[Left]]:
    """The releases these files make, and the files that make none. ``begins``: from when they are in force, where they do not say."""
    every = list(files)
    made = [_CLASSIFICATIONS[one.kind](one.name, one.content) for one in every if one.kind in _CLASSIFICATIONS]
    groups, left = _grouped([one for one in every if one.kind not in _CLASSIFICATIONS], begins)
    for (system, _), group in sorted(groups.items(), key=lambda one: (one[0][0].value, one[0][1])):
        if system is System.ICD10CM:
            made += _icd10cm(group, left)
        elif system is System.ICD10PCS:
            made.append(_icd10pcs(group))
        elif system.is_publication:
            made.append(_publication(system, group, left))
        else:
            made += _msdrg(group, left)
    return made, left


def _grouped(files: Iterable[Recognised], begins: date | None) -> tuple[dict[tuple[System, date], _Files], list[Left]]:
    groups: dict[tuple[System, date], _Files] = {}
    left: list[Left] = []
    for one in files:
        since = one.begins or begins
        if since is None:
            left.append(Left(one.name, "does not say of which fiscal year it is; say from when it is in force with --from"))
            continue
        group = groups.setdefault((_SYSTEMS[one.kind], since), _Files(since))
        if one.kind in group.by_kind:
            left.append(Left(one.name, f"the {one.kind.value} of this release is taken from {group.by_kind[one.kind].name}"))
        else:
            group.by_kind[one.kind] = one
    _lend_exemptions(groups)
    return groups, left


def _lend_exemptions(groups: dict[tuple[System, date], _Files]) -> None:
    """The list of exempt codes is of a whole fiscal year: an April release has it too, also the one that comes with the packages."""
    for (system, begins), group in list(groups.items()):
        listed = group.by_kind.get(Kind.EXEMPT)
        april = date(_ends(begins).year, 4, 1)
        if listed and (april == TABULAR_DATE or (system, april) in groups):
            groups.setdefault((system, april), _Files(april)).by_kind.setdefault(Kind.EXEMPT, listed)
            if begins != april and list(group.by_kind) == [Kind.EXEMPT]:
                del groups[system, begins]


def _ends(begins: date) -> date:
    """The last day of the fiscal year; a release in April takes over from the one of October by beginning later."""
    return date(begins.year + (begins.month >= 10), 9, 30)


def _named(system: System, begins: date) -> tuple[str, str]:
    """(version, title) of a release."""
    year = _ends(begins).year
    if (begins.month, begins.day) == (10, 1):
        return str(year), f"{system.label}, fiscal year {year}"
    if (begins.month, begins.day) == (4, 1):
        return f"{year}-04", f"{system.label}, April {year} update"
    return begins.isoformat(), f"{system.label}, in force from {begins.day} {begins:%B %Y}"


def _icd10cm(group: _Files, left: list[Left]) -> list[ReleaseSource]:
    tabular, listed, exempt = group.first(Kind.TABULAR), group.first(Kind.CM_ORDER, Kind.CM_CODES), group.first(Kind.EXEMPT)
    begins, origin = group.begins, group.marks
    if tabular is None and listed is None and begins != TABULAR_DATE:  # of that day the packages have a list
        assert exempt is not None
        left.append(Left(exempt.name, "no list of codes of its fiscal year was named with it"))
        return []
    if tabular is None:
        origin += f"; {'structure and notes' if listed else 'codes'}: {BORROWED} in simple-icd-10-cm"
    version, title = _named(System.ICD10CM, begins)
    source = f"{origin}; dates: msdrg {packaged.msdrg_version()}"
    return [
        ReleaseSource(
            System.ICD10CM, version, title, begins, _ends(begins), source, lambda: _cm_rows(tabular, listed, exempt, begins)
        )
    ]


def _cm_rows(
    tabular: Recognised | None, listed: Recognised | None, exempt: Recognised | None, begins: date
) -> Iterator[ConceptRow]:
    base = _tabular_rows(tabular, begins)
    borrowed = BORROWED if tabular is None and listed is not None else ""
    rows = _joined(base, {one.code: one for one in titled(listed)}, borrowed, begins) if listed else base
    free = exempt_codes(exempt) if exempt else None
    for row in rows:
        told = {"poa_exempt": row.code in free} if free is not None and row.billable else {}
        yield replace(row, attributes={**row.attributes, **told}) if told else row


def _tabular_rows(tabular: Recognised | None, begins: date) -> Iterator[ConceptRow]:
    if tabular is None:
        yield from icd10cm_rows()
        return
    with NamedTemporaryFile(suffix=".xml") as file:  # read chapter by chapter: the whole tree takes half a gigabyte
        file.write(tabular.content)
        file.flush()
        try:
            yield from icd10cm_rows(file.name, on=begins)
        except XMLSyntaxError as error:
            raise Unreadable(
                "Its XML breaks off or is damaged.", where=tabular.name, remedy="Take the file anew from CDC."
            ) from error


def _joined(base: Iterable[ConceptRow], listed: Mapping[str, Titled], borrowed: str, begins: date) -> Iterator[ConceptRow]:
    """The list's codes, with the place and the notes the tabular list gives them; headings that still have codes below them."""
    wanted = {one.code[:length] for one in listed.values() for length in range(3, len(one.code) + 1)}
    known = {row.code: row for row in base if row.kind != "code" or row.code in wanted}
    valid = validity("dx")
    for code in sorted(listed.keys() - known.keys()):
        known[code] = _placed(code, known)
    order = sorted(known.values(), key=lambda row: (row.kind == "code", row.code if row.kind == "code" else ""))
    for row in order:
        said = listed.get(row.code)
        if row.kind == "code":
            yield _listed_row(row, said, borrowed, valid, begins)
        else:
            yield replace(row, attributes={**row.attributes, "notes_from": borrowed}) if borrowed and row.notes else row


def _listed_row(row: ConceptRow, said: Titled | None, borrowed: str, valid: Validity, begins: date) -> ConceptRow:
    """A code of the list as the list has it; a heading that only the tabular list has stays a heading."""
    attributes = {**row.attributes, "notes_from": borrowed} if borrowed and (row.notes or row.seventh) else row.attributes
    if said is None:
        return replace(row, billable=False, attributes=attributes)
    since, until, _ = valid.get(row.code, (begins, None, ()))
    ended = until is not None and until < begins  # the master list's dates are of an older one
    return replace(
        row, display=said.title or row.display or UNTITLED, billable=said.billable, attributes=attributes,
        valid_from=since if said.billable else None, valid_to=None if ended or not said.billable else until,
    )  # fmt: skip


def _placed(code: str, known: Mapping[str, ConceptRow]) -> ConceptRow:
    """A code the tabular list does not have: below the longest heading that it begins with, else in its section, else in its chapter."""
    above = next((known[code[:length]] for length in range(len(code) - 1, 2, -1) if code[:length] in known), None)
    if above:
        words = (above.display, *above.notes.get("inclusion_terms", ()), *above.notes.get("includes", ()))
        return ConceptRow(code, "", ancestors=(*above.ancestors, above.code), broader=(*above.broader, *words))
    before = [one for one in known.values() if one.kind == "section" and one.code[0] == code[0] and one.code[:3] <= code[:3]]
    section = max(before, key=lambda one: one.code, default=None)
    if section is None:
        return ConceptRow(code, "")
    found = _SECTION.fullmatch(section.code)
    return ConceptRow(
        code, "", ancestors=(*section.ancestors, section.code) if found and code[:3] <= found[2] else section.ancestors
    )


def _icd10pcs(group: _Files) -> ReleaseSource:
    listed = group.first(Kind.PCS_ORDER, Kind.PCS_CODES)
    assert listed is not None
    version, title = _named(System.ICD10PCS, group.begins)
    source = f"{listed.mark}; dates: msdrg {packaged.msdrg_version()}"
    return ReleaseSource(
        System.ICD10PCS, version, title, group.begins, _ends(group.begins), source, lambda: _pcs_rows(listed, group.begins)
    )


def _pcs_rows(listed: Recognised, begins: date) -> Iterator[ConceptRow]:
    valid = validity("sg")
    for one in titled(listed):
        if one.billable:
            since, until, attributes = valid.get(one.code, (begins, None, ()))
            facts: dict[str, object] = {"mce": list(attributes)} if attributes else {}
            ended = until is not None and until < begins
            yield ConceptRow(
                one.code, one.title or UNTITLED, attributes=facts, valid_from=since, valid_to=None if ended else until
            )


def _publication(system: System, group: _Files, left: list[Left]) -> ReleaseSource:
    """An index or table is a release of its own. CDC's XML is taken before the table made of it."""
    file, *others = sorted(group.by_kind.values(), key=lambda one: one.kind is Kind.CM_INDEX_CSV)
    left += [Left(one.name, f"the {file.kind.value} of this release is taken from {file.name}") for one in others]
    version, title = _named(system, group.begins)
    return ReleaseSource(
        system, version, title, group.begins, _ends(group.begins), file.mark, lambda: iter(()), terms=partial(placed, file)
    )


def _msdrg(group: _Files, left: list[Left]) -> list[ReleaseSource]:
    """Table 5 is of a fiscal year: it joins the titles of each grouper version that is in force in it."""
    table = group.by_kind[Kind.TABLE_5]
    begins, ends = date(_ends(group.begins).year - 1, 10, 1), _ends(group.begins)
    found = [one for one in GROUPER_VERSIONS if begins <= one[1] <= ends]
    if not found:
        left.append(Left(table.name, "no grouper version of its fiscal year is installed"))
    return [
        ReleaseSource(
            System.MS_DRG, f"{version / 10:.1f}", f"MS-DRG version {version / 10:.1f}", first, last,
            f"titles: msdrg {packaged.msdrg_version()}; weights: {table.mark}", partial(_drg_rows, table, version), searchable=False,
        )
        for version, first, last in found
    ]  # fmt: skip


def _drg_rows(table: Recognised, version: int) -> Iterator[ConceptRow]:
    facts = weights(table)
    for number, title in packaged.drg_titles(version):
        yield ConceptRow(f"{number:03d}", title, attributes=facts.get(number, {}))
