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
