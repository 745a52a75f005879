"""Acknowledgements in original mode (HL7 v2.8 §2.9.2, §2.14.1 ACK, §2.14.8 MSA, §2.14.5 ERR)."""

from __future__ import annotations

import re
from typing import Literal

from muniment.core import clock
from muniment.intake.hl7v2.escapes import STANDARD, Delimiters, escape
from muniment.intake.hl7v2.parse import Parsed, parse
from muniment.kernel.errors import Unreadable

Code = Literal["AA", "AE", "AR"]
_TRIGGER = re.compile(r"[A-Z][A-Z0-9]{2}")
_VERSION = re.compile(r"2\.\d(?:\.\d)?")
_DEFAULT_VERSION = "2.5.1"
_LONGEST = 199  # characters of an echoed header field: a control id in v2.7 and later
_LONGEST_TEXT = 250
_INTERNAL_ERROR = "207^Application internal error^HL70357"
_HEADER_BYTES = 8192


def acknowledge(message: bytes | Parsed | None, code: Code, text: str, *, control_id: str) -> bytes:
    """The ACK to a message: AA filed, AE could not be filed, AR refused. ``control_id`` is the acknowledgement's own (MSH-10).

    Of the message only routing is echoed (MSH-3 to 6 turned around, 10, 11, 12 and the trigger event), never a word of what
    it holds. ``text`` (MSA-3 and, from v2.5 on, ERR-8) must not name the patient either. Any bytes may come; None when there
    were none that could be kept. The result is UTF-8 with CR after each segment, without MLLP framing.
    """
    header = _header(message)
    delimiters = header.delimiters if header else STANDARD
    fields = header.header.fields if header else []
    version = _version(fields, delimiters)
    said = _safe(text, delimiters)
    segments = [_msh(fields, header, delimiters, version, control_id, said), ["MSA", code, _echo(fields, 10), said]]
    if code != "AA" and _number(version) >= (2, 5):
        error = _INTERNAL_ERROR.replace("^", delimiters.component)
        segments.append(["ERR", "", "", error, "E", "", "", "", said])
    return "".join(delimiters.field.join(parts).rstrip(delimiters.field) + "\r" for parts in segments).encode()


def _header(message: bytes | Parsed | None) -> Parsed | None:
    """The message's MSH, however broken the rest is."""
    if message is None or isinstance(message, Parsed):
        return message
    start = message[:_HEADER_BYTES].find(b"MSH")
    if start < 0:
        return None
    line = re.split(rb"[\r\n\x1c]", message[start : start + _HEADER_BYTES], maxsplit=1)[0]
    try:
        return parse(line)
    except Unreadable:
        return None


def _msh(
    fields: list[str], header: Parsed | None, delimiters: Delimiters, version: str, control_id: str, said: str
) -> list[str]:
    now = clock.now().strftime("%Y%m%d%H%M%S+0000")
    trigger = header.message_type[1].upper() if header else ""
    kind = ["ACK", trigger, "ACK"] if _TRIGGER.fullmatch(trigger) and _number(version) >= (2, 4) else ["ACK"]
    msh = ["MSH", delimiters.encoding, _echo(fields, 5), _echo(fields, 6), _echo(fields, 3), _echo(fields, 4), now, ""]
    msh += [delimiters.component.join(kind), _safe(control_id, delimiters), _echo(fields, 11) or "P", version]
    return msh if said.isascii() else [*msh, "", "", "", "", "", "UNICODE UTF-8"]


def _echo(fields: list[str], number: int) -> str:
    return " ".join(fields[number].split())[:_LONGEST] if number < len(fields) else ""


def _version(fields: list[str], delimiters: Delimiters) -> str:
    said = _echo(fields, 12).split(delimiters.component)[0]
    return said if _VERSION.fullmatch(said) else _DEFAULT_VERSION


def _number(version: str) -> tuple[int, int]:
    return int(version[0]), int(version[2])


def _safe(text: str, delimiters: Delimiters) -> str:
    line = " ".join(text.split())[:_LONGEST_TEXT]
    try:
        return escape(line, delimiters)
    except ValueError:
        return "".join(" " if character in delimiters.field + delimiters.encoding else character for character in line)
