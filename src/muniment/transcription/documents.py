"""Reading the times of stays' documents out of the record: all versions of each, for a later one need not repeat what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.descriptions import instant_of
from muniment.kernel.fhir.dictation import DICTATION, parts_of
from muniment.transcription.models import DictatedDocument

# The documents of the stays (index of record_entry by patient) with those of their versions that tell of a dictation, oldest first,
# and the first signature under the current one.
_VERSIONS = """
SELECT entry.patient_id, entry.entry_id, entry.encounter_id, entry.facility_id, entry.code, entry.label, entry.author_id,
  entry.author_name, stay.service, version.content,
  (SELECT min(seal.signed_at) FROM record_signature AS seal
   WHERE seal.patient_id = entry.patient_id AND seal.entry_id = entry.entry_id AND seal.number = entry.number
     AND entry.signed_at IS NOT NULL) AS signed_at
FROM record_entry AS entry
JOIN record_version AS version ON version.patient_id = entry.patient_id AND version.entry_id = entry.entry_id
JOIN encounters_encounter AS stay ON stay.patient_id = entry.patient_id AND stay.id = entry.encounter_id
WHERE entry.patient_id = ANY(%(patients)s) AND entry.encounter_id = ANY(%(stays)s) AND entry.category = 'document'
  AND NOT entry.retracted AND entry.standing IN ('', 'accepted') AND version.content LIKE %(told)s
ORDER BY entry.patient_id, entry.entry_id, version.number
"""


def read(stays: Sequence[tuple[UUID, UUID]]) -> list[DictatedDocument]:
    """What the record tells of the dictated documents of these (patient, encounter) pairs, unsaved. One query."""
    asked: dict[str, Any] = {
        "patients": [one for one, _ in stays],
        "stays": [one for _, one in stays],
        "told": f"%{DICTATION}%",
    }
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, asked)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_document(list(versions)) for _, versions in groupby(rows, key=lambda row: row["entry_id"])]


def _document(versions: list[dict[str, Any]]) -> DictatedDocument:
    row = versions[-1]
    said = [dict(parts_of(decode(one["content"].encode()))) for one in versions]
    return DictatedDocument(
        patient_id=row["patient_id"], id=row["entry_id"], encounter_id=row["encounter_id"], facility_id=row["facility_id"],
        code=row["code"], name=row["label"], service=(row["service"] or "")[:40], author_id=row["author_id"], author_name=row["author_name"],
        source=str(_last(one.get("system", "") for one in said))[:200], dictated_at=_earliest(said, "dictated"),
        transcribed_at=_earliest(said, "transcribed"), authenticated_at=_authenticated(said, row["signed_at"]),
    )  # fmt: skip


def _authenticated(said: list[dict[str, Any]], signed_at: datetime | None) -> datetime | None:
    """When the sending system says so, else when the signature came; never while the current version is not signed."""
    return (_earliest(said, "authenticated") or signed_at) if signed_at else None


def _earliest(said: list[dict[str, Any]], name: str) -> datetime | None:
    """A day without a time is none of these: a turnaround in hours can't be told from it."""
    found = [at for one in said if len(one.get(name, "")) > 10 and (at := instant_of(one[name]))]
    return min(found, default=None)


def _last(values: Iterable[str]) -> str:
    return next((one for one in reversed(list(values)) if one), "")
