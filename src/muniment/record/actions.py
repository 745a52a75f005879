"""The only writer of the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from muniment.core import keys
from muniment.core.actions import action, leave, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import later
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Conflict
from muniment.kernel.fhir.descriptions import Description
from muniment.record import blobs, filing, permissions, queries
from muniment.record.happenings import Filed, Signed
from muniment.record.models import Entry, Signature, Version
from muniment.record.rules import Meaning, SignatureFacts, VersionKind, seal_signature

SIGNATURE_COLUMNS = tuple(column.attname for column in Signature._meta.concrete_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A resource in canonical form, what the index needs of it, and the bytes it carries."""

    entry_id: UUID
    resource_type: str
    canonical: bytes
    description: Description
    encounter_id: UUID | None = None
    facility_id: UUID | None = None
    author_id: UUID | None = None
    author_name: str = ""
    kind: VersionKind | None = None  # None: original when new, update when not
    reason: str = ""
    source_key: str = ""
    document: bytes | None = field(default=None, repr=False)
    media_type: str = ""
    text: str = field(default="", repr=False)
    signed_by_source: str = ""  # printed name of whoever authenticated it in the sending system


@action("record.file", Lifecycle.RECEIVE)
def file(
    *, actor: Actor, patient_id: UUID, versions: Sequence[NewVersion], source_id: UUID | None = None, zone: str = "UTC"
) -> list[tuple[UUID, int]]:
    """File versions of a patient's entries, in bulk. What is filed already, byte for byte, is passed over.

    Returns (entry, number) of each that was filed. The event's digest covers every version's hash and facts, so the chain covers them.
    """
    filing.lock(patient_id)
    rows = filing.number_anew(patient_id, versions)
    if not rows:
        unchanged()
        return []
    first = rows[0]
    event = leave(
        subject=("entry", first.version.entry_id) if len(rows) == 1 else ("entries", source_id or first.version.entry_id),
        patient_id=patient_id, facility_id=first.version.facility_id, reason=first.version.reason,
        after={"entries": len(rows), "sha256": filing.digest(patient_id, rows, source_id), "source": str(source_id or ""), "first": f"{first.version.entry_id}/{first.number}"},
    )  # fmt: skip
    filing.write(patient_id, rows, source_id=source_id, event_id=event.id, at=event.at)
    _keep_signatures(
        _signature(
            row_key=(patient_id, row.version.entry_id, row.number), hashes=(row.sha256, row.document_sha256), signer_id=None,
            practitioner_id=row.version.author_id, printed_name=row.version.signed_by_source, credential="",
            role="source", meaning=Meaning.SOURCE, at=event.at, zone=zone, event_id=event.id,
        )
        for row in rows
        if row.version.signed_by_source
    )  # fmt: skip
    stays = frozenset(row.version.encounter_id for row in rows if row.version.encounter_id)
    announce(
        Filed(
            patient_id=patient_id,
            encounters=stays,
            documents=any(row.version.description.category == "document" for row in rows),
        )
    )
    return [(row.version.entry_id, row.number) for row in rows]


@action("record.sign", Lifecycle.ATTEST)
def sign(
    *, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, meaning: Meaning, printed_name: str, credential: str,
    zone: str, practitioner_id: UUID | None = None,
) -> Signature:  # fmt: skip
    """Sign the current version of a document. ``number`` is the version that was read: a newer one raises Conflict.

    The signature is bound to the SHA-256 of the content and of the document's bytes, and sealed.
    """
    filing.lock(patient_id)
    entry = queries.entry_for_update(patient_id, entry_id)
    if entry.number != number:
        raise Conflict(
            f"Version {entry.number} of this document was filed while you read version {number}; nothing was signed.",
            remedy="Read the new version, then sign it.",
        )
    permissions.check_sign(actor, entry, meaning)
    event = leave(
        subject=("entry", entry_id), patient_id=patient_id, facility_id=entry.facility_id, reason=str(meaning),
        after={"version": number, "sha256": bytes(entry.sha256).hex(), "meaning": str(meaning)},
    )  # fmt: skip
    signature = _signature(
        row_key=(patient_id, entry_id, number), hashes=(bytes(entry.sha256), _bytes(entry.document_sha256)), signer_id=actor.id,
        practitioner_id=practitioner_id, printed_name=printed_name, credential=credential, role=actor.role, meaning=meaning,
        at=event.at, zone=zone, event_id=event.id,
    )  # fmt: skip
    _keep_signatures([signature])
    _mark_signed(signature)
    announce(Signed(patient_id=patient_id, encounter_id=entry.encounter_id, entry_id=entry_id, number=number))
    return signature


def _signature(
    *, row_key: tuple[UUID, UUID, int], hashes: tuple[bytes, bytes | None], signer_id: UUID | None, practitioner_id: UUID | None,
    printed_name: str, credential: str, role: str, meaning: Meaning, at: datetime, zone: str, event_id: UUID,
) -> Signature:  # fmt: skip
    patient_id, entry_id, number = row_key
    content, document = hashes
    facts = SignatureFacts(
        str(patient_id), str(entry_id), number, content.hex(), document.hex() if document else "", str(signer_id or ""),
        printed_name, credential, role, str(meaning), at.astimezone(UTC), zone,
    )  # fmt: skip
    return Signature(
        patient_id=patient_id, entry_id=entry_id, number=number, content_sha256=content, document_sha256=document,
        signer_id=signer_id, practitioner_id=practitioner_id, printed_name=printed_name, credential=credential, role=role,
        meaning=meaning, signed_at=at, zone=zone, mac=seal_signature(keys.named("signatures"), facts), event_id=event_id,
    )  # fmt: skip


def _keep_signatures(signatures: Iterable[Signature]) -> None:
    later("record_signature", SIGNATURE_COLUMNS, [[getattr(one, name) for name in SIGNATURE_COLUMNS] for one in signatures])


def _mark_signed(signature: Signature) -> None:
    """Show the author's or attester's signature in the index."""
    if signature.meaning in (Meaning.AUTHOR, Meaning.ATTEST):
        found = Entry.objects.filter(patient_id=signature.patient_id, entry_id=signature.entry_id, number=signature.number)
        found.update(signed_at=signature.signed_at)


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


@action("record.view", Lifecycle.ACCESS)
def note_view(*, actor: Actor, patient_id: UUID, subject: tuple[str, str], shown: str, facility_id: UUID | None = None) -> None:
    """Somebody saw something of a chart: which document, list or search. Reading leaves its event too (45 CFR 164.312(b))."""
    leave(subject=subject, patient_id=patient_id, facility_id=facility_id, after={"shown": shown})


@action("record.rebuild", Lifecycle.VERIFY)
def rebuild(*, actor: Actor, patient_id: UUID) -> int:
    """Make a patient's index anew from the versions. Returns the number of entries."""
    filing.lock(patient_id)
    count = filing.rebuild_index(patient_id)
    leave(subject=("patient", patient_id), patient_id=patient_id, after={"entries": count})
    return count


def keep(*, content: bytes, media_type: str) -> bytes:
    """Keep bytes inside the running action (intake's originals). Returns their SHA-256."""
    return blobs.put(content, media_type)


__all__ = ["Entry", "NewVersion", "Version", "file", "keep", "note_view", "rebuild", "sign"]
