"""The body of a production as pieces in their order: documents by section, data by category, then every earlier version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from muniment.record import chart_order
from muniment.record.models import Version
from muniment.record.production import material
from muniment.record.production.dossier import Dossier
from muniment.record.production.marked_up import Block
from muniment.record.production.material import Material
from muniment.record.production.selection import Facts, Item, said_by, when
from muniment.record.rules import Category, VersionKind

ROWS = 300  # of one block; a longer table goes on in the next
AT_ONCE = 300
SHOWN = {
    Category.RESULT: "Results", Category.VITAL_SIGN: "Vital signs", Category.DIAGNOSIS: "Diagnoses", Category.PROCEDURE: "Procedures",
    Category.MEDICATION: "Medications", Category.ALLERGY: "Allergies and intolerances", Category.IMMUNISATION: "Immunisations",
    Category.ORDER: "Orders", Category.CODING: "Final codes", Category.ENCOUNTER: "Stays", Category.PATIENT: "Demographics",
    Category.PRACTITIONER: "Practitioners", Category.OTHER: "Other data", Category.DOCUMENT: "Documents",
}  # fmt: skip
FLAGS = {
    "H": "high", "L": "low", "HH": "critically high", "LL": "critically low", "HU": "very high", "LU": "very low", "A": "abnormal",
    "AA": "critically abnormal", "N": "normal", "POS": "positive", "NEG": "negative", "DET": "detected", "ND": "not detected",
    "R": "resistant", "S": "susceptible", "I": "intermediate",
}  # fmt: skip
VERSIONS = "Earlier versions and amendments"
_MEASURED = (Category.RESULT, Category.VITAL_SIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing that begins on a page of its own. ``covers`` are the (entry, version) that stand on its pages."""

    anchor: str
    group: str
    title: str
    foot: str
    make: Callable[[], Material]
    head: Block
    covers: tuple[tuple[UUID, int], ...] = ()
    version: Version | None = None  # the one it shows, where it shows a single one


def body(dossier: Dossier) -> Iterator[Piece]:
    """Everything that is current. Content is read when a piece is made, not before."""
    for place, item in enumerate(dossier.selection.documents):
        yield _document(dossier, item, f"d{place}")
    for category, items in groupby(dossier.selection.structured, lambda item: item.facts.category):
        yield from _data(dossier, Category(category), list(items))


def _document(dossier: Dossier, item: Item, anchor: str) -> Piece:
    number = item.current.number
    return Piece(
        anchor=anchor, group=chart_order.name_of(item.section), title=_listed(dossier, item), foot=material.foot(dossier, item, item.current),
        make=lambda: material.of(item, loaded(item, number)), head=material.heading(dossier, item, item.current, anchor), covers=((item.entry_id, number),),
        version=item.current,
    )  # fmt: skip


def _listed(dossier: Dossier, item: Item) -> str:
    """As it stands in the contents."""
    return ", ".join(
        part for part in (material.shortened(item.title, 80), when(item.facts, dossier.zone), item.facts.author) if part
    )


def loaded(item: Item, number: int) -> Version:
    return Version.objects.get(patient_id=item.patient_id, entry_id=item.entry_id, number=number)


def _data(dossier: Dossier, category: Category, items: list[Item]) -> Iterator[Piece]:
    """A category as a table, in pieces of a few hundred rows so that no chunk grows large."""
    name = SHOWN[category]
    for first in range(0, len(items), AT_ONCE):
        some = items[first : first + AT_ONCE]
        anchor = f"t-{category}-{first}"
        title = name if first == 0 else f"{name}, continued"
        head = {"k": "new", "id": anchor, "t": title, "sub": [_span(len(items), first, len(some))]}
        yield Piece(
            anchor=anchor, group="Results and coded data", title=title if first == 0 else "", foot=name, head=head,
            covers=tuple((item.entry_id, item.current.number) for item in some),
            make=lambda some=some: Material(blocks=[_table(dossier, category, some)]),  # type: ignore[misc]
        )  # fmt: skip


def _span(count: int, first: int, here: int) -> str:
    said = "1 entry" if count == 1 else f"{count:,} entries, oldest first"
    return said if here == count else f"{said}; {first + 1:,} to {first + here:,} here"


def _table(dossier: Dossier, category: Category, items: list[Item]) -> Block:
    if category in _MEASURED:
        ranges = _ranges(items)
        rows = [_measured(dossier, item, ranges) for item in items]
        return {
            "k": "table", "cols": ["1.5", "2.2", "0.9", "1.5", "1.2", "1.1"], "head": ["When", "What", "Code", "Value", "Reference", "Reading"],
            "align": ["l", "l", "l", "r", "l", "l"], "rows": rows,
        }  # fmt: skip
    return {
        "k": "table", "cols": ["1.5", "2.6", "1.1", "2.4", "1", "1.4"], "head": ["When", "What", "Code", "Detail", "Status", "By"],
        "rows": [_coded(dossier, item) for item in items],
    }  # fmt: skip


