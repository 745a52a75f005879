"""What the readers of one message share: its clock, its stable keys and the drafts found so far."""

from __future__ import annotations

from typing import Any

from muniment.intake.hl7v2.datatypes import Clock, entity
from muniment.intake.hl7v2.parse import Parsed, Segment
from muniment.intake.submission import DocumentBytes, Draft, PractitionerFacts

PATIENT = "draft:patient"
ENCOUNTER = "draft:encounter"


class Context:
    """One message while it is read.

    ``patient_key`` and ``visit_key`` name the patient and stay in keys of what has no number of its own.
    """

    __slots__ = (
        "_seen",
        "clock",
        "drafts",
        "facility",
        "fallback",
        "has_encounter",
        "message",
        "patient_key",
        "remarks",
        "visit_key",
    )

    def __init__(self, message: Parsed, clock: Clock, facility: str, fallback: str) -> None:
        self.message = message
        self.clock = clock
        self.facility = facility
        self.fallback = fallback
        self.remarks = clock.remarks
        self.drafts: list[Draft] = []
        self.has_encounter = False
        self.patient_key = self.visit_key = ""
        self._seen: dict[str, int] = {}

    def key(self, *parts: str) -> str:
        """A key that no other draft of this message has; a repeated one is numbered in order."""
        key = "|".join(parts)
        times = self._seen[key] = self._seen.get(key, 0) + 1
        return key if times == 1 else f"{key}|{times}"

    def about(self, kind: str, subject: str = "subject") -> dict[str, Any]:
        """A resource of ``kind`` begun: whose it is and, when known, of which stay."""
        resource: dict[str, Any] = {"resourceType": kind, subject: {"reference": PATIENT}}
        if self.has_encounter:
            resource["encounter"] = {"reference": ENCOUNTER}
        return resource

    def add(
        self,
        key: str,
        resource: dict[str, Any],
        *,
        document: DocumentBytes | None = None,
        retracts: bool = False,
        author: PractitionerFacts | None = None,
        signed: bool = False,
    ) -> None:
        draft = Draft(key=key, resource=resource, document=document, retracts=retracts, author=author, signed_by_source=signed)
        self.drafts.append(draft)

    def order_number(self, orc: Segment | None, obr: Segment | None) -> str:
        """Filler order number, else placer order number; "" when the message gives neither."""
        for number in (3, 2):
            for segment in (obr, orc):
                if segment is not None and segment[number]:
                    found = entity(segment.first(number))
                    if found:
                        return found
        return ""

    def date(self, resource: dict[str, Any], element: str, segment: Segment, number: int) -> None:
        """Set a dateTime element when the field holds a date."""
        if segment[number]:
            moment = self.clock.field(segment, number)
            if moment:
                resource[element] = moment.to_fhir()

    def instant(self, resource: dict[str, Any], element: str, segment: Segment, number: int) -> None:
        """Set an instant element: only a time will do."""
        if segment[number]:
            moment = self.clock.field(segment, number)
            if moment and moment.has_time:
                resource[element] = moment.to_fhir()


def notes(segments: list[Segment]) -> list[dict[str, Any]]:
    """NTE-3 of consecutive segments as one Annotation, line by line."""
    text = "\n".join(segment.narrative(3) for segment in segments).strip()
    return [{"text": text}] if text else []
