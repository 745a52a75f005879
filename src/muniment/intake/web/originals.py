"""An input's original bytes made readable: never run, never guessed at, in pages. Pure but for the readers it borrows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from muniment.intake import fhir_json
from muniment.intake.ccda.xml import parse
from muniment.intake.hl7v2 import charset
from muniment.kernel import charsets
from muniment.kernel.errors import Problem

PAGE = 64 * 1024  # characters
DUMPED = 2 * 1024  # bytes of what is no text
MOST_INDENTED = 4 * 1024 * 1024  # bytes: above it a document is shown as it came
MOST_TYPED = 256 * 1024  # bytes: above it a text is corrected at its source
DEEPEST = 40  # levels of indentation
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"')
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_PLACE_SEGMENT = re.compile(r"\b([A-Z][A-Z0-9]{2})(?:-\d+)?\b")
_PLACE_LINE = re.compile(r"\bline (\d+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1b\x1d-\x1f\x7f]")


class Kind(StrEnum):
    SEGMENTS = "HL7 v2 segments"
    XML = "XML, indented"
    JSON = "JSON, indented"
    TEXT = "text as it came"
    BYTES = "first bytes, as hexadecimal numbers"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    named: bool = False  # the place the problem names


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of an original. ``page`` counts from 1."""

    kind: Kind
    lines: list[Line]
    page: int
    pages: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """An original as text, and how it was read: what is needed to write a corrected one the same way."""

    text: str
    encoding: str
    line_end: str
    mark: bytes = b""

    def encode(self, typed: str) -> bytes:
        """``typed`` as the sender would have sent it. Raises UnicodeEncodeError for what its character set does not hold."""
        return self.mark + _LINE_ENDS.sub(self.line_end, typed).encode(self.encoding)


def read(content: bytes, format: str) -> Text | None:
    """The original as text, or None where it is none: compressed, a picture, an unknown encoding."""
    if content[:2] == b"\x1f\x8b":
        return None
    mark = next((one for one in (b"\xef\xbb\xbf",) if content.startswith(one)), b"")
    if format == "hl7v2":
        text, encoding, _ = charset.decode(content)
    else:
        try:
            text, encoding = content[len(mark) :].decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, encoding = _declared(content)
    if not text or "\ufffd" in text or _CONTROL.search(text[:PAGE].replace("\x0b", "")):
        return None
    return Text(text, encoding, _line_end(text), mark)


def show(content: bytes, format: str, *, where: str = "", page: int = 1) -> Shown:
    """A page of the original for reading. Compressed FHIR is unpacked; what is no text is shown as numbers."""
    note = ""
    if content[:2] == b"\x1f\x8b":
        try:
            content, note = fhir_json.unpack(content), "It came compressed (gzip); this is what it holds."
        except Problem as problem:
            return _dump(content, str(problem))
    found = read(content, format)
    if found is None:
        return _dump(content, note)
    kind, text = _readable(found, content, format)
    numbers = _named_lines(text, where, kind)
    lines = [Line(number, line, number in numbers) for number, line in enumerate(_LINE_ENDS.split(text), 1)]
    chosen, pages, at = _paged(lines, page)
    return Shown(kind, chosen, at, pages, note)


def typed_in(found: Text | None, content: bytes) -> bool:
    """Whether a person can correct it in a form."""
    return found is not None and len(content) <= MOST_TYPED and found.encode(found.text) == content


def _declared(content: bytes) -> tuple[str, str]:
    """By the XML declaration or a byte order mark; nothing where the bytes are something else."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    named = re.match(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""", content[:200])
    encoding = encoding or charsets.known(named[1].decode("ascii") if named else "")
    try:
        return (content.decode(encoding), encoding) if encoding else ("", "")
    except ValueError:
        return "", ""


def _line_end(text: str) -> str:
    found = _LINE_ENDS.search(text)
    return found[0] if found else "\n"


def _readable(found: Text, content: bytes, format: str) -> tuple[Kind, str]:
    if format == "hl7v2":
        return Kind.SEGMENTS, found.text.strip("\x0b\x1c\r\n")
    if len(content) <= MOST_INDENTED and format == "ccda":
        try:
            return Kind.XML, _indented_xml(content)
        except Problem:
            return Kind.TEXT, found.text
    if len(content) <= MOST_INDENTED and format == "fhir":
        return Kind.JSON, _indented_json(found.text)
    return Kind.TEXT, found.text


def _indented_json(text: str) -> str:
    """By its marks alone, so that numbers keep their digits and a broken text is shown as far as it goes."""
    lines, line, depth = [], "", 0
    for piece in _TOKEN.findall(text):
        if piece in "}]":
            if line.strip():
                lines.append(line)
            depth = max(depth - 1, 0)
            line = "  " * min(depth, DEEPEST) + piece
        elif not line:
            line = "  " * min(depth, DEEPEST) + piece
        else:
            line += piece
        if piece in "{[":
            depth += 1
        if piece in "{[," or (depth == 0 and piece in "}]"):
            lines.append(line)
            line = ""
        elif piece == ":":
            line += " "
    return "\n".join([*lines, line] if line else lines)


def _indented_xml(content: bytes) -> str:
    root = parse(content)
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode")


def _named_lines(text: str, where: str, kind: Kind) -> set[int]:
    """The lines a problem's place names: by number in a text that is shown as it came, by segment in a message."""
    numbered = {int(number) for number in _PLACE_LINE.findall(where)}
    if kind in (Kind.TEXT, Kind.SEGMENTS) and numbered:
        return numbered
    if kind is not Kind.SEGMENTS:
        return set()
    wanted = set(_PLACE_SEGMENT.findall(where))
    return {number for number, line in enumerate(_LINE_ENDS.split(text), 1) if line[:3] in wanted}


def _paged(lines: list[Line], page: int) -> tuple[list[Line], int, int]:
    """Whole lines, about PAGE characters together; a longer line is cut into several of the same number."""
    pages: list[list[Line]] = [[]]
    room = PAGE
    for line in lines:
        for start in range(0, max(len(line.text), 1), PAGE):
            piece = Line(line.number, line.text[start : start + PAGE], line.named)
            if len(piece.text) > room and pages[-1]:
                pages.append([])
                room = PAGE
            pages[-1].append(piece)
            room -= len(piece.text) + 1
    at = min(max(page, 1), len(pages))
    return pages[at - 1], len(pages), at


def _dump(content: bytes, note: str) -> Shown:
    rows = [content[start : start + 16] for start in range(0, min(len(content), DUMPED), 16)]
    lines = [
        Line(number * 16, f"{row.hex(' '):<47}  {''.join(chr(one) if 32 <= one < 127 else '.' for one in row)}")
        for number, row in enumerate(rows)
    ]
    more = (
        f"The first {DUMPED:,} of {len(content):,} bytes. Download the original to see all of it."
        if len(content) > DUMPED
        else ""
    )
    return Shown(Kind.BYTES, lines, 1, 1, " ".join(filter(None, (note, more))))
