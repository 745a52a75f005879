"""Many rows at once, and many statements in one round trip.

``later`` keeps rows back until their unit of work ends, so that a lot of messages filed in one transaction costs one statement
a table and not one a message. Nobody can tell: any statement that names a table writes what is kept back for it first. What the
unit ends with travels together (``send_last``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import JSONField
from psycopg.pq.abc import PGresult
from psycopg.types.json import Jsonb

from muniment.core.actions import acting, at_end, held, leaving
from muniment.core.literals import cell, filled, literal
from muniment.core.models import MunimentModel
from muniment.core.standing import fields_of
from muniment.core.wire import send

FLUSH_BYTES = 256 * 1024


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY ``rows`` into ``table``. Text, numbers, booleans, bytes, UUIDs, dates, lists of integers and None. Returns how many."""
    count, pending, size = 0, [], 0
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            line = "\t".join(map(cell, row)) + "\n"
            pending.append(line)
            size += len(line)
            count += 1
            if size > FLUSH_BYTES:
                copy.write("".join(pending))
                pending, size = [], 0
        if pending:
            copy.write("".join(pending))
    return count


FEW = 10  # rows that cost less in an INSERT than in a COPY


def inserting(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], conflict: str = "") -> str:
    """An INSERT with its values written out: handing them over one by one costs more than the database's part."""
    values = ",".join("(" + ",".join(map(literal, row)) + ")" for row in rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} {conflict}"


class Asked(NamedTuple):
    """A statement that shares its round trip with others. ``take`` gets the cursor at its result; values None: it has none."""

    sql: str
    values: Sequence[Any] | None = None
    take: Callable[[Any], None] | None = None

    def text(self) -> str:
        return self.sql if self.values is None else filled(self.sql, self.values)


def ask(*asked: Asked) -> None:
    """Execute these in their order, in one round trip. Each sees what those before it did, and what was committed before it began."""
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(";".join([one.text() for one in asked]))
        for one in asked:
            if one.take:
                one.take(cursor)
            cursor.nextset()


class Known(StrEnum):
    """What is to become of a row whose key is in the table already."""

    NEVER = "it is not: the row is new"
    REPLACED = "it is replaced"
    KEPT = "it stays as it is"


@dataclass(slots=True)
class _Table:
    """Rows kept back for a table. The last of those with the same key is written; without a key each is."""

    columns: Sequence[str]
    key: int
    rows: dict[Any, tuple[Known, Sequence[Any]]] = field(default_factory=dict)

    def add(self, row: Sequence[Any], known: Known) -> None:
        key = tuple(row[: self.key]) if self.key else len(self.rows)
        before = self.rows.get(key)
        if before is None or known is Known.REPLACED:
            self.rows[key] = (before[0] if before else known, row)

    def write(self, table: str) -> None:
        ask(*self.statements(table))

    def statements(self, table: str) -> list[Asked]:
        """What writes the rows. Where many are new they are written by COPY, here and now."""
        new = [row for known, row in self.rows.values() if known is Known.NEVER]
        if len(new) > FEW:
            copy_in(table, self.columns, new)
        found = [Asked(inserting(table, self.columns, new))] if 0 < len(new) <= FEW else []
        if len(new) < len(self.rows):
            found += self._known(table, Known.REPLACED, self._replace())
            found += self._known(table, Known.KEPT, "ON CONFLICT DO NOTHING")
        return found

    def _known(self, table: str, known: Known, conflict: str) -> Iterable[Asked]:
        """In the order of their keys: two units that write the same rows wait for one another, and not each for the other."""
        rows = sorted((row for one, row in self.rows.values() if one is known), key=lambda row: _comparable(row[: self.key]))
        return (
            Asked(inserting(table, self.columns, rows[place : place + AT_ONCE], conflict))
            for place in range(0, len(rows), AT_ONCE)
        )

    def _replace(self) -> str:
        rest = ", ".join(f"{name} = excluded.{name}" for name in self.columns[self.key :])
        return f"ON CONFLICT ({', '.join(self.columns[: self.key])}) DO UPDATE SET {rest}"


