"""An answer as the FHIR R4 DocumentReference that is filed: an addendum to the document it concerns, or a document of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muniment.accounts.models import Practitioner
from muniment.encounters.models import Encounter
from muniment.kernel.fhir.canonical import encode
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.ids import derived_id
from muniment.querying.models import Query
from muniment.record.actions import NewVersion
from muniment.record.models import Entry
from muniment.record.rules import VersionKind

MEDIA_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is filed: ``appends`` is the document the query concerns, None where there is none."""

    query: Query
    stay: Encounter
    author: Practitioner
    text: str
    at: datetime
    appends: Entry | None = None

    @property
    def title(self) -> str:
        return f"Addendum to {self.appends.label}"[:200] if self.appends and self.appends.label else "Query response"


def version_of(answer: Answer) -> NewVersion:
    """The version to file; its entry is named by the query, so an answer is filed once."""
    content, query = answer.text.encode(), answer.query
    entry_id = derived_id("querying", str(query.id))
    resource = _resource(answer, len(content), str(entry_id))
    return NewVersion(
        entry_id=entry_id, resource_type="DocumentReference", canonical=encode(resource), description=describe(resource),
        encounter_id=answer.stay.id, facility_id=answer.stay.facility_id, author_id=answer.author.id, author_name=str(answer.author),
        kind=VersionKind.ORIGINAL, source_key=f"querying:{query.id}", document=content, media_type=MEDIA_TYPE, text=answer.text,
    )  # fmt: skip


def _resource(answer: Answer, size: int, entry_id: str) -> dict[str, Any]:
    when = answer.at.replace(microsecond=0).isoformat()
    resource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "id": entry_id,
        "status": "current",
        "docStatus": "final",
        "type": {"text": answer.title},
        "subject": {"reference": f"Patient/{answer.query.patient_id}"},
        "date": when,
        "author": [{"reference": f"Practitioner/{answer.author.id}", "display": str(answer.author)}],
        "description": answer.title,
        "content": [{"attachment": {"contentType": MEDIA_TYPE, "size": size, "title": answer.title, "creation": when}}],
        "context": {"encounter": [{"reference": f"Encounter/{answer.stay.id}"}]},
    }
    if answer.appends:
        target = f"DocumentReference/{answer.appends.entry_id}"
        resource["relatesTo"] = [{"code": "appends", "target": {"reference": target}}]
    return resource
