"""What an input can become. Pure; the diagram in the docs is drawn from TRANSITIONS."""

from __future__ import annotations

import re
from enum import StrEnum

_FIELD = re.compile(rb"[!-9;-~]+:[ \t]")
_MAIL = re.compile(rb"^(from|received|return-path|delivered-to|message-id|mime-version):", re.IGNORECASE | re.MULTILINE)


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
UNMATCHED = "patient identifiers (PID-3)"  # where it says whose it is: what is in quarantine for that waits for a patient
FORMATS = ("hl7v2", "ccda", "fhir", "mail", "xdm")
SCANNED = ("application/pdf", "image/tiff", "image/jpeg")


FORMAT_WORDS = {
    "hl7v2": "HL7 v2",
    "ccda": "C-CDA",
    "fhir": "FHIR",
    "mail": "E-mail",
    "xdm": "XDM",
    "scan": "scanned pages",
    "": "not recognised",
}
_UNREAD = {
    "hl7v2": "HL7 v2 message",
    "ccda": "C-CDA document",
    "fhir": "FHIR resource or Bundle",
    "mail": "E-mail message",
    "xdm": "XDM package",
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


def looks_like_mail(head: bytes) -> bool:
    """Whether bytes begin as the header of a message does (RFC 5322 2.2), and name a field that every message has."""
    fields = head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return bool(_FIELD.match(fields)) and bool(_MAIL.search(fields))


def looks_scanned(content: bytes, media_type: str = "") -> bool:
    """Whether bytes are pages for scanning, whatever the sender calls them: PDF, TIFF, JPEG."""
    begins = (b"II*\0", b"MM\0*", b"\xff\xd8\xff")
    return b"%PDF-" in content[:1024] or content.startswith(begins) or media_type.lower() in SCANNED


def detect(head: bytes) -> str:
    """The format of an input by its first bytes; empty when none is recognised."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0b")
    if text[:3] in (b"MSH", b"FHS", b"BHS"):
        return "hl7v2"
    if head[:4] == b"PK\x03\x04":
        return "xdm"
    if text[:1] in (b"{", b"["):
        return "fhir"
    if looks_like_mail(head):
        return "mail"
    if text[:1] == b"<" or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "ccda"
    return ""
