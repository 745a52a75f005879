"""One HL7 v2 message as segments, fields, repetitions, components and subcomponents (HL7 v2.8 chapter 2).

Tolerant: any delimiters, BOM, CR, LF or CRLF, MLLP bytes and batch envelopes around it, Z segments, broken lines. What had to
be forgiven is said in ``Parsed.remarks``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from muniment.intake.hl7v2.charset import decode
from muniment.intake.hl7v2.escapes import CONTROLS, STANDARD, Delimiters, escape, unescape
from muniment.kernel.errors import Unreadable

NULL = '""'
ENVELOPE = frozenset({"FHS", "BHS", "BTS", "FTS"})
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_MANY_NULLS = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one message: bytes, segments, fields in one segment, characters in one field."""

    message: int = 16 * 1024 * 1024
    segments: int = 50_000
    fields: int = 10_000
    field: int = 15 * 1024 * 1024


LIMITS = Limits()


class Composite:
    """One repetition of a field: components from 1, each read by its first subcomponent."""

    __slots__ = ("_delimiters", "_parts", "raw")

    def __init__(self, raw: str, delimiters: Delimiters) -> None:
        self.raw = raw
        self._delimiters = delimiters
        self._parts = raw.split(delimiters.component)

    def __getitem__(self, number: int) -> str:
        """Component ``number`` (from 1): its first subcomponent, meant text, no blanks around; "" when absent or null."""
        if number > len(self._parts):
            return ""
        part = self._parts[number - 1]
        if not part or part.isalnum():  # most are: no delimiter, escape or blank in it
            return part
        delimiters = self._delimiters
        if delimiters.subcomponent and delimiters.subcomponent in part:
            part = part.split(delimiters.subcomponent, 1)[0]
        return "" if part == NULL else unescape(part, delimiters).strip()

    def whole(self, number: int) -> str:
        """Component ``number`` with any subcomponent separators kept as text: senders forget to escape the ampersand."""
        if number > len(self._parts):
            return ""
        part = self._parts[number - 1]
        if not part or part.isalnum():
            return part
        return "" if part == NULL else unescape(part, self._delimiters).strip()

    def sub(self, number: int) -> Composite:
        """Component ``number`` as a composite of its subcomponents."""
        part = self._parts[number - 1] if number <= len(self._parts) else ""
        mark = self._delimiters.subcomponent
        inner = Delimiters(self._delimiters.field, mark or "\0", self._delimiters.repetition, self._delimiters.escape, "")
        return Composite(part, inner)

    def __len__(self) -> int:
        return len(self._parts)

    def __bool__(self) -> bool:
        if self._parts[0][:1].isalnum():  # nearly always
            return True
        return bool(self.raw) and any(part and part != NULL and not part.isspace() for part in self._parts)

    @property
    def text(self) -> str:
        """All of it as text, separators kept as they were written."""
        return "" if self.raw == NULL else unescape(self.raw, self._delimiters).strip()


