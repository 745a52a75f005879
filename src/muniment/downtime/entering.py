"""Downtime paper as the document that is filed: the time of the act as on the paper, the time and hand of its entry beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.downtime.models import Downtime
from muniment.encounters.models import Encounter
from muniment.kernel.fhir.canonical import encode
from muniment.kernel.fhir.descriptions import LATE_ENTRY, describe
from muniment.kernel.ids import derived_id
from muniment.record.actions import NewVersion
from muniment.record.rules import VersionKind
from muniment.scanning import clues
from muniment.scanning.filing import DOWNTIME, LOINC

MEDIA_TYPE = "text/plain; charset=utf-8"
WHICH = "urn:muniment:fhir:downtime"  # the downtime it was written in
ENTERED = "urn:muniment:fhir:entered"  # when it was typed into the record
ENTERER = "urn:muniment:fhir:entered-by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed off the paper. ``author`` is whoever signed the paper, as it stands there; ``acted`` with its offset."""

    encounter_id: UUID
    type_code: str
    acted: datetime
    author: str
    text: str


def version_of(row: Downtime, stay: Encounter, typed: Typed, actor: Actor, at: datetime) -> NewVersion:
    """The version to file. Its entry is named by downtime, stay, time and text, so sending the form twice files it once."""
    content = typed.text.replace("\r\n", "\n").strip().encode() + b"\n"
    digest = hashlib.sha256(content).hexdigest()
    entry_id = derived_id("downtime", str(row.id), str(stay.id), typed.acted.isoformat(), typed.type_code, digest)
    resource = _resource(row, stay, typed, actor, at, str(entry_id), len(content))
    return NewVersion(
        entry_id=entry_id, resource_type="DocumentReference", canonical=encode(resource), description=describe(resource), encounter_id=stay.id,
        facility_id=stay.facility_id, author_name=typed.author.strip()[:200], kind=VersionKind.ORIGINAL, source_key=f"downtime:{row.id}",
        document=content, media_type=MEDIA_TYPE, text=content.decode(),
    )  # fmt: skip


def _resource(
    row: Downtime, stay: Encounter, typed: Typed, actor: Actor, at: datetime, entry_id: str, size: int
) -> dict[str, Any]:
    name, entered = clues.vocabulary()[typed.type_code], at.isoformat(timespec="seconds")
    return {
        "resourceType": "DocumentReference", "id": entry_id, "meta": {"tag": [LATE_ENTRY]},
        "extension": [
            {"url": DOWNTIME, "valueBoolean": True}, {"url": WHICH, "valueString": str(row.id)},
            {"url": ENTERED, "valueDateTime": entered}, {"url": ENTERER, "valueString": actor.name},
        ],
        "status": "current", "docStatus": "final", "type": {"coding": [{"system": LOINC, "code": typed.type_code}], "text": name},
        "subject": {"reference": f"Patient/{stay.patient_id}"}, "author": [{"display": typed.author.strip()[:200]}],
        "description": f"{name}, late entry from downtime paper",
        "content": [{"attachment": {"contentType": MEDIA_TYPE, "size": size, "title": name, "creation": entered}}],
        "context": {"encounter": [{"reference": f"Encounter/{stay.id}"}], "period": {"start": typed.acted.isoformat()}},
    }  # fmt: skip
