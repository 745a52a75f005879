"""Cutting a file into units that fit in memory: 500 lines of NDJSON, or one whole bundle or resource."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from muniment.kernel.errors import Problem, Unreadable
from muniment.kernel.fhir.canonical import decode

MAX_UNIT = 64 * 1024 * 1024  # bytes after unpacking
LINES_PER_UNIT = 500
_Lines = io.BufferedIOBase
_GZIP = b"\x1f\x8b"
_CHUNK = 8 * 1024 * 1024  # a unit of many lines is closed when it has grown so far


def units(stream: BinaryIO, *, limit: int = MAX_UNIT) -> Iterator[tuple[str, bytes | Problem]]:
    """(name, bytes) of each unit of a file; the name is "" for a whole file, else "lines 1–500".

    Gzip is unpacked on the way. Memory is bounded by ``limit``, not by the file. A unit that is too big, and the end of a file
    whose compression is broken, come as (name, Problem); what follows or came before stands.
    """
    try:
        yield from _cut(_opened(stream), limit)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield "", _broken_gzip()


def unpack(data: bytes, *, limit: int = MAX_UNIT) -> bytes:
    """The bytes themselves, or what gzip holds. Raises Unreadable when broken, cut off or larger than ``limit``."""
    found = b""
    while data.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            found += member.decompress(data, limit + 1 - len(found))
        except zlib.error as error:
            raise _broken_gzip() from error
        if len(found) > limit:
            raise _too_big(limit)
        if not member.eof:
            raise _broken_gzip()
        data = member.unused_data
        if not data.startswith(_GZIP):
            return found
    if len(data) > limit:
        raise _too_big(limit)
    return data


def is_ndjson(first: bytes, second: bytes) -> bool:
    """Whether a file beginning with these two lines is NDJSON rather than one JSON text spread over lines."""
    first, second = first.strip(), second.strip()
    if not first.startswith(b"{") or not second.startswith(b"{"):
        return False
    if not first.endswith((b"[", b",", b":", b"{")):
        return True
    try:
        decode(first)
    except Unreadable:
        return False
    return True


def _opened(stream: BinaryIO) -> _Lines:
    head = stream.read(len(_GZIP))
    whole = io.BufferedReader(_Joined(head, stream), buffer_size=1 << 16)
    return gzip.GzipFile(fileobj=whole) if head == _GZIP else whole


class _Joined(io.RawIOBase):
    """A stream whose first bytes were already read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._head or self._rest.read(len(view))
        self._head = data[len(view) :] if self._head else b""
        count = min(len(data), len(view))
        view[:count] = data[:count]
        return count


def _cut(reader: _Lines, limit: int) -> Iterator[tuple[str, bytes | Problem]]:
    first, skipped = _first_line(reader, limit)
    second = reader.readline(limit + 1) if len(first) <= limit else b""
    if is_ndjson(first, second):
        yield from _cut_lines(reader, [first, second], skipped + 1, limit)
        return
    data = first + second
    data += reader.read(max(0, limit + 1 - len(data)))
    if len(data) > limit:
        yield "", _too_big(limit)
    elif data.strip():
        yield "", data


def _first_line(reader: _Lines, limit: int) -> tuple[bytes, int]:
    """The first line that is not blank, and how many blank ones came before it."""
    skipped = 0
    while True:
        line = reader.readline(limit + 1)
        if line.strip() or not line:
            return line, skipped
        skipped += 1


def _cut_lines(reader: _Lines, read: list[bytes], number: int, limit: int) -> Iterator[tuple[str, bytes | Problem]]:
    lines: list[bytes] = []
    size = 0
    for line in _lines(reader, read, limit):
        if lines and (len(lines) == LINES_PER_UNIT or size + len(line) > min(limit, _CHUNK)):
            yield _name(number, len(lines)), b"".join(lines)
            number, lines, size = number + len(lines), [], 0
        if len(line) > limit:
            yield _name(number, 1), _too_big(limit)
            number += 1
            continue
        lines.append(line)
        size += len(line)
    if lines:
        yield _name(number, len(lines)), b"".join(lines)


def _lines(reader: _Lines, read: list[bytes], limit: int) -> Iterator[bytes]:
    """All lines; of one longer than ``limit`` only the first ``limit + 1`` bytes."""
    for line in chain(read, iter(lambda: reader.readline(limit + 1), b"")):
        yield line
        if len(line) > limit and not line.endswith(b"\n"):
            _skip_line(reader)


def _skip_line(reader: _Lines) -> None:
    while (rest := reader.readline(1 << 16)) and not rest.endswith(b"\n"):
        pass


def _name(first: int, count: int) -> str:
    return f"line {first}" if count == 1 else f"lines {first}–{first + count - 1}"


def _too_big(limit: int) -> Unreadable:
    return Unreadable(
        f"The input is larger than {limit / 1048576:.0f} MiB when unpacked.",
        remedy="Send it as smaller bundles or as NDJSON, one resource a line.",
    )


def _broken_gzip() -> Unreadable:
    return Unreadable("The gzip compression is broken or cut off.", remedy="Send the complete file again.")
