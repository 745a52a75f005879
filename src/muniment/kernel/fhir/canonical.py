"""FHIR JSON in and out without loss: the canonical bytes the record stores, hashes and signs.

FHIR R4 §2.6.2 (JSON) and §2.24.0.1 (decimals keep their precision): 72.50 is not 72.5, so no number is ever rounded or
respelt. The canonical form is UTF-8 with sorted keys and no white space.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any, Never

import msgspec

from muniment.kernel.errors import Unreadable

MAX_DEPTH = 64
MAX_DIGITS = 4300  # written out in full: as many as Python turns into an int, and few enough for PostgreSQL's numeric


class Written(Decimal):
    """A number whose spelling Python would change (1e3, 0.00000001, -0): it counts as a Decimal and is written as it came."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Written:
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Written('{self.text}')"

    def __reduce__(self) -> tuple[type[Written], tuple[str]]:
        return Written, (self.text,)


def decode(data: bytes) -> Any:
    """The value of JSON text: dict, list, str, bool, None, int, and Decimal for every number with a fraction or exponent.

    Raises Unreadable for what is no JSON (RFC 8259), for a byte order mark, for bytes that are not UTF-8, for duplicate
    keys, for lone surrogates, for numbers past ``MAX_DIGITS`` and for nesting deeper than ``MAX_DEPTH``.
    """
    try:
        value = _FAST.decode(data)
        plain = _PLAIN.encode(value)
    except (msgspec.DecodeError, ValueError, InvalidOperation, RecursionError):
        value = _decode_exactly(data)
        plain = b""
    if plain and plain != data and not _lossless(data, plain):
        value = _decode_exactly(data)
    if not _surely_shallow(plain or data):
        _check_depth(value)
    return value


def encode(value: Any) -> bytes:
    """Canonical bytes of what ``decode`` returns. Raises Unreadable for text that has no UTF-8 form."""
    try:
        return _CANONICAL.encode(value)
    except (UnicodeEncodeError, RecursionError) as error:
        raise Unreadable("The value can't be written as JSON text.", remedy="Send valid FHIR R4 JSON.") from error


def digest(canonical: bytes) -> bytes:
    """SHA-256 (FIPS 180-4) of canonical bytes: 32 bytes."""
    return hashlib.sha256(canonical).digest()


def _lossless(data: bytes, plain: bytes) -> bool:
    """Whether the fast decoder dropped nothing, judged by what writing its value again gives.

    A dropped duplicate key takes a colon with it, a respelt -0 its sign; only an escaped colon or sign could hide that.
    """
    if any(part.startswith(b"u00") for part in data.split(b"\\")[1:]):
        return False
    return data.translate(None, _NOT_TELLING) == plain.translate(None, _NOT_TELLING)


def _decode_exactly(data: bytes) -> Any:
    """The standard library's decoder, which reports duplicate keys and lets us see every number's spelling."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _unreadable("The text begins with a byte order mark.", "Save it as UTF-8 without a byte order mark.")
    try:
        value = _EXACT.decode(data.decode("utf-8"))
        _PLAIN.encode(value)
    except UnicodeDecodeError as error:
        raise _unreadable("The text is not UTF-8.", "Send JSON in UTF-8.", f"byte {error.start + 1}") from error
    except UnicodeEncodeError as error:
        raise _unreadable("The text holds half of a character (a lone surrogate).", "Send whole characters.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _unreadable("The text is not JSON, or it is cut off.", "Send the complete JSON text.", place) from error
    except RecursionError as error:
        raise _too_deep() from error
    return value


def _surely_shallow(text: bytes) -> bool:
    """Whether pairs of brackets cancel out from the inside before ``MAX_DEPTH``.

    Of the text without escapes only quotes and brackets are kept. Taking away quotes in pairs never moves a bracket into a text
    or out of it, and few are left: those around texts that hold brackets themselves.
    """
    skeleton = _without_escapes(text).translate(None, _NO_BRACKETS).replace(b'""', b"")
    if b'"' in skeleton:
        skeleton = b"".join(skeleton.split(b'"')[::2])
    for _ in range(MAX_DEPTH // 2):  # each round takes away at most two levels
        if not skeleton:
            return True
        skeleton = skeleton.replace(b"{}", b"").replace(b"[]", b"")
    return not skeleton


def _without_escapes(text: bytes) -> bytes:
    """JSON text without its backslashes and the byte each one escapes."""
    first, *rest = text.split(b"\\")
    kept, after_escaped_backslash = [first], False
    for part in rest:
        kept.append(part if after_escaped_backslash else part[1:])
        after_escaped_backslash = not part and not after_escaped_backslash
    return b"".join(kept)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        objects = [one.values() for one in level if type(one) is dict]
        arrays = [one for one in level if type(one) is list]
        level = [child for child in chain(*objects, *arrays) if type(child) is dict or type(child) is list]
        if not level:
            return
    raise _too_deep()


def _number(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise _out_of_bounds()
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise _out_of_bounds() from error
    if "E" not in text and str(value) == text:
        return value
    if abs(value.adjusted()) > MAX_DIGITS:
        raise _out_of_bounds()
    return Written(text)


def _integer(text: str) -> int | Decimal:
    if len(text) > MAX_DIGITS:
        raise _out_of_bounds()
    return Written(text) if text == "-0" else int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _unreadable("An object holds the same key twice.", "Send each element once; repeats belong in an array.")
    return value


def _constant(text: str) -> Never:
    raise _unreadable(f"{text} is not a JSON number.", "Leave the element out, or say why it is absent (dataAbsentReason).")


def _spelling(value: Any) -> msgspec.Raw:
    if isinstance(value, Written):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _unreadable(what: str, remedy: str, where: str = "") -> Unreadable:
    return Unreadable(what, where=where, remedy=remedy)


def _out_of_bounds() -> Unreadable:
    return _unreadable(f"A number has more than {MAX_DIGITS} digits.", "Send the value as it was measured.")


def _too_deep() -> Unreadable:
    return _unreadable(f"The JSON is nested more than {MAX_DEPTH} levels deep.", "Send FHIR R4 JSON without needless nesting.")


_NOT_TELLING = bytes(set(range(256)) - set(b":-"))
_NO_BRACKETS = bytes(set(range(256)) - set(b'"{}[]'))
_FAST = msgspec.json.Decoder(float_hook=_number)
_PLAIN = msgspec.json.Encoder(decimal_format="number", enc_hook=_spelling)
_CANONICAL = msgspec.json.Encoder(order="sorted", decimal_format="number", enc_hook=_spelling)
_EXACT = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_constant)