def _measured(dossier: Dossier, item: Item, ranges: dict[Any, str]) -> list[str]:
    facts = item.facts
    reading = [FLAGS.get(facts.flag, facts.flag), "" if facts.status in ("final", "") else facts.status.replace("-", " ")]
    said = "; ".join(part for part in reading if part)
    return [when(facts, dossier.zone) or "no date", item.title, facts.code, facts.value, ranges.get(item.entry_id, ""), said]


def _coded(dossier: Dossier, item: Item) -> list[str]:
    facts = item.facts
    return [
        when(facts, dossier.zone) or "no date", item.title, facts.code, facts.value, facts.status.replace("-", " "), facts.author
    ]  # fmt: skip


def _ranges(items: list[Item]) -> dict[Any, str]:
    """entry → its reference range in words, out of the content. One query."""
    wanted = {(item.entry_id, item.current.number) for item in items}
    rows = Version.objects.filter(patient_id__in={item.patient_id for item in items}, entry_id__in=[one for one, _ in wanted])
    return {row.entry_id: _range(row) for row in rows.iterator(chunk_size=200) if (row.entry_id, row.number) in wanted}


def _range(version: Version) -> str:
    listed = material.resource_of(version).get("referenceRange")
    first = listed[0] if isinstance(listed, list) and listed else {}
    if first.get("text"):
        return str(first["text"])
    low, high = (first.get(name, {}).get("value", "") for name in ("low", "high"))
    unit = first.get("low", first.get("high", {})).get("unit", "")
    if low != "" and high != "":
        return f"{low} to {high} {unit}".strip()
    return f"from {low} {unit}".strip() if low != "" else f"up to {high} {unit}".strip() if high != "" else ""


def appendix(dossier: Dossier) -> Iterator[Piece]:
    """Every superseded version, and everything that was retracted, readable in full; first a list of who changed what, when and why."""
    changed = [item for item in dossier.selection.items if len(item.versions) > 1 or item.is_retracted]
    if not changed:
        return
    yield _changes(dossier, changed)
    for place, item in enumerate(changed):
        for version in item.versions if item.is_retracted else item.versions[:-1]:
            yield _earlier(dossier, item, version, f"v{place}-{version.number}")


def _changes(dossier: Dossier, changed: list[Item]) -> Piece:
    rows = [
        [_listed(dossier, item) if version is item.versions[0] else "", str(version.number), material.KINDS.get(VersionKind(version.kind), version.kind),
         dossier.short_clock(version.recorded_at), dossier.filed_by.get(version.event_id, "not in the trail"), _why(version)]
        for item in changed for version in item.versions
    ]  # fmt: skip
    head = {
        "k": "new",
        "id": "versions",
        "t": VERSIONS,
        "sub": [
            f"{len(changed):,} entries have more than one version or were retracted. Each earlier version follows in full."
        ],
    }
    table = {
        "k": "table",
        "cols": ["2", "0.5", "1", "1.6", "1.7", "2"],
        "head": ["Entry", "No.", "Kind", "Recorded", "By", "Reason"],
    }
    blocks = [table | {"rows": rows[first : first + ROWS]} for first in range(0, len(rows), ROWS)]
    return Piece(
        anchor="versions",
        group=VERSIONS,
        title="List of changes",
        foot=VERSIONS,
        make=lambda: Material(blocks=blocks),
        head=head,
    )


def _why(version: Version) -> str:
    """The reason of a change; where none came with it, that is said."""
    return version.reason or ("" if version.kind == VersionKind.ORIGINAL else "none given")


def _earlier(dossier: Dossier, item: Item, version: Version, anchor: str) -> Piece:
    item = _as_it_was(item, version)
    said = f"{item.title}: version {version.number}"
    state = "retracted" if item.is_retracted else "superseded"
    foot = f"{material.foot(dossier, item, version)} · {state}"
    return Piece(
        anchor=anchor, group=VERSIONS, title=f"{material.shortened(said, 90)}, {state}", foot=foot, version=version, covers=((item.entry_id, version.number),),
        make=lambda: _version_material(dossier, item, version.number), head=material.heading(dossier, item, version, anchor, title=f"{said}, {state}"),
    )  # fmt: skip


def _as_it_was(item: Item, version: Version) -> Item:
    """The entry with what this version said of itself: its author, title and time need not be those of the current one."""
    return (
        item
        if item.anothers or version.number == item.current.number
        else replace(item, facts=said_by(loaded(item, version.number)))
    )


def _version_material(dossier: Dossier, item: Item, number: int) -> Material:
    version = loaded(item, number)
    if item.anothers or item.is_document or version.document_sha256:
        return material.of(item, version)
    return Material(blocks=[{"k": "facts", "rows": _facts_rows(dossier, said_by(version))}])


def _facts_rows(dossier: Dossier, facts: Facts) -> list[list[str]]:
    said = (
        ("When", when(facts, dossier.zone)), ("What", facts.label), ("Code", f"{facts.code} ({facts.system})" if facts.code else ""),
        ("Value", facts.value), ("Reading", FLAGS.get(facts.flag, facts.flag)), ("Status", facts.status), ("By", facts.author),
    )  # fmt: skip
    return [[name, value] for name, value in said if value]
