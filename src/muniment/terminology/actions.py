"""The only writer of terminology: installs releases. A release once installed is never changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from django.db import connection
from django.db.backends.utils import CursorWrapper

from muniment.core import clock
from muniment.core.actions import action, leave, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import copy_in
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Conflict
from muniment.terminology.classifications import embedded_classifications
from muniment.terminology.models import CodeSystemRelease
from muniment.terminology.publications import PlacedRow
from muniment.terminology.rules import lexemes
from muniment.terminology.sources import ClassifiedRow, ConceptRow, ReleaseSource, embedded_releases

_LANDING = """
CREATE TEMPORARY TABLE landing (
    code text, display text, kind text, billable boolean, parent text, ancestors text[], terms text[], notes jsonb,
    seventh jsonb, attributes jsonb, valid_from date, valid_to date, position integer, lexemes tsvector, breadth smallint
) ON COMMIT DROP
"""
_TERM_LANDING = """
CREATE TEMPORARY TABLE term_landing (
    position integer, parent integer, last integer, level smallint, title text, modifiers text, code text, manifestation text,
    see text, see_also text, cells jsonb, path text, lexemes tsvector
) ON COMMIT DROP
"""
_TERM_COLUMNS = (
    "position", "parent", "last", "level", "title", "modifiers", "code", "manifestation", "see", "see_also", "cells", "path", "lexemes",
)  # fmt: skip
_COLUMNS = (
    "code, display, kind, billable, parent, ancestors, terms, notes, seventh, attributes, "
    "valid_from, valid_to, position, lexemes"
)
_CLASSIFIED = ("release_id", "code", "categories", "facts")
_LANDED = (*_COLUMNS.split(", "), "breadth")


def embedded() -> tuple[ReleaseSource, ...]:
    """Every release that needs no file."""
    return (*embedded_releases(), *embedded_classifications())


def install_embedded(*, actor: Actor, progress: Callable[[str], None] = lambda _: None) -> list[CodeSystemRelease]:
    """Install every release the packages carry. ``progress`` hears each title as it starts. Twice changes nothing."""
    installed = []
    for source in embedded():
        progress(source.title)
        installed.append(install_release(actor=actor, source=source))
    return installed


@action("terminology.install", Lifecycle.CONFIGURE)
def install_release(*, actor: Actor, source: ReleaseSource, revise: bool = False) -> CodeSystemRelease:
    """Copy a release in, in one transaction; the same one again changes nothing.

    Raises Conflict when that version is there from another source: what codes were chosen from is not replaced. With ``revise`` it then
    becomes the next revision of that version, which governs from now on; the one before stays for what was chosen from it.
    """
    known = list(CodeSystemRelease.objects.filter(system=source.system))
    same = [one for one in known if (one.source, one.effective_from) == (source.source, source.effective_from)]
    existing = next((one for one in (*(same if revise else ()), *known) if one in same or one.version == source.version), None)
    if existing and existing.source == source.source:
        unchanged()
        return existing
    if existing and not revise:
        raise Conflict(
            f"{existing.title} is already installed, from {existing.source}.",
            remedy="Install the other file under its own version.",
        )
    if existing:
        source = _revised(source, {one.version for one in known})
    release = _write(source)
    leave(
        subject=("code system release", f"{source.system}|{source.version}"),
        after={"concepts": release.concepts, "effective_from": source.effective_from.isoformat(), "source": source.source},
    )
    return release


def _revised(source: ReleaseSource, taken: set[str]) -> ReleaseSource:
    """The same under the next free revision of its version."""
    number = next(number for number in count(2) if f"{source.version}.{number}" not in taken)
    return replace(source, version=f"{source.version}.{number}", title=f"{source.title}, revision {number}")


def _write(source: ReleaseSource) -> CodeSystemRelease:
    release = CodeSystemRelease.objects.create(
        system=source.system,
        version=source.version,
        title=source.title,
        effective_from=source.effective_from,
        effective_to=source.effective_to,
        source=source.source,
        concepts=0,
        loaded_at=clock.now(),
    )
    release.concepts = _copy_terms(release.pk, source.terms()) if source.terms else _copy(release.pk, source)
    if source.classified:
        copy_in("terminology_classified", _CLASSIFIED, _classified(release.pk, source.classified()))
    release.save(update_fields=["concepts"])
    return release


def _copy(release: int, source: ReleaseSource) -> int:
    """Land the rows, then lay them down shortest title first (see Concept). Returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_LANDING)
        copy_in("landing", _LANDED, _records(release, source.rows()))
        stored = _lay_down(cursor, release)
        if source.searchable:
            cursor.execute(
                "INSERT INTO terminology_word (release_id, word)"
                " SELECT DISTINCT %s::smallint, lexeme FROM landing, unnest(lexemes)"
                " WHERE lexeme ~ '^[a-z]{4,64}$'",
                [release],
            )
        cursor.execute("DROP TABLE landing")
        cursor.execute(
            "ANALYZE terminology_concept"
        )  # a look-up before that costs 45 ms; a server before 17 refuses it quietly
    return stored


