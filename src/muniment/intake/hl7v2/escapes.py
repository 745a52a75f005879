"""Delimiters and escape sequences (HL7 v2.8 §2.5.4, §2.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# FHIR strings and PostgreSQL text hold no control characters but tab, line feed and carriage return.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LAYOUT = re.compile(r"\.(?P<verb>br|sp|in|ti|sk|fi|nf|ce)(?P<count>[+-]?\d{0,3})", re.IGNORECASE)
_CHARSET_SWITCH = re.compile(r"C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?")
_NULL = '""'


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The five separators of one message. ``escape`` and ``subcomponent`` may be empty: the message has none."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


STANDARD = Delimiters()


def unescape(text: str, delimiters: Delimiters = STANDARD) -> str:
    """The text that was meant. Highlighting and local escapes vanish; what is no escape sequence stays as it was sent."""
    mark = delimiters.escape
    if not mark or mark not in text:
        return text
    pieces = text.split(mark)
    out = [pieces[0]]
    position = 1
    while position < len(pieces):
        meant = _meaning(pieces[position], delimiters) if position + 1 < len(pieces) else None
        if meant is None:  # a lone escape character: keep it, and look at the next piece afresh
            out.append(mark + pieces[position])
            position += 1
        else:
            out.append(meant + pieces[position + 1])
            position += 2
    return "".join(out)


def _meaning(sequence: str, delimiters: Delimiters) -> str | None:
    match sequence:
        case "F":
            return delimiters.field
        case "S":
            return delimiters.component
        case "T":
            return delimiters.subcomponent or "&"
        case "R":
            return delimiters.repetition
        case "E":
            return delimiters.escape
        case "P":
            return "#"
        case "H" | "N":
            return ""
    return _long_meaning(sequence)


def _long_meaning(sequence: str) -> str | None:
    if sequence.startswith("X"):
        return _hexadecimal(sequence[1:])
    if sequence.startswith("."):
        return _layout(sequence)
    if _CHARSET_SWITCH.fullmatch(sequence):
        return ""
    if sequence.startswith("Z") and len(sequence) <= 40 and "\n" not in sequence:
        return ""
    return None


def _hexadecimal(digits: str) -> str | None:
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return None
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return CONTROLS.sub("", raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"))
        except UnicodeDecodeError:
            continue
    return None


def _layout(sequence: str) -> str | None:
    found = _LAYOUT.fullmatch(sequence)
    if not found:
        return None
    count = min(abs(int(found["count"])), 100) if found["count"].strip("+-") else 1
    match found["verb"].lower():
        case "br" | "ce":
            return "\n"
        case "sp":
            return "\n" * max(count, 1)
        case "sk":
            return " " * count
    return ""


def escape(text: str, delimiters: Delimiters = STANDARD) -> str:
    """Text made safe to stand in a field, so that ``unescape`` gives it back.

    Raises ValueError when the text needs an escape and the message has no escape character.
    """
    if text == _NULL:
        return f"{delimiters.escape}X2222{delimiters.escape}" if delimiters.escape else text
    table = _escapes(delimiters)
    if not any(character in text for character in table):
        return text
    if not delimiters.escape:
        raise ValueError("the text holds a delimiter and the message has no escape character")
    return "".join(table.get(character, character) for character in text)


def _escapes(delimiters: Delimiters) -> dict[str, str]:
    mark = delimiters.escape
    named = {
        delimiters.field: "F",
        delimiters.component: "S",
        delimiters.subcomponent: "T",
        delimiters.repetition: "R",
        delimiters.escape: "E",
        "\n": "X0A" if "." in delimiters.encoding + delimiters.field else ".br",
        "\r": "X0A",
    }
    return {character: f"{mark}{name}{mark}" for character, name in named.items() if character}
