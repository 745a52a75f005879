"""What an input can become. Pure; the diagram in the docs is drawn from TRANSITIONS."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    FILED = "filed"
    QUARANTINED = "quarantined"
    CORRECTED = "corrected"  # filed after a person corrected or replayed it
    DISMISSED = "dismissed"  # a person decided that it belongs in no record


TRANSITIONS: dict[tuple[Status, str], Status] = {
    (Status.QUARANTINED, "replay"): Status.CORRECTED,
    (Status.QUARANTINED, "correct"): Status.CORRECTED,
    (Status.QUARANTINED, "dismiss"): Status.DISMISSED,
}
FORMATS = ("hl7v2", "ccda", "fhir")


FORMAT_WORDS = {"hl7v2": "HL7 v2", "ccda": "C-CDA", "fhir": "FHIR", "": "not recognised"}
_UNREAD = {
    "hl7v2": "HL7 v2 message",
    "ccda": "C-CDA document",
    "fhir": "FHIR resource or Bundle",
    "": "File of an unknown format",
}


def titled(format: str, kind: str, source: str = "") -> str:
    """An input in plain words: ``HL7 v2 message ADT^A08 from ADT1``; by its format alone where its kind could not be read."""
    words = _UNREAD.get(format, _UNREAD[""])
    if kind and format == "hl7v2":
        words = f"{words} {kind}"
    elif kind and format == "fhir":
        words = f"FHIR {kind.removeprefix('Bundle/')} Bundle" if kind.startswith("Bundle/") else f"FHIR {kind}"
    elif kind:
        words = kind
    return f"{words} from {source}" if source else words


def detect(head: bytes) -> str:
    """The format of an input by its first bytes; empty when none is recognised."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0b")
    if text[:3] in (b"MSH", b"FHS", b"BHS"):
        return "hl7v2"
    if text[:1] in (b"{", b"["):
        return "fhir"
    if text[:1] == b"<" or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "ccda"
    return ""
