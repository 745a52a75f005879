"""Rows of a model out of a statement written by hand: what the ORM would give, without making the statement anew each time."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


@cache
def columns(model: type[Model], alias: str = "") -> str:
    """The columns of a model's table, quoted, in the order ``rows`` expects them; of ``alias`` where the statement joins."""
    of = f"{alias}." if alias else ""
    return ", ".join(f'{of}"{field.column}"' for field in model._meta.concrete_fields)


def rows(model: type[M], found: list[tuple[Any, ...]]) -> list[M]:
    """Each found tuple as an instance of ``model``, which the database already holds."""
    names, readers = _reading(model)
    return [model.from_db("default", names, _read(one, readers)) for one in found]


@cache
def _reading(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """The fields' names, and what has to be read out of what the driver gives (JSON): place and reader."""
    fields = model._meta.concrete_fields
    readers = [(place, one.from_db_value) for place, one in enumerate(fields) if hasattr(one, "from_db_value")]
    return [one.attname for one in fields], readers


def _read(row: tuple[Any, ...], readers: list[tuple[int, Any]]) -> list[Any]:
    values = list(row)
    for place, reader in readers:
        if values[place] is not None:
            values[place] = reader(values[place], None, connection)
    return values
