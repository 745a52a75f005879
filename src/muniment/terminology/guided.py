"""The guided path: from a heading or the beginning of a code, one choice at a time, to a code in force on the date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from muniment.kernel.codes import dotted
from muniment.kernel.errors import Problem
from muniment.terminology import guiding, pcs_names
from muniment.terminology.models import CodeSystemRelease, Concept
from muniment.terminology.queries import children, lookup, release_on
from muniment.terminology.rules import System

MOST_TITLES = 8_000
MOST_REMEMBERED = 200
_labels: dict[tuple[int, datetime, str, date], dict[str, str]] = {}  # a release never changes, so what its titles say holds


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. ``final``: it is a code in force on the date; else a heading or beginning with at least one below it."""

    code: str
    written: str
    label: str
    final: bool
    key: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where the path stands (``at`` empty: the top), what it asks there, and the choices. ``path`` leads back up, top first."""

    at: str
    title: str
    asks: str
    options: tuple[Option, ...]
    path: tuple[tuple[str, str], ...]
    release: str

    @property
    def above(self) -> str:
        return self.path[-1][0] if self.path else ""


def step(system: System, at: str, on: date) -> Step:
    """The choices below a heading of ICD-10-CM, or for the next character of an ICD-10-PCS code.

    Raises Problem for what is no heading or beginning of a code in force. At most six queries.
    """
    plain = at.strip().upper().replace(".", "")
    return _pcs_step(plain, on) if system is System.ICD10PCS else _cm_step(plain, on)


def near(system: System, code: str, on: date) -> str:
    """Where to begin for something like ``code``: its heading, or the table (first three characters) of a procedure."""
    if system is System.ICD10PCS:
        return code.strip().upper()[:3]
    found = lookup(system, code, on)
    return found.ancestors[-1][0] if found and found.ancestors else ""


def _cm_step(at: str, on: date) -> Step:
    found = lookup(System.ICD10CM, at, on) if at else None
    if at and found is None:
        raise Problem(f"{dotted(at)[:20]} is not in {release_on(System.ICD10CM, on).sentence}.", remedy="Begin from the top.")
    rows = _offered(children(System.ICD10CM, at, on), on)
    if not rows:
        raise Problem(f"Nothing below {dotted(at)} is in force on the date.", remedy="Go up a level, or search.")
    return Step(
        at=at,
        title=found.display if found else "Tabular list",
        asks=_asks(rows, at),
        options=tuple(_cm_option(row, place) for place, row in enumerate(rows)),
        path=(("", "Tabular list"), *found.ancestors) if found else (),
        release=release_on(System.ICD10CM, on).sentence,
    )


def _asks(rows: list[Concept], at: str) -> str:
    if rows[0].kind != "code":
        return f"Which {rows[0].kind}?"
    seventh = len(at) < guiding.PCS_LENGTH and all(row.billable and len(row.code) == guiding.PCS_LENGTH for row in rows)
    return guiding.question([row.display for row in rows], seventh=seventh)


def _cm_option(row: Concept, place: int) -> Option:
    return Option(row.code, dotted(row.code), row.display, row.billable, guiding.key_of(place))


def _offered(rows: list[Concept], on: date) -> list[Concept]:
    """Codes in force, and headings that have one below them. Chapters are never empty; some sections only gather others beside them."""
    bounds = [(row.code, *_bounds(row)) for row in rows if row.kind != "chapter"]
    alive = _alive(rows[0].release_id, bounds, on) if bounds else set()
    sections = [row.code for row in rows if row.kind == "section"]
    gathering = set(sections) - _with_children(rows[0].release_id, sections) if sections else set()
    return [row for row in rows if row.kind == "chapter" or (row.code in alive and row.code not in gathering)]


def _with_children(release: int, codes: list[str]) -> set[str]:
    """Served by concept_below. One query."""
    found = Concept.objects.filter(release_id=release, parent__in=codes).order_by("parent").values_list("parent", flat=True)
    return set(found.distinct())


def _bounds(row: Concept) -> tuple[str, str]:
    """The first and last code a heading can hold; a code holds itself."""
    first, _, last = row.code.partition("-") if row.kind == "section" else (row.code, "", row.code)
    return first, row.code if row.billable else f"{last}~"


def _alive(release: int, bounds: list[tuple[str, str, str]], on: date) -> set[str]:
    """Those between whose bounds a code is in force. Served by the primary key. One query."""
    sql = """
        SELECT asked.name FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked(name, low, high)
        WHERE EXISTS (
            SELECT FROM terminology_concept c
            WHERE c.release_id = %s AND c.code >= asked.low AND c.code <= asked.high AND c.billable
              AND (c.valid_from IS NULL OR c.valid_from <= %s) AND (c.valid_to IS NULL OR c.valid_to >= %s)
        )
    """
    names, lows, highs = (list(column) for column in zip(*bounds, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [names, lows, highs, release, on, on])
        return {row[0] for row in cursor.fetchall()}


def _pcs_step(at: str, on: date) -> Step:
    governing = release_on(System.ICD10PCS, on)
    bounds = [(at + value, at + value, f"{at}{value}~") for value in guiding.PCS_VALUES]
    alive = _alive(governing.release.pk, bounds, on) if len(at) < guiding.PCS_LENGTH else set()
    if not alive:
        raise Problem(f"No code in force begins with {at[:10]}.", remedy="Begin from the top, or search.")
    labels = _pcs_labels(governing.release, at, on)
    return Step(
        at=at,
        title=_built(at),
        asks=_axis(at),
        options=tuple(_pcs_option(code, labels) for code in sorted(alive)),
        path=tuple((at[:length], at[:length] or "Sections") for length in range(len(at))),
        release=governing.sentence,
    )


def _built(at: str) -> str:
    if not at:
        return "Procedure code, character by character"
    named = [pcs_names.SECTIONS.get(at[0], "")]
    if at[0] == "0" and len(at) > 1:
        named.append(pcs_names.BODY_SYSTEMS.get(at[1], ""))
    return ", ".join(name for name in named if name)


def _axis(at: str) -> str:
    """The axes have these names in the Medical and Surgical section; the others have their own from the third on."""
    place = len(at)
    named = f": which {pcs_names.AXES[place]}" if place < 2 or at[0] == "0" else ""
    return f"Character {place + 1} of {guiding.PCS_LENGTH}{named}?"


def _pcs_option(code: str, labels: dict[str, str]) -> Option:
    """Its key is its character: whoever knows the code types it."""
    value = code[-1]
    return Option(code, code, labels.get(value, ""), len(code) == guiding.PCS_LENGTH, value.lower())


def _pcs_labels(release: CodeSystemRelease, at: str, on: date) -> dict[str, str]:
    """Value → what it means here: by name where it has one, by the titles below it, else the first of them as an example."""
    if not at:
        return pcs_names.SECTIONS
    if at == "0":
        return pcs_names.BODY_SYSTEMS
    asked = (release.pk, release.loaded_at, at, on)
    if asked not in _labels:
        if len(_labels) > MOST_REMEMBERED:
            _labels.clear()
        _labels[asked] = _read_labels(release.pk, at, on)
    return _labels[asked]


def _read_labels(release: int, at: str, on: date) -> dict[str, str]:
    groups = guiding.by_value(_titles(release, at, on), len(at))
    if len(at) == guiding.PCS_LENGTH - 1:
        return {value: titles[0] for value, titles in groups.items()}
    certain = guiding.labels(groups) if sum(map(len, groups.values())) < MOST_TITLES else {}
    return {value: certain.get(value) or f"for example: {titles[0]}" for value, titles in groups.items()}


def _titles(release: int, at: str, on: date) -> list[tuple[str, str]]:
    """Served by the primary key. One query."""
    rows = Concept.objects.filter(release=release, code__gte=at, code__lt=f"{at}~", billable=True)
    rows = rows.exclude(valid_from__gt=on).exclude(valid_to__lt=on).order_by("code")[:MOST_TITLES]
    return list(rows.values_list("code", "display"))