def _copy_terms(release: int, rows: Iterable[PlacedRow]) -> int:
    """The terms of an index or table, in the order of the book. Returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_TERM_LANDING)
        stored = copy_in("term_landing", _TERM_COLUMNS, (_term_record(release, one) for one in rows))
        cursor.execute("SET LOCAL work_mem = '256MB'")
        columns = ", ".join(_TERM_COLUMNS)
        cursor.execute(
            f"INSERT INTO terminology_index_term (release_id, {columns}) SELECT %s, {columns} FROM term_landing", [release]
        )
        cursor.execute(
            "INSERT INTO terminology_word (release_id, word)"
            " SELECT DISTINCT %s::smallint, lexeme FROM term_landing, unnest(lexemes) WHERE lexeme ~ '^[a-z]{4,64}$'",
            [release],
        )
        cursor.execute("RESET work_mem; DROP TABLE term_landing; ANALYZE terminology_index_term")
    return stored


def _term_record(release: int, one: PlacedRow) -> tuple[object, ...]:
    row = one.row
    return (
        one.position, one.parent, one.last, row.level, row.title, row.modifiers, row.code, row.manifestation, row.see, row.see_also,
        json.dumps(row.cells), one.path, one.words(release),
    )  # fmt: skip


def _lay_down(cursor: CursorWrapper, release: int) -> int:
    """Rows go to the index's pending list, and the last one has them merged in at once: three times faster than one by one."""
    insert = f"INSERT INTO terminology_concept (release_id, {_COLUMNS}) SELECT %s, {_COLUMNS} FROM landing"
    cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL gin_pending_list_limit = '1GB'")
    cursor.execute(f"{insert} WHERE position > 1 ORDER BY breadth, position", [release])
    stored = int(cursor.rowcount)
    cursor.execute("SET LOCAL gin_pending_list_limit = '64kB'")
    cursor.execute(f"{insert} WHERE position = 1", [release])
    stored += int(cursor.rowcount)
    cursor.execute("RESET gin_pending_list_limit; RESET work_mem")
    return stored


def _records(release: int, rows: Iterable[ConceptRow]) -> Iterator[tuple[object, ...]]:
    for position, row in zip(count(1), rows, strict=False):
        terms = row.notes.get("inclusion_terms", [])
        found = lexemes(row.display, (*terms, *row.notes.get("includes", ()), *row.broader))
        yield (
            row.code,
            row.display,
            row.kind,
            row.billable,
            row.ancestors[-1] if row.ancestors else "",
            _array(row.ancestors),
            _array(terms),
            _json(row.notes),
            _json(row.seventh),
            _json(row.attributes),
            row.valid_from,
            row.valid_to,
            position,
            " ".join((f"'@{release}'", *found)),
            min(len(row.display), 32000),
        )


def _classified(release: int, rows: Iterable[ClassifiedRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield release, row.code, _array(row.categories), _json(row.facts)


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value) if value else "{}"


def _array(texts: Iterable[str]) -> str:
    """A PostgreSQL array literal of texts."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
