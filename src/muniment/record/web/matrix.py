"""The definition of the record as a table to read and to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from muniment.record.models import Entry
from muniment.record.production.definition import LABELS, Definition, Mark, Row, read
from muniment.record.production.pieces import SHOWN
from muniment.record.rules import Category

MOST_ROWS = 200
SPARE = 3  # empty rows at the end of the editor


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table: what it is recognised by, in words, and a yes or nothing under each mark."""

    name: str
    by: str
    marks: list[bool]


def lines(definition: Definition) -> list[Line]:
    return [Line(name=row.name, by=by_words(row), marks=[row.has(mark) for mark in Mark]) for row in definition.rows]


def by_words(row: Row) -> str:
    if row.codes:
        return f"codes {', '.join(sorted(row.codes))}"
    if row.section:
        return f"section of the chart order: {row.section}"
    return f"category: {SHOWN[Category(row.category)].lower()}"


def heads() -> list[str]:
    return [LABELS[mark] for mark in Mark]


def uncovered(definition: Definition, facilities: Iterable[Any] | None) -> list[tuple[str, int]]:
    """Types of entries on file that no row covers, by how many there are. One query over the index; None: every facility."""
    from django.db.models import Count

    found: dict[str, int] = {}
    entries = Entry.objects.filter(retracted=False)
    if facilities is not None:
        entries = entries.filter(facility_id__in=list(facilities))
    for said in entries.values("category", "code", "label").annotate(count=Count("entry_id")).iterator():
        row = definition.judge(code=said["code"], label=said["label"], category=said["category"])
        if row is None:
            name = _named(said["category"], said["code"], said["label"])
            found[name] = found.get(name, 0) + int(said["count"])
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _named(category: str, code: str, label: str) -> str:
    return f"{SHOWN[Category(category)]}: {label or 'without a title'}" + (f" ({code})" if code else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A row of the editor as it was typed. ``place`` is its number on the page."""

    place: int
    name: str = ""
    codes: str = ""
    section: str = ""
    category: str = ""
    marks: frozenset[str] = frozenset()

    @property
    def cells(self) -> list[tuple[str, str, bool]]:
        """(name of the control, its label, whether it is ticked) for each mark."""
        return [(f"{mark}-{self.place}", LABELS[mark], mark in self.marks) for mark in Mark]

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.codes or self.section or self.category)

    def said(self) -> dict[str, Any]:
        codes = [one for one in self.codes.replace(",", " ").split() if one]
        return {"name": self.name, "codes": codes, "section": self.section, "category": self.category} | dict.fromkeys(
            self.marks, True
        )


def editable(definition: Definition | None) -> list[Edited]:
    """The rows of the definition in force, and a few empty ones."""
    rows = definition.rows if definition else ()
    made = [
        Edited(
            place=place, name=row.name, codes=", ".join(sorted(row.codes)), section=row.section, category=row.category,
            marks=frozenset(map(str, row.marks)),
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip
    return [*made, *(Edited(place=len(made) + spare) for spare in range(SPARE))]


def typed(data: QueryDict) -> list[Edited]:
    """What was typed, row by row; empty rows stay, so that nobody's typing moves."""
    return list(_typed(data))


def _typed(data: QueryDict) -> Iterator[Edited]:
    for place in range(min(MOST_ROWS, _count(data))):
        yield Edited(
            place=place, name=data.get(f"name-{place}", "").strip()[:120], codes=data.get(f"codes-{place}", "").strip()[:2000],
            section=data.get(f"section-{place}", ""), category=data.get(f"category-{place}", ""),
            marks=frozenset(str(mark) for mark in Mark if data.get(f"{mark}-{place}")),
        )  # fmt: skip


def _count(data: QueryDict) -> int:
    text = data.get("rows", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def as_parameters(rows: list[Edited], outside: str = "accepted") -> dict[str, Any]:
    """The parameters of the rule. Raises Unfileable with the row and what is wrong with it."""
    from muniment.record.production.definition import written

    found = read({"rows": [row.said() for row in rows if not row.is_empty], "outside": outside})
    return written(found.rows, found.outside)


__all__ = ["Edited", "as_parameters", "by_words", "editable", "heads", "lines", "typed", "uncovered"]