class Segment:
    """``segment[n]`` is field n as sent; MSH-1 and MSH-2 count as the standard counts them."""

    __slots__ = ("delimiters", "fields", "name", "number")

    def __init__(self, name: str, fields: list[str], delimiters: Delimiters, number: int = 0) -> None:
        self.name = name
        self.fields = fields
        self.delimiters = delimiters
        self.number = number

    def __getitem__(self, number: int) -> str:
        return self.fields[number] if number < len(self.fields) else ""

    def __len__(self) -> int:
        return len(self.fields) - 1

    def repetitions(self, number: int) -> list[Composite]:
        """The repetitions of a field that say something."""
        raw = self[number]
        if not raw or raw == NULL:
            return []
        return [part for part in (Composite(text, self.delimiters) for text in self._split(raw)) if part]

    def first(self, number: int) -> Composite:
        """The first repetition, empty when the field is."""
        raw = self[number]
        mark = self.delimiters.repetition
        return Composite(raw.split(mark, 1)[0] if mark in raw else raw, self.delimiters)

    def text(self, number: int) -> str:
        """The first component of the first repetition, meant text."""
        raw = self[number]
        if not raw or raw.isalnum():
            return raw
        return self.first(number)[1]

    def narrative(self, number: int) -> str:
        """A text field (ST, TX, FT): repetitions are lines; component separators are the writer's own characters."""
        raw = self[number]
        if not raw or raw == NULL:
            return ""
        return "\n".join(unescape(part, self.delimiters).rstrip() for part in self._split(raw))

    def value(self, number: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """One leaf exactly as meant, blanks included; "" when it is not there."""
        marks = (self.delimiters.repetition, self.delimiters.component, self.delimiters.subcomponent)
        raw = self[number]
        for mark, wanted in zip(marks, (repetition, component, subcomponent), strict=True):
            parts = raw.split(mark) if mark else [raw]
            raw = parts[wanted - 1] if wanted <= len(parts) else ""
        return "" if raw == NULL else unescape(raw, self.delimiters)

    def _split(self, raw: str) -> list[str]:
        return raw.split(self.delimiters.repetition)


@dataclass(slots=True)
class Parsed:
    """A message: its segments in order. ``segments[0]`` is MSH."""

    segments: list[Segment]
    delimiters: Delimiters
    charset: str = "utf-8"
    remarks: list[str] = field(default_factory=list)

    @property
    def header(self) -> Segment:
        return self.segments[0]

    def named(self, name: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.name == name]

    def first(self, name: str) -> Segment | None:
        return next((segment for segment in self.segments if segment.name == name), None)

    @property
    def message_type(self) -> tuple[str, str, str]:
        """MSH-9: code, trigger event, structure; "" for what is not said."""
        kind = self.header.first(9)
        return kind[1], kind[2], kind[3]


def parse(data: bytes, *, limits: Limits = LIMITS) -> Parsed:
    """Read one message. Raises Unreadable when the bytes are no HL7 v2 message, hold several, or pass a limit."""
    if len(data) > limits.message:
        raise Unreadable(
            f"The message is larger than {limits.message // (1024 * 1024)} MiB.",
            remedy="Ask the sender to split it, or send the document by reference.",
        )
    text, charset, remark = decode(data)
    parsed = _parse_text(text, limits)
    parsed.charset = charset
    if remark:
        parsed.remarks.insert(0, remark)
    return parsed


def _parse_text(text: str, limits: Limits) -> Parsed:
    remarks: list[str] = []
    text = text.strip("\x0b\x1c\r\n\ufeff \t\0")
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    if CONTROLS.search(text):
        text = CONTROLS.sub("", text)
        remarks.append("Control characters inside the message were left out.")
    lines = text.split("\r")
    if len(text) > limits.fields and any(line.count(line[3:4] or "|") > limits.fields for line in lines):
        raise Unreadable(f"A segment has more than {limits.fields} fields.", remedy="Check that the file is HL7 v2 and whole.")
    if len(lines) > limits.segments:
        raise Unreadable(f"The message has more than {limits.segments} segments.", remedy="Ask the sender to split it.")
    delimiters, start = _header(lines, remarks)
    parsed = Parsed([], delimiters, remarks=remarks)
    parsed.segments = list(_segments(lines[start:], start, delimiters, remarks))
    if len(text) > limits.field:
        _check_fields(parsed, limits)
    if NULL in text:
        remarks.extend(_nulls(parsed))
    return parsed


def _header(lines: Sequence[str], remarks: list[str]) -> tuple[Delimiters, int]:
    for number, line in enumerate(lines):
        bare = line.lstrip()
        if bare[:3] in ENVELOPE or not bare:
            continue
        if bare.startswith("MSH") and len(bare) > 4:
            return _delimiters(bare, remarks), number
        break
    raise Unreadable(
        "This is no HL7 v2 message: it does not begin with an MSH segment.",
        where="line 1",
        remedy="Check that the file is HL7 v2 and not cut at its start.",
    )


def _delimiters(header: str, remarks: list[str]) -> Delimiters:
    mark = header[3]
    encoding = header[4:].split(mark, 1)[0]
    if encoding == "^~\\\\&":
        remarks.append("MSH-2 doubles the escape character; it was read as ^~\\&.")
        encoding = "^~\\&"
    chosen = [mark]
    for position, default in enumerate("^~\\&"):
        candidate = encoding[position] if position < len(encoding) else default
        chosen.append(candidate if position < len(encoding) or candidate not in chosen else "")
    used = [character for character in chosen if character]
    if (
        len(set(used)) < len(used)
        or not all(chosen[:3])
        or any(character.isalnum() or character.isspace() for character in used)
    ):
        raise Unreadable(
            "The separators in MSH-1 and MSH-2 can't be told apart.",
            where="MSH-2",
            remedy="Ask the sender for five different characters that are no letters or digits, commonly |^~\\&.",
        )
    return Delimiters(*chosen)


def _segments(lines: Sequence[str], start: int, delimiters: Delimiters, remarks: list[str]) -> Iterator[Segment]:
    for number, line in _joined(lines, start, delimiters.field, remarks):
        name = line[:3]
        if name in ENVELOPE:
            continue
        fields = line.split(delimiters.field)
        fields[0] = name
        if name == "MSH":
            if number:
                raise Unreadable(
                    "The input holds more than one message.",
                    where=f"line {start + number + 1}",
                    remedy="Send one message at a time; a file with several is split when it is taken in as a file.",
                )
            fields.insert(1, delimiters.field)
        yield Segment(name, fields, delimiters, start + number + 1)


def _joined(lines: Sequence[str], start: int, mark: str, remarks: list[str]) -> Iterator[tuple[int, str]]:
    """Lines that begin a segment, each with the lines joined that were torn off it by a stray line break."""
    held: list[str] = []
    torn: list[int] = []
    at = blank = 0
    for number, line in enumerate(lines):
        if _begins_segment(line, mark):
            if held:
                yield at, "\n".join(held)
            held, at, blank = [line.lstrip()], number, 0
        elif not line or line.isspace():
            blank += 1
        else:
            held += [""] * blank + [line]
            torn.append(start + number + 1)
            blank = 0
    if held:
        yield at, "\n".join(held)
    if torn:
        remarks.append(f"{_lines(torn)} no segment; read as part of the segment before.")


def _lines(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Line {numbers[0]} begins"
    return f"Lines {', '.join(map(str, numbers[:5]))}{' and more' if len(numbers) > 5 else ''} begin"


def _begins_segment(line: str, mark: str) -> bool:
    if not line[:1].isupper():
        line = line.lstrip()
    if line[3:4] == mark:
        return _NAME.match(line) is not None
    return len(line) < 8 and _NAME.fullmatch(line.rstrip()) is not None


def _check_fields(parsed: Parsed, limits: Limits) -> None:
    for segment in parsed.segments:
        for number, text in enumerate(segment.fields):
            if len(text) > limits.field:
                raise Unreadable(
                    f"A field is longer than {limits.field} characters.",
                    where=f"{segment.name}-{number}, line {segment.number}",
                    remedy="Ask the sender to send the content by reference or in parts.",
                )


def _nulls(parsed: Parsed) -> Iterator[str]:
    found = [
        f"{segment.name}-{number}"
        for segment in parsed.segments
        for number, text in enumerate(segment.fields)
        if NULL in text and _holds_null(text, parsed.delimiters)
    ]
    if found:
        more = " and more" if len(found) > _MANY_NULLS else ""
        yield f'{", ".join(found[:_MANY_NULLS])}{more} say "delete the value" (""); read as not said.'


def _holds_null(text: str, delimiters: Delimiters) -> bool:
    if text == NULL:
        return True
    return any(part == NULL for whole in text.split(delimiters.repetition) for part in whole.split(delimiters.component))


Leaf = str | Sequence["Leaf"]


def build(segments: Iterable[tuple[str, Sequence[Leaf]]], delimiters: Delimiters = STANDARD) -> bytes:
    """The message as bytes (UTF-8, CR after each segment): the inverse of ``parse``.

    Each segment is its name and its fields from 1. A field is text, or a list of repetitions, each text or a list of
    components, each text or a list of subcomponents. For MSH give the fields from MSH-3.
    """
    lines = []
    for name, fields in segments:
        lead = name + delimiters.field + delimiters.encoding if name == "MSH" else name
        lines.append(delimiters.field.join([lead, *(_written(value, delimiters, 0) for value in fields)]) + "\r")
    return "".join(lines).encode()


def _written(value: Leaf, delimiters: Delimiters, level: int) -> str:
    if isinstance(value, str):
        return escape(value, delimiters)
    mark = (delimiters.repetition, delimiters.component, delimiters.subcomponent)[level]
    return mark.join(_written(part, delimiters, level + 1) for part in value)
