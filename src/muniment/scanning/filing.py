"""A scanned document as the FHIR R4 DocumentReference that is filed, and its retraction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.kernel.fhir.canonical import decode, encode
from muniment.kernel.fhir.descriptions import SCANNED_PAPER, describe
from muniment.kernel.fhir.summaries import NOT_THEIRS
from muniment.kernel.ids import derived_id
from muniment.record.actions import NewVersion
from muniment.record.models import Version
from muniment.record.rules import VersionKind
from muniment.scanning.models import Batch, Document
from muniment.scanning.rules import Copy

LOINC = "http://loinc.org"
MEDIA_TYPE = "application/pdf"
SCANNED_ON = "urn:muniment:fhir:scanned-on"
DOWNTIME = "urn:muniment:fhir:written-during-downtime"
AUTHOR = "Author unknown (scanned paper)"


def version_of(document: Document, batch: Batch, *, pdf: bytes, text: str, pages: int, at: datetime) -> NewVersion:
    """The version to file. The original's own time is the document's time; that of scanning and of filing stand beside it."""
    entry_id = derived_id("scanning", str(document.id), str(document.attempt))
    resource = _resource(document, batch, entry_id, size=len(pdf), pages=pages, at=at)
    return NewVersion(
        entry_id=entry_id, resource_type="DocumentReference", canonical=encode(resource), description=describe(resource),
        encounter_id=document.encounter_id, facility_id=document.facility_id, author_name=AUTHOR, kind=VersionKind.ORIGINAL,
        source_key=f"scan:{document.id}", document=pdf, media_type=MEDIA_TYPE, text=text,
        signed_on_paper=document.signed_by,
    )  # fmt: skip


def _resource(document: Document, batch: Batch, entry_id: UUID, *, size: int, pages: int, at: datetime) -> dict[str, Any]:
    name = document.type_name
    extensions: list[dict[str, Any]] = [{"url": SCANNED_ON, "valueDate": batch.scanned_on.isoformat()}]
    if document.downtime:
        extensions.append({"url": DOWNTIME, "valueBoolean": True})
    replaced = [
        entry
        for entry, said in document.copies.items()
        if said["decision"] == Copy.VERSION and said["patient"] == str(document.patient_id)
    ]
    context: dict[str, Any] = {"period": {"start": document.original}}
    if document.encounter_id:
        context["encounter"] = [{"reference": f"Encounter/{document.encounter_id}"}]
    return {
        "resourceType": "DocumentReference", "id": str(entry_id), "meta": {"tag": [SCANNED_PAPER]}, "extension": extensions,
        "status": "current", "docStatus": "final",
        "type": {"coding": [{"system": LOINC, "code": document.type_code}], "text": name},
        "category": [{"coding": [SCANNED_PAPER], "text": "Scanned paper"}],
        "subject": {"reference": f"Patient/{document.patient_id}"},
        "description": f"{name}, scanned paper, {pages} {'page' if pages == 1 else 'pages'}{_came(batch)}" + (", new version of a document of this chart" if replaced else ""),
        "content": [{"attachment": {"contentType": MEDIA_TYPE, "size": size, "title": name, "creation": at.isoformat(timespec="seconds")}}],
        "context": context,
    } | ({"authenticator": {"display": document.signed_by}} if document.signed_by else {}) | ({"relatesTo": [{"code": "replaces", "target": {"reference": f"DocumentReference/{entry}"}} for entry in replaced]} if replaced else {})  # fmt: skip


def _came(batch: Batch) -> str:
    return f"; {batch.came[:1].lower()}{batch.came[1:]}" if batch.came else ""


def says_anothers(content: str) -> bool:
    """Whether the retraction of a scan says that it is another patient's."""
    return NOT_THEIRS in decode(content.encode()).get("extension", [])


def retraction_of(document: Document, version: Version, reason: str, *, anothers: bool) -> NewVersion:
    """The version that takes a filed scan out of use; its bytes and its former versions stay. ``anothers``: it is another patient's."""
    resource = decode(version.content.encode()) | {"status": "entered-in-error"}
    if anothers:
        resource["extension"] = [*resource.get("extension", []), NOT_THEIRS]
    return NewVersion(
        entry_id=version.entry_id, resource_type="DocumentReference", canonical=encode(resource), description=describe(resource),
        encounter_id=version.encounter_id, facility_id=version.facility_id, author_name=AUTHOR, kind=VersionKind.RETRACTION,
        reason=reason, source_key=f"scan:{document.id}",
    )  # fmt: skip