def _comparable(key: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(one.int if isinstance(one, UUID) else one for one in key)


MOST_KEPT_BACK = 2000  # rows of one table: memory does not grow with what is filed
AT_ONCE = 200  # rows of one INSERT that may meet known ones


class _KeptBack:
    """The rows a unit of work has not written yet, table by table in the order they were first given."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self.closing: list[tuple[str, Callable[[int], None]]] = []

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], key: int, known: Known) -> None:
        if not self._tables:
            at_end(self.end)
        kept = self._tables.get(table)
        if kept is None:
            kept = self._tables[table] = _Table(columns, key)
        for row in rows:
            kept.add(row, known)
        if len(kept.rows) >= MOST_KEPT_BACK:
            self._tables.pop(table).write(table)

    def write_named_in(self, statement: str) -> None:
        for table in [table for table in self._tables if table in statement]:
            self._tables.pop(table).write(table)

    def end(self) -> None:
        """The unit ends. Where it leaves events, they are chained by what takes all that is left along."""
        if not leaving():
            ask(*self.all())

    def all(self) -> list[Asked]:
        """What writes everything that is kept back."""
        statements: list[Asked] = []
        while self._tables:
            table = next(iter(self._tables))
            statements += self._tables.pop(table).statements(table)
        return statements


def at_close(sql: str, written: Callable[[int], None]) -> None:
    """Execute this when the unit of work that is ending has written everything else; ``written`` is told how many rows it wrote."""
    if leaving():
        held(_KeptBack, _KeptBack).closing.append((sql, written))
    else:
        written(send(sql)[-1].command_tuples or 0)


def send_last(sql: str) -> PGresult:
    """Execute this after everything that is kept back or left for the end of the unit of work, in the same round trip."""
    kept = held(_KeptBack, _KeptBack)
    statements = kept.all()
    closing, kept.closing = kept.closing, []
    *results, last = send(";".join([*[one.text() for one in statements], *[one for one, _ in closing], sql]))
    for (_, written), result in zip(closing, results[len(statements) :], strict=True):
        written(result.command_tuples or 0)
    return last


def later(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: int = 0, known: Known = Known.NEVER
) -> None:
    """Write ``rows`` when their unit of work ends, or before the first statement that names ``table``.

    ``key`` is how many of the columns, from the first, tell rows apart: of two with the same key the later one is written.
    0 where every row is one of its own. What the database refuses of them, it refuses then: the unit fails as a whole.
    """
    if not acting():
        raise AssertionError("rows are kept back only inside a unit of work")
    held(_KeptBack, _KeptBack).add(table, columns, rows, key, known)


def keep(rows: Sequence[MunimentModel], *, key: Sequence[str] = (), known: Known = Known.NEVER) -> None:
    """``later`` for whole rows of one model; ``key`` are the columns that tell them apart."""
    if rows:
        model = type(rows[0])
        fields = [one for one in fields_of(model) if one.column not in key]
        names = [f'"{name}"' for name in (*key, *(one.column for one in fields))]
        cells = [
            [*(getattr(row, name) for name in key), *(_said(one, getattr(row, one.attname)) for one in fields)] for row in rows
        ]
        later(model._meta.db_table, names, cells, key=len(key), known=known)


def _said(field: Any, value: Any) -> Any:
    """A list of texts as PostgreSQL writes an array, what is kept as JSON as JSON; anything else as it is."""
    if isinstance(field, JSONField):
        return value if value is None else Jsonb(value)
    if not isinstance(value, list):
        return value
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in value)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def write_first(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """What every connection does before a statement: rows kept back for a table it names are written."""
    if acting():
        held(_KeptBack, _KeptBack).write_named_in(str(sql))
    return execute(sql, params, many, context)
