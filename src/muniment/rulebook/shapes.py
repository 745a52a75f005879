"""The shape of a rule's parameters: which values it has and of what kind, so that they can be filled in instead of written as JSON. Pure.

The shape is read off examples: what we ship of the rule, and the version that is changed. Nothing is asked for that no example has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Unshaped(Exception):
    """Parameters that no form has fields for: tables within tables, or a name that is a number here and a text there."""


class Kind(StrEnum):
    FLAG = "flag"
    NUMBER = "number"  # whole
    AMOUNT = "amount"
    TEXT = "text"
    TEXTS = "texts"  # a list of texts
    NUMBERS = "numbers"  # a list of whole numbers


@dataclass(frozen=True, slots=True)
class Value:
    """A value of its own, or a column of a table. ``needed``: no example goes without it."""

    name: str
    kind: Kind
    needed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Values under one name. Left empty altogether, the rule has none of them."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A list of rows with the same columns."""

    name: str
    columns: tuple[Value, ...]


Part = Value | Group | Table


def shape(*examples: Mapping[str, Any]) -> list[Part]:
    """The parts of parameters like these, in the order of the first example. Raises Unshaped."""
    names = dict.fromkeys(name for one in examples for name in one)
    return [_part(name, [one[name] for one in examples if name in one]) for name in names]


def _part(name: str, values: Sequence[Any]) -> Part:
    if all(isinstance(one, dict) for one in values):
        return Group(name, _columns(values))
    rows = [row for one in values if isinstance(one, list) for row in one]
    if rows and all(isinstance(one, dict) for one in rows) and all(isinstance(one, list) for one in values):
        return Table(name, _columns(rows))
    return Value(name, _kind(name, values), needed=True)


def _columns(rows: Sequence[Mapping[str, Any]]) -> tuple[Value, ...]:
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(
        Value(name, _kind(name, [row[name] for row in rows if name in row]), needed=all(name in row for row in rows))
        for name in names
    )


def _kind(name: str, values: Iterable[Any]) -> Kind:
    kinds = {_kind_of(name, one) for one in values} - {None}
    if kinds == {Kind.NUMBER, Kind.AMOUNT}:
        return Kind.AMOUNT
    if len(kinds) > 1:
        raise Unshaped(f"“{name}” is of more than one kind")
    return kinds.pop() if kinds else Kind.TEXTS  # type: ignore[return-value]


def _kind_of(name: str, value: Any) -> Kind | None:
    """None for an empty list: what it would hold is not known."""
    if isinstance(value, bool):
        return Kind.FLAG
    if isinstance(value, int | float):
        return Kind.NUMBER if isinstance(value, int) else Kind.AMOUNT
    if isinstance(value, str):
        return Kind.TEXT
    if isinstance(value, list):
        inside = {type(one) for one in value}
        if inside <= {str}:
            return Kind.TEXTS if value else None
        if inside == {int}:
            return Kind.NUMBERS
    raise Unshaped(f"“{name}” has no field that fits it")
