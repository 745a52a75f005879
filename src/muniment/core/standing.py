"""How a row stands, in a few characters: what its last event is sealed with and what it is held against later (ADR 0016)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import models

from muniment.core.models import MunimentModel

LENGTH = 32  # hex digits: 128 bits of SHA-256
_encode = msgspec.json.Encoder(order="sorted").encode


@cache
def fields_of(model: type[MunimentModel]) -> tuple[Any, ...]:
    """Every column that is written, in the order of the model."""
    return tuple(one for one in model._meta.concrete_fields if not one.generated)


def said_of(row: MunimentModel) -> str:
    """``revision:digest`` of a row as it is written; revision 0 where its table counts none."""
    return said_in(type(row), [getattr(row, one.attname) for one in fields_of(type(row))])


def said_in(model: type[MunimentModel], values: Sequence[Any]) -> str:
    """The same from the values of its columns, as the database gives them."""
    fields = fields_of(model)
    plain = [_plain(one, value) for one, value in zip(fields, values, strict=True)]
    revision = next((value for one, value in zip(fields, plain, strict=True) if one.attname == "revision"), 0)
    return f"{revision}:{hashlib.sha256(_encode(plain)).hexdigest()[:LENGTH]}"


def _plain(field: Any, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    value = field.to_python(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID | str) else value
