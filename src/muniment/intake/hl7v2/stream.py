"""Messages out of a file of one or many, in batches or not, with memory that does not grow with the file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from muniment.intake.hl7v2.parse import LIMITS

_CHUNK = 256 * 1024
_END = re.compile(rb"\x1c?\r\n?|[\n\x1c]")
_AROUND = b"\x0b\x1c \t\r\n\x00" + codecs.BOM_UTF8
_ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")


def split(stream: BinaryIO, *, limit: int = LIMITS.message) -> Iterator[tuple[str, bytes]]:
    """Each message's bytes as they stood, with its place: ``"message 3, line 41"``. Batch envelopes are left out.

    Anything before the first message is given too, so that nothing is silently dropped. Of a message longer than ``limit``
    bytes only the first ``limit`` + 1 are given: enough for ``parse`` to refuse it.
    """
    held, size, message, began, number = bytearray(), 0, 0, 1, 0
    for begins, line in _lines(_utf8(stream), limit):
        number += begins
        kind = _kind(line) if begins else ""
        if kind:
            if held.strip(_AROUND):
                yield _place(message, began), bytes(held)
            held, size, began = bytearray(), 0, number
            message += kind == "MSH"
        if kind != "envelope" and size <= limit:
            held += line[: limit + 1 - size]
            size = len(held)
    if held.strip(_AROUND):
        yield _place(message, began), bytes(held)


def _place(message: int, line: int) -> str:
    return f"message {message}, line {line}" if message else f"before the first message, line {line}"


def _kind(line: bytes) -> str:
    head = line[:24].lstrip(_AROUND)
    after = head[3:4]
    if not after or after.isalnum() or after.isspace():
        return "envelope" if head.strip(_AROUND) in _ENVELOPE else ""
    if head.startswith(b"MSH"):
        return "MSH"
    return "envelope" if head.startswith(_ENVELOPE) else ""


def _lines(chunks: Iterator[bytes], limit: int) -> Iterator[tuple[bool, bytes]]:
    """Lines with their ends, each with whether it begins a line; a line without end is given in pieces."""
    rest, begins, scanned = b"", True, 0
    for chunk in chunks:
        rest += chunk
        start = 0
        for found in _END.finditer(rest, scanned):
            if found.end() == len(rest) and not found[0].endswith(b"\n"):
                break  # a CR or FS at the very end may be half of a longer end
            yield begins, rest[start : found.end()]
            begins, start = True, found.end()
        rest = rest[start:]
        if len(rest) > limit:
            yield begins, rest[:-2]
            rest, begins = rest[-2:], False
        scanned = max(0, len(rest) - 2)
    start = 0
    for found in _END.finditer(rest):
        yield begins, rest[start : found.end()]
        begins, start = True, found.end()
    if rest[start:]:
        yield begins, rest[start:]


def _utf8(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in chunks; UTF-16 with a byte order mark becomes UTF-8, so that lines can be told apart."""
    chunk = stream.read(_CHUNK)
    if not chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        while chunk:
            yield chunk
            chunk = stream.read(_CHUNK)
        return
    decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", errors="replace")
        chunk = stream.read(_CHUNK)
    yield decoder.decode(b"", final=True).encode()
