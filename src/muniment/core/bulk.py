"""Many rows at once by COPY, in PostgreSQL's text format written by ourselves: several times faster than adapting each value.

``later`` keeps rows back until their unit of work ends, so that a lot of messages filed in one transaction costs one statement
a table and not one a message. Nobody can tell: any statement that names a table writes what is kept back for it first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.pq import Escaping
from psycopg.types.json import Jsonb

from muniment.core.actions import acting, at_end, held

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
FLUSH_BYTES = 256 * 1024


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY ``rows`` into ``table``. Text, numbers, booleans, bytes, UUIDs, dates, lists of integers and None. Returns how many."""
    count, pending, size = 0, [], 0
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            line = "\t".join(map(_cell, row)) + "\n"
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


def _statement(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], conflict: str = "") -> str:
    """An INSERT with its values written out: handing them over one by one costs more than the database's part."""
    values = ",".join("(" + ",".join(map(_literal, row)) + ")" for row in rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} {conflict}"


def _execute(statements: list[str]) -> None:
    """Several at once: one round trip."""
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(";".join(statements))


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
        _execute(self.statements(table))

    def statements(self, table: str) -> list[str]:
        """What writes the rows. Where many are new they are written by COPY, here and now."""
        new = [row for known, row in self.rows.values() if known is Known.NEVER]
        if len(new) > FEW:
            copy_in(table, self.columns, new)
        found = [_statement(table, self.columns, new)] if 0 < len(new) <= FEW else []
        if len(new) < len(self.rows):
            found += self._known(table, Known.REPLACED, self._replace())
            found += self._known(table, Known.KEPT, "ON CONFLICT DO NOTHING")
        return found

    def _known(self, table: str, known: Known, conflict: str) -> Iterable[str]:
        """In the order of their keys: two units that write the same rows wait for one another, and not each for the other."""
        rows = sorted((row for one, row in self.rows.values() if one is known), key=lambda row: _comparable(row[: self.key]))
        return (
            _statement(table, self.columns, rows[place : place + AT_ONCE], conflict) for place in range(0, len(rows), AT_ONCE)
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

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], key: int, known: Known) -> None:
        if not self._tables:
            at_end(self.write_all)
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

    def write_all(self) -> None:
        statements: list[str] = []
        while self._tables:
            table = next(iter(self._tables))
            statements += self._tables.pop(table).statements(table)
        _execute(statements)


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


def write_first(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """What every connection does before a statement: rows kept back for a table it names are written."""
    if acting():
        held(_KeptBack, _KeptBack).write_named_in(str(sql))
    return execute(sql, params, many, context)


def _cell(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return value.translate(_ESCAPES) if _is_special(value) else value
    if value is None:
        return "\\N"
    return _OTHERS.get(kind, _other)(value)


def _literal(value: Any) -> str:
    """A value as SQL text. What may hold a quotation mark or a backslash is quoted by the database's own library."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "NULL"
    if kind is bytes or kind is memoryview:
        return f"'\\x{value.hex()}'"
    if kind is Jsonb:
        return _quoted(json.dumps(value.obj))
    form = _OTHERS.get(kind)
    return f"'{form(value)}'" if form else _quoted(str(value.value) if isinstance(value, Enum) else _text(value))


def _quoted(text: str) -> str:
    if "'" in text or "\\" in text or "\0" in text:
        return Escaping(connection.connection.pgconn).escape_literal(text.replace("\0", "").encode()).decode()
    return f"'{text}'"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"no way to write a {type(value).__name__}")


def _is_special(text: str) -> bool:
    return "\\" in text or "\n" in text or "\t" in text or "\r" in text or "\0" in text


def _other(value: Any) -> str:
    if isinstance(value, Enum):
        return _cell(value.value)
    return _cell(_text(value))


_OTHERS: dict[type, Any] = {
    int: str,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: "\\\\x" + value.hex(),
    memoryview: lambda value: "\\\\x" + bytes(value).hex(),
    UUID: lambda value: value.hex,
    datetime: datetime.isoformat,
    date: date.isoformat,
    Jsonb: lambda value: _cell(json.dumps(value.obj)),
    list: lambda value: "{" + ",".join(map(str, value)) + "}",
    tuple: lambda value: "{" + ",".join(map(str, value)) + "}",
}
