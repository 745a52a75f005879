"""Pages of a long list by key: as quick on the last page as on the first, and steady while rows are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: ``key`` is of the row beside it, ``number`` that row's number in the list, from 1."""

    forward: bool
    number: int
    at: datetime
    id: UUID

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """The cursor an address carries; None for none, and for one that is none."""
        try:
            way, number, at, key = text.split("_")
            return cls(way == "a", max(int(number), 0), datetime.fromisoformat(at).astimezone(UTC), UUID(key))
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        return f"{'a' if self.forward else 'b'}_{self.number}_{self.at.isoformat()}_{self.id}"


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """Rows of one page, the number of the first, and the cursors of its neighbours ("" where there is none)."""

    rows: Sequence[M]
    first: int
    previous: str
    next: str

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page(found: QuerySet[M], cursor: Cursor | None, *, size: int, field: str, newest_first: bool = True) -> Slice[M]:
    """One page of ``found`` ordered by (``field``, id). One query."""
    forward = cursor is None or cursor.forward
    descending = newest_first if forward else not newest_first
    if cursor:
        found = found.filter(**{f"{field}__{'lte' if descending else 'gte'}": cursor.at}).exclude(
            **{field: cursor.at, f"id__{'gte' if descending else 'lte'}": cursor.id}
        )
    sign = "-" if descending else ""
    rows = list(found.order_by(f"{sign}{field}", f"{sign}id")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if not forward:
        rows.reverse()
    first = _first(cursor, len(rows))
    earlier, later = (first > 1, more) if forward else (more, True)
    return Slice(
        rows,
        first,
        str(_beside(rows[0], field, forward=False, number=first)) if rows and earlier else "",
        str(_beside(rows[-1], field, forward=True, number=first + len(rows) - 1)) if rows and later else "",
    )


def _first(cursor: Cursor | None, count: int) -> int:
    if cursor is None:
        return 1
    return cursor.number + 1 if cursor.forward else max(cursor.number - count, 1)


def _beside(row: Any, field: str, *, forward: bool, number: int) -> Cursor:
    return Cursor(forward, number, getattr(row, field), row.id)
