"""Checks of FHIR R4 primitive values (§2.24.0.1): each returns None for a good value, else a plain sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

Check = Callable[[Any], str | None]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_CODE = re.compile(r"\S+(?:\s\S+)*")
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_ZONED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:(?:([0-5][0-9])|60)(?:\.[0-9]+)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?")
_REFERENCE = re.compile(
    r"#\S*|urn:(?:uuid|oid):\S+|[a-z][a-z0-9+.\-]*://\S+|[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?"
    r"|[A-Z][A-Za-z]+\?.+"
)


def boolean(value: Any) -> str | None:
    return None if value is True or value is False else "It must be true or false."


def integer(value: Any) -> str | None:
    if type(value) is int and -0x80000000 <= value <= 0x7FFFFFFF:
        return None
    return "It must be a whole number of at most 32 bits, without quotation marks."


def unsigned_int(value: Any) -> str | None:
    return None if type(value) is int and 0 <= value <= 0x7FFFFFFF else "It must be a whole number, zero or more."


def positive_int(value: Any) -> str | None:
    return None if type(value) is int and 0 < value <= 0x7FFFFFFF else "It must be a whole number above zero."


def decimal(value: Any) -> str | None:
    if type(value) is int or isinstance(value, Decimal):
        return None
    return "It must be a number, without quotation marks."


def string(value: Any) -> str | None:
    if type(value) is not str:
        return "It must be text in quotation marks."
    if value.isprintable():
        return None if value and not value.isspace() else "Text can't be empty: leave the element out instead."
    if _CONTROL.search(value):
        return "Text can't hold control characters."
    return None if value.strip() else "Text can't be empty: leave the element out instead."


def code(value: Any) -> str | None:
    if type(value) is str and value.isalnum():
        return None
    if type(value) is str and _CODE.fullmatch(value) and not _CONTROL.search(value):
        return None
    return "A code is text without spaces at its ends and without double spaces."


def uri(value: Any) -> str | None:
    if type(value) is str and value and not value.isspace() and value.isprintable() and value.count(" ") == 0:
        return None
    return "A URI is text without spaces."


def identifier(value: Any) -> str | None:
    if type(value) is str and _ID.fullmatch(value):
        return None
    return "An id has 1 to 64 letters, digits, hyphens and dots."


def oid(value: Any) -> str | None:
    return None if type(value) is str and _OID.fullmatch(value) else "An OID is written urn:oid:1.2.3."


def uuid(value: Any) -> str | None:
    return None if type(value) is str and _UUID.fullmatch(value) else "A UUID is written urn:uuid: and 36 characters."


def base64_binary(value: Any) -> str | None:
    return None if type(value) is str and value and _BASE64.fullmatch(value) else "It must be base64 text."


def calendar_date(value: Any) -> str | None:
    if type(value) is str and _DATE.fullmatch(value) and _exists(value):
        return None
    return "It must be a date that exists, as YYYY, YYYY-MM or YYYY-MM-DD."


def date_time(value: Any) -> str | None:
    if type(value) is str and (_clock_exists(value) if len(value) > 10 else _DATE.fullmatch(value) and _exists(value)):
        return None
    return "It must be a date or time that exists, as YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or +hh:mm."


def instant(value: Any) -> str | None:
    if type(value) is str and _clock_exists(value):
        return None
    return "It must be a time that exists, as YYYY-MM-DDThh:mm:ss with Z or +hh:mm."


def clock_time(value: Any) -> str | None:
    return None if type(value) is str and _TIME.fullmatch(value) else "It must be a time of day as hh:mm:ss."


def reference(value: Any) -> str | None:
    if type(value) is str and _REFERENCE.fullmatch(value):
        return None
    return "A reference is written Type/id, urn:uuid:…, #contained-id, an absolute URL or Type?search."


def _exists(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) == 10 else text + "-01" if len(text) == 7 else text + "-01-01")
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)  # what was found at one time bears it again and again
def _clock_exists(text: str) -> bool:
    found = _ZONED.fullmatch(text)
    if not found:
        return False
    try:
        if found[1] is None:  # a leap second: Python's clock has none
            datetime.fromisoformat(text[:17] + "59" + text[19:]) + timedelta(seconds=1)
        else:
            datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return False
    return True
