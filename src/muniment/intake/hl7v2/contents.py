"""The content of documents: encapsulated data (ED, RP) decoded, text lines put together."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.parse import Composite, Segment
from muniment.intake.submission import DocumentBytes

ENCAPSULATED = frozenset({"ED", "RP"})
_BLANK = re.compile(r"\s+")
_MEDIA = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def text_document(lines: Iterable[str]) -> DocumentBytes | None:
    """Lines as one plain text document; None when they say nothing."""
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        return None
    return DocumentBytes(content=text.encode(), media_type="text/plain", text=text)


def encapsulated(obx: Segment, context: Context) -> DocumentBytes | None:
    """OBX-5 of type ED (or RP that holds the data itself). None, with a remark, when it can't be decoded."""
    content = obx.first(5)
    data = _decoded(content[5] or _joined(content, 5), content[4].upper())
    if not data:
        context.remarks.append(
            f"OBX-5, line {obx.number}, holds a document that could not be decoded; it is in the original only."
        )
        return None
    media_type = _media_type(content, data)
    text = data.decode("utf-8", errors="replace").replace("\0", "") if media_type == "text/plain" else ""
    return DocumentBytes(content=data, media_type=media_type, text=text)


def _joined(content: Composite, start: int) -> str:
    """Some send base64 in the first component and nothing else."""
    return content[1] if len(content) == 1 else content.whole(start)


def _decoded(payload: str, encoding: str) -> bytes:
    if encoding == "A":
        return payload.encode()
    packed = _BLANK.sub("", payload)
    try:
        if encoding == "HEX":
            return bytes.fromhex(packed)
        packed = packed.translate(str.maketrans("-_", "+/")).rstrip("=")
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _media_type(content: Composite, data: bytes) -> str:
    for signature, known in tables.SIGNATURES:
        if data.startswith(signature):
            return known
    for said in (content[3], content[2]):
        if _MEDIA.fullmatch(said.lower()):
            return said.lower()
        known = tables.MEDIA_TYPE.get(said.upper(), "")
        if known:
            return known
    return _guessed(data)


def _guessed(data: bytes) -> str:
    head = data[:256].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if head.startswith(b"<?xml") or b"<clinicaldocument" in head:
        return "application/xml"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if b"\0" in data else "text/plain"


def attachment(document: DocumentBytes | None) -> dict[str, str]:
    """FHIR Attachment that says what kind of bytes belong to the resource; the bytes go beside it."""
    out = {"contentType": document.media_type if document else "text/plain"}
    if document and document.file_name:
        out["title"] = document.file_name
    return out


def readable(obx: Segment) -> str:
    """One observation as a line a person reads: text as it is, anything else with its name before it."""
    said = obx.narrative(5)
    if obx.text(2).upper() in tables.TEXT_TYPES:
        return said
    label, content = obx.first(3), obx.first(5)
    meant = content.whole(2) or content.whole(1) if len(content) > 1 else said
    units = obx.first(6)
    return f"{label.whole(2) or label.whole(1)}: {meant} {units.whole(2) or units.whole(1)}".strip(" :")
