"""What one release of a code system changes of another: codes begun, ended, renamed, moved, made headings, and notes that differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from muniment.kernel.codes import dotted
from muniment.kernel.errors import Problem
from muniment.terminology.models import CodeSystemRelease
from muniment.terminology.rules import System

_AT_ONCE = 2000  # concepts read at a time
# Served by the primary key: (release, code).
_READ = """
SELECT code, display, billable, parent, notes::text FROM terminology_concept WHERE release_id = %s AND code > %s ORDER BY code LIMIT %s
"""
Row = tuple[str, str, bool, str, str]  # code, display, billable, parent, notes


@dataclass(frozen=True, slots=True)
class Change:
    """One code's change. ``kind``: added, deleted, title, "became a heading", "became a code", moved, notes; ``before``/``after`` in words."""

    system: System
    code: str
    kind: str
    before: str
    after: str

    @property
    def written(self) -> str:
        return dotted(self.code) if self.system is System.ICD10CM else self.code

    @property
    def words(self) -> str:
        return " → ".join(one for one in (self.before, self.after) if one)

    def line(self) -> dict[str, Any]:
        return {"code": self.written, "change": self.kind, "before": self.before or None, "after": self.after or None}


def named(text: str) -> CodeSystemRelease:
    """The release called ``system|version``. Raises Problem, which lists those that are installed."""
    system, _, version = text.partition("|")
    found = CodeSystemRelease.objects.filter(system=system, version=version).first()
    if found is None:
        known = ", ".join(
            f"{one.system}|{one.version}" for one in CodeSystemRelease.objects.order_by("system", "effective_from", "id")
        )
        raise Problem(
            f"No release is called “{text[:40]}”.", remedy=f"Installed are {known}." if known else "Install one first."
        )
    return found


def between(before: CodeSystemRelease, after: CodeSystemRelease) -> Iterator[Change]:
    """Every change, in the order of codes, streamed: both releases are walked side by side. A code has a line for each thing that changed.

    Raises Problem for releases of two systems.
    """
    if before.system != after.system:
        raise Problem("These are releases of two code systems.", remedy="Name two of the same.")
    system = System(before.system)
    for old, new in _side_by_side(_read(before.pk), _read(after.pk)):
        for kind, was, now in _differences(old, new):
            yield Change(system, (old or new or ("",))[0], kind, was, now)


def _read(release: int) -> Iterator[Row]:
    last = ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [release, last, _AT_ONCE])
            rows: list[Row] = cursor.fetchall()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][0]


def _side_by_side(olds: Iterator[Row], news: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of the same code together; a row that only one has by itself."""
    old, new = next(olds, None), next(news, None)
    while old or new:
        if new is None or (old and old[0] < new[0]):
            yield old, None
            old = next(olds, None)
        elif old is None or new[0] < old[0]:
            yield None, new
            new = next(news, None)
        else:
            yield old, new
            old, new = next(olds, None), next(news, None)


def _differences(old: Row | None, new: Row | None) -> Iterator[tuple[str, str, str]]:
    """(kind of change, before, after)."""
    if old is None or new is None:
        if old:
            yield "deleted", old[1], ""
        if new:
            yield "added", "", new[1]
        return
    if old[1] != new[1]:
        yield "title", old[1], new[1]
    if old[2] != new[2]:
        yield ("became a code" if new[2] else "became a heading"), "", new[1]
    if old[3] != new[3]:
        yield "moved", old[3], new[3]
    if old[4] != new[4]:
        yield "notes", "", new[1]
