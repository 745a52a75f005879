"""What one release of a code system changes of another: codes begun, ended, renamed, moved, made headings, and notes that differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db import connection

from muniment.kernel.codes import dotted
from muniment.kernel.errors import Problem
from muniment.terminology.models import CodeSystemRelease
from muniment.terminology.rules import System

# Both releases are read by the primary key, (release, code).
_DIFFERING = """
SELECT code, old.display, old.billable, old.parent, new.display, new.billable, new.parent, old.notes <> new.notes
FROM (SELECT * FROM terminology_concept WHERE release_id = %s) AS old
FULL JOIN (SELECT * FROM terminology_concept WHERE release_id = %s) AS new USING (code)
WHERE old.display IS NULL OR new.display IS NULL
   OR (old.display, old.billable, old.parent, old.notes) IS DISTINCT FROM (new.display, new.billable, new.parent, new.notes)
ORDER BY code COLLATE "C"
"""


class Kind(StrEnum):
    """What became of a code; the value is how people are told."""

    ADDED = "added"
    DELETED = "deleted"
    TITLE = "new title"
    HEADING = "became a heading"
    CODE = "became a code"
    MOVED = "moved"
    NOTES = "other notes"


UNUSABLE = (Kind.DELETED, Kind.HEADING)  # it can't be assigned any more


@dataclass(frozen=True, slots=True)
class Change:
    """One code's change; ``before`` and ``after`` are titles or, of one that moved, the headings it stands below."""

    system: System
    code: str
    kind: Kind
    before: str
    after: str

    @property
    def key(self) -> str:
        """The code with its system: of two systems the same letters may be two codes."""
        return f"{self.system}|{self.code}"

    @property
    def written(self) -> str:
        return dotted(self.code) if self.system is System.ICD10CM else self.code

    @property
    def words(self) -> str:
        return " → ".join(one for one in (self.before, self.after) if one)

    def line(self) -> dict[str, Any]:
        return {"code": self.written, "change": self.kind.value, "before": self.before or None, "after": self.after or None}


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


def between(before: CodeSystemRelease, after: CodeSystemRelease) -> tuple[Change, ...]:
    """Every change, in the order of codes. A code has one for each thing that changed. One query, and none for two that were compared before.

    Raises Problem for releases of two systems.
    """
    if before.system != after.system:
        raise Problem("These are releases of two code systems.", remedy="Name two of the same.")
    return _compared(System(before.system), (before.pk, before.loaded_at), (after.pk, after.loaded_at))


@lru_cache(maxsize=8)  # a release never changes
def _compared(system: System, before: tuple[int, datetime], after: tuple[int, datetime]) -> tuple[Change, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, [before[0], after[0]])
        return tuple(Change(system, row[0], *said) for row in cursor.fetchall() for said in _differences(*row[1:]))


def _differences(
    was: str | None, was_code: bool, was_below: str, now: str | None, is_code: bool, is_below: str, notes: bool
) -> Iterator[tuple[Kind, str, str]]:
    """(kind, before, after) of a code; a title is None where a release does not have it."""
    if was is None or now is None:
        yield (Kind.ADDED if was is None else Kind.DELETED), was or "", now or ""
        return
    if _plain(was) != _plain(now):
        yield Kind.TITLE, was, now
    if was_code != is_code:
        yield (Kind.CODE if is_code else Kind.HEADING), "", now
    if was_below != is_below:
        yield Kind.MOVED, was_below, is_below
    if notes:
        yield Kind.NOTES, "", now


def _plain(title: str) -> str:
    """CDC writes the same title with accents in the tabular list and without them in the list of codes."""
    return "".join(one for one in unicodedata.normalize("NFKD", title) if not unicodedata.combining(one)).casefold()
