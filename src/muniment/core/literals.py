"""Values as PostgreSQL reads them in text: a cell of COPY, a literal in a statement.

Written by ourselves, because handing values to the driver one by one costs more than the database's part.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.pq import Escaping
from psycopg.types.json import Jsonb

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def cell(value: Any) -> str:
    """A value as a cell of COPY. Text, numbers, booleans, bytes, UUIDs, dates, JSON, lists of plain numbers and None."""
    kind = type(value)
    if kind is str:
        return value.translate(_ESCAPES) if _is_special(value) else value
    if value is None:
        return "\\N"
    return _OTHERS.get(kind, _other)(value)


def literal(value: Any) -> str:
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


def filled(sql: str, values: Sequence[Any]) -> str:
    """A statement with each ``%s`` written out. A list becomes an array, which the statement casts: ``%s::uuid[]``."""
    return sql % tuple(_array(value) if isinstance(value, list) else literal(value) for value in values)


def _array(values: list[Any]) -> str:
    if values and type(values[0]) is UUID:  # thousands of an input's entries: read as one value, not as an expression each
        return f"'{{{','.join([one.hex for one in values])}}}'"
    return f"ARRAY[{','.join(map(literal, values))}]"


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
        return cell(value.value)
    return cell(_text(value))


_OTHERS: dict[type, Any] = {
    int: str,
    Decimal: str,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: "\\\\x" + value.hex(),
    memoryview: lambda value: "\\\\x" + bytes(value).hex(),
    UUID: lambda value: value.hex,
    datetime: datetime.isoformat,
    date: date.isoformat,
    Jsonb: lambda value: cell(json.dumps(value.obj)),
    list: lambda value: "{" + ",".join(map(str, value)) + "}",
    tuple: lambda value: "{" + ",".join(map(str, value)) + "}",
}
