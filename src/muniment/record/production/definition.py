"""What belongs to the legal health record and the designated record set: a matrix over document types, kept as a rule. Pure.

Citations: 45 CFR 164.501 (designated record set, psychotherapy notes), 164.524(e) (the sets are documented).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from muniment.kernel.errors import Unfileable
from muniment.record import chart_order
from muniment.record.rules import Category

RULE = "record.legal-health-record"


class Mark(StrEnum):
    """What the matrix can say of a type of document."""

    LEGAL = "legal"
    DESIGNATED = "designated"
    PART2 = "part2"
    PSYCHOTHERAPY = "psychotherapy"
    PEER_REVIEW = "peer_review"
    INCIDENT = "incident"
    WORKING = "working"


class Outside(StrEnum):
    """Which of others' records belong to a set, where the row of their type does: house policy (AHIMA: those used for care)."""

    ACCEPTED = "accepted"
    ALL = "all"
    NONE = "none"


OUTSIDE = {
    Outside.ACCEPTED: "Those accepted into the record",
    Outside.ALL: "Every one, whether accepted or not",
    Outside.NONE: "None",
}
LABELS = {
    Mark.LEGAL: "Legal health record",
    Mark.DESIGNATED: "Designated record set",
    Mark.PART2: "Part 2",
    Mark.PSYCHOTHERAPY: "Psychotherapy notes",
    Mark.PEER_REVIEW: "Peer review",
    Mark.INCIDENT: "Incident report",
    Mark.WORKING: "Working paper",
}
SETS = (Mark.LEGAL, Mark.DESIGNATED)
APART = (Mark.PSYCHOTHERAPY, Mark.PEER_REVIEW, Mark.INCIDENT, Mark.WORKING)  # in neither set
SECTIONS = tuple(section.name for section in chart_order.SECTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One type of document or data: what it is recognised by, and its marks."""

    name: str
    codes: frozenset[str] = frozenset()
    section: str = ""
    category: str = ""
    marks: frozenset[Mark] = frozenset()

    def has(self, mark: Mark) -> bool:
        return mark in self.marks

    @property
    def is_apart(self) -> bool:
        return any(mark in self.marks for mark in APART)


@dataclass(frozen=True, slots=True)
class Definition:
    """The matrix of one day. ``number`` is the version of the rule; ``cited`` its citation as it is shown."""

    rows: tuple[Row, ...]
    number: int
    cited: str = ""
    effective_from: str = ""
    outside: Outside = Outside.ACCEPTED

    def judge(self, *, code: str, label: str, category: str) -> Row | None:
        """The row that covers an entry: by its code, else a document's section, else its category. None: no row covers it."""
        by_code = next((row for row in self.rows if code and code in row.codes), None)
        if by_code:
            return by_code
        if category == Category.DOCUMENT:
            section = chart_order.name_of(chart_order.section_of(code, label))
            found = next((row for row in self.rows if row.section and row.section == section), None)
            if found:
                return found
        return next((row for row in self.rows if row.category and row.category == category), None)


def read(parameters: Mapping[str, Any], *, number: int = 0, cited: str = "", effective_from: str = "") -> Definition:
    """The matrix out of a rule's parameters. Raises Unfileable with the row and what is wrong with it."""
    listed = parameters.get("rows")
    if not isinstance(listed, list) or not listed:
        raise Unfileable("The definition has no rows.", where="rows", remedy="Name at least one type of document.")
    rows = tuple(_row(place, one) for place, one in enumerate(listed, 1))
    _check_alone(rows)
    outside = parameters.get("outside", Outside.ACCEPTED)
    if outside not in tuple(Outside):
        raise Unfileable(
            f"“{outside}” says nothing about others’ records.", where="outside", remedy=f"Write {', '.join(Outside)}."
        )
    return Definition(rows, number, cited, effective_from, Outside(outside))


def _row(place: int, said: Any) -> Row:
    where = f"row {place}"
    if not isinstance(said, Mapping) or not str(said.get("name", "")).strip():
        raise Unfileable("A row of the definition has no name.", where=where)
    codes = said.get("codes") or []
    if not isinstance(codes, list) or not all(isinstance(one, str) and one.strip() for one in codes):
        raise Unfileable("Document codes are a list of texts.", where=where)
    row = Row(
        name=str(said["name"]).strip(), codes=frozenset(one.strip() for one in codes), section=str(said.get("section") or ""),
        category=str(said.get("category") or ""), marks=frozenset(mark for mark in Mark if said.get(mark) is True),
    )  # fmt: skip
    _check_row(row, where)
    return row


def _check_row(row: Row, where: str) -> None:
    where = f"{where}, {row.name}"
    if sum(map(bool, (row.codes, row.section, row.category))) != 1:
        raise Unfileable("A row is recognised by codes, by a section or by a category: by one of them.", where=where)
    if row.section and row.section not in SECTIONS:
        raise Unfileable(f"The chart order has no section “{row.section}”.", where=where)
    if row.category and row.category not in tuple(Category):
        raise Unfileable(f"There is no category “{row.category}”.", where=where)
    if row.is_apart and any(row.has(one) for one in SETS):
        apart = next(LABELS[mark] for mark in APART if row.has(mark))
        raise Unfileable(f"A type marked “{apart}” is kept apart: it can't be in a set as well.", where=where)


def _check_alone(rows: Iterable[Row]) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        for sign in (*(f"code {one}" for one in sorted(row.codes)), row.section, row.category):
            if sign and sign in seen:
                raise Unfileable(f"Two rows claim the same: {sign}.", where=f"{seen[sign]}; {row.name}")
            seen[sign] = row.name


def written(rows: Iterable[Row], outside: Outside = Outside.ACCEPTED) -> dict[str, Any]:
    """The matrix as parameters of the rule: ``read(written(rows)).rows == rows``."""
    return {"outside": str(outside), "rows": [_said(row) for row in rows]}


def _said(row: Row) -> dict[str, Any]:
    known: dict[str, Any] = {"name": row.name}
    if row.codes:
        known["codes"] = sorted(row.codes)
    known |= {name: value for name, value in (("section", row.section), ("category", row.category)) if value}
    return known | {str(mark): True for mark in Mark if row.has(mark)}
