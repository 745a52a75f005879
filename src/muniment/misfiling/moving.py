"""One move worked out: the versions that retract and those that take their place. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from muniment.encounters.models import Encounter
from muniment.kernel.fhir.canonical import decode, encode
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.ids import derived_id
from muniment.misfiling.rules import as_moved, in_error
from muniment.record import blobs, queries
from muniment.record.actions import NewVersion
from muniment.record.models import Entry, Version
from muniment.record.rules import VersionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """One entry: its version that was read, what retracts it, and what it becomes; with the versions before it, first to last."""

    was: Version
    retraction: NewVersion
    becomes: NewVersion
    earlier: list[tuple[UUID | None, NewVersion]]  # with the input each came in


def plan(move_id: UUID, entries: Sequence[Entry], patient_id: UUID, stay: Encounter | None, reason: str) -> list[Going]:
    """The versions of a move of ``entries`` (one patient's) to ``patient_id``. Raises Problem where their bytes are damaged."""
    read = [queries.version(one.patient_id, one.entry_id, one.number) for one in entries]
    ids = {one.entry_id: derived_id("misfiling", str(move_id), str(one.entry_id)) for one in entries}
    names = {f"{one.resource_type}/{one.entry_id}": f"{one.resource_type}/{ids[one.entry_id]}" for one in entries}
    names[f"Patient/{entries[0].patient_id}"] = f"Patient/{patient_id}"
    for left in {one.encounter_id for one in entries if one.encounter_id}:
        names[f"Encounter/{left}"] = f"Encounter/{stay.id}" if stay else ""
    return [_going(one, names, ids[one.entry_id], stay, reason) for one in read]


def _going(was: Version, names: dict[str, str], entry_id: UUID, stay: Encounter | None, reason: str) -> Going:
    content: dict[str, Any] = decode(was.content.encode())
    reference = f"{was.resource_type}/{was.entry_id}"
    wrong, right = in_error(content, names[reference]), as_moved(content, names, reference)
    facility = stay.facility_id if stay else was.facility_id
    before = list(
        Version.objects.filter(patient_id=was.patient_id, entry_id=was.entry_id, number__lt=was.number).order_by("number")
    )
    return Going(
        was=was,
        earlier=[(one.source_id, _earlier(one, names, entry_id, stay)) for one in before],
        retraction=_version(
            was, wrong, was.entry_id, encounter_id=was.encounter_id, facility_id=was.facility_id, kind=VersionKind.RETRACTION,
            reason=f"Entered in error: moved to another chart. {reason}",
        ),
        becomes=_version(
            was, right, entry_id, encounter_id=stay.id if stay else None, facility_id=facility, kind=VersionKind(was.kind) if before else VersionKind.ORIGINAL,
            reason=f"Moved from another chart. {reason}", text=queries.text_of(was.patient_id, was.entry_id),
            **_bytes(was),
        ),
    )  # fmt: skip


def _earlier(was: Version, names: dict[str, str], entry_id: UUID, stay: Encounter | None) -> NewVersion:
    """A version before the one that is moved: the right chart keeps the whole history, each under the time of the move and saying its own."""
    content = as_moved(decode(was.content.encode()), names, f"{was.resource_type}/{was.entry_id}")
    there = f"Version {was.number} of the chart it was moved from, recorded there {was.recorded_at:%Y-%m-%d %H:%M} UTC."
    return _version(
        was, content, entry_id, encounter_id=stay.id if stay else None, facility_id=stay.facility_id if stay else was.facility_id,
        kind=VersionKind(was.kind), reason=f"{there} {was.reason}".strip(), **_bytes(was),
    )  # fmt: skip


def _bytes(was: Version) -> dict[str, Any]:
    if not was.document_sha256:
        return {}
    digest = bytes(was.document_sha256)
    return {"document": blobs.get(digest), "media_type": was.media_type or queries.media_type_of(digest)}


def _version(was: Version, resource: dict[str, Any], entry_id: UUID, **more: Any) -> NewVersion:
    return NewVersion(
        entry_id=entry_id, resource_type=was.resource_type, canonical=encode(resource), description=describe(resource),
        author_id=was.author_id, author_name=was.author_name, source_key=was.source_key, origin=was.origin, **more,
    )  # fmt: skip
