"""A document a clinician writes here, as the FHIR R4 DocumentReference that is filed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.accounts.models import Practitioner
from muniment.completion.models import Deficiency
from muniment.completion.rules import LOINC
from muniment.encounters.models import Encounter
from muniment.kernel.fhir.canonical import encode
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.ids import derived_id
from muniment.record.actions import NewVersion
from muniment.record.rules import VersionKind

MEDIA_TYPE = "text/plain; charset=utf-8"

HEADINGS: dict[str, tuple[str, ...]] = {
    "18842-5": (
        "Reason for hospitalisation", "Hospital course", "Procedures", "Diagnoses at discharge", "Condition at discharge",
        "Medications at discharge", "Instructions and follow-up",
    ),
    "34117-2": (
        "Chief complaint", "History of present illness", "Past history", "Medications and allergies",
        "Social and family history", "Review of systems", "Physical examination", "Assessment and plan",
    ),
    "11504-8": (
        "Preoperative diagnosis", "Postoperative diagnosis", "Procedure", "Surgeon and assistants", "Anaesthesia", "Findings",
        "Description of the procedure", "Estimated blood loss", "Specimens", "Complications", "Condition",
    ),
    "34111-5": ("Chief complaint", "History", "Examination", "Course in the emergency department", "Assessment", "Disposition"),
}  # fmt: skip
OTHERWISE = ("Subject", "Text")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, by whom, about which deficiency."""

    deficiency: Deficiency
    stay: Encounter
    author: Practitioner
    text: str
    at: datetime
    appends: UUID | None = None  # the document it is an addendum to


def template_of(code: str, sections: Sequence[str] = ()) -> str:
    """The headings of a kind of document, or of the sections it lacks, to be filled in."""
    return "\n\n".join(f"{heading.upper()}:\n" for heading in sections or HEADINGS.get(code, OTHERWISE)) + "\n"


def resource_of(written: Written) -> NewVersion:
    """The version to file. Its entry is named by the deficiency and the text, so sending the form twice files it once."""
    content = written.text.replace("\r\n", "\n").strip().encode() + b"\n"
    digest = hashlib.sha256(content)
    entry_id = derived_id("completion", str(written.deficiency.id), digest.hexdigest())
    resource = _resource(written, content, str(entry_id))
    return NewVersion(
        entry_id=entry_id, resource_type="DocumentReference", canonical=encode(resource), description=describe(resource),
        encounter_id=written.stay.id, facility_id=written.stay.facility_id, author_id=written.author.id,
        author_name=str(written.author), kind=VersionKind.ORIGINAL, source_key=f"completion:{written.deficiency.id}",
        document=content, media_type=MEDIA_TYPE, text=content.decode(),
    )  # fmt: skip


def _resource(written: Written, content: bytes, entry_id: str) -> dict[str, Any]:
    stay, lack = written.stay, written.deficiency
    when = written.at.replace(microsecond=0).isoformat()
    title = f"Addendum to {lack.document_name}" if written.appends else lack.document_name
    period = {"start": stay.admitted_at, "end": stay.discharged_at}
    resource = {
        "resourceType": "DocumentReference",
        "id": entry_id,
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [{"system": LOINC, "code": lack.document_code}], "text": title},
        "subject": {"reference": f"Patient/{lack.patient_id}"},
        "date": when,
        "author": [{"reference": f"Practitioner/{written.author.id}", "display": str(written.author)}],
        "description": title,
        "content": [{"attachment": {"contentType": MEDIA_TYPE, "size": len(content), "title": title, "creation": when}}],
        "context": {
            "encounter": [{"reference": f"Encounter/{stay.id}"}],
            "period": {name: value.isoformat() for name, value in period.items() if value},
        },
    }
    if written.appends:
        resource["relatesTo"] = [{"code": "appends", "target": {"reference": f"DocumentReference/{written.appends}"}}]
    return resource
