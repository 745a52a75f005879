"""How versions get into the tables: numbered under the patient's lock, written by COPY, indexed beside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from muniment.core.bulk import insert
from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.search_keys import describe
from muniment.record import blobs
from muniment.record.models import Entry, Signature, Version
from muniment.record.rules import AUTHENTICATING, VersionKind

if TYPE_CHECKING:
    from muniment.record.actions import NewVersion

VERSION_COLUMNS = (
    "patient_id", "entry_id", "number", "resource_type", "kind", "content", "sha256", "document_sha256",
    "encounter_id", "author_id", "recorded_at", "reason", "source_id", "event_id",
)  # fmt: skip
ENTRY_COLUMNS = (
    "patient_id", "entry_id", "number", "encounter_id", "facility_id", "resource_type", "category", "code_system", "code", "label",
    "status", "value", "flag", "occurred_at", "occurred", "author_id", "author_name", "sha256", "document_sha256", "media_type",
    "retracted", "signed_at", "source_key", "keys",
)  # fmt: skip
_REFRESH = ", ".join(f"{name} = excluded.{name}" for name in ENTRY_COLUMNS[2:])


@dataclass(frozen=True, slots=True)
class Row:
    """A version with its number and hashes."""

    version: NewVersion
    number: int
    kind: VersionKind
    sha256: bytes
    document_sha256: bytes | None


def lock(patient_id: UUID) -> None:
    """One writer of a patient's record at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [patient_id.int & ((1 << 62) - 1)])


def number_anew(patient_id: UUID, versions: Sequence[NewVersion]) -> list[Row]:
    """Give each version its number; leave out what is the entry's current version already."""
    known = _current(patient_id, [version.entry_id for version in versions])
    rows = []
    for version in versions:
        sha256 = hashlib.sha256(version.canonical).digest()
        number, current, document = known.get(version.entry_id, (0, b"", None))
        if version.document is not None:  # a version without bytes of its own (a new status) keeps those of the one before
            document = blobs.put(version.document, version.media_type)
        if current == sha256:
            continue
        kind = version.kind or (VersionKind.UPDATE if number else VersionKind.ORIGINAL)
        rows.append(Row(version, number + 1, kind, sha256, document))
        known[version.entry_id] = (number + 1, sha256, document)
    return rows


def _current(patient_id: UUID, entries: list[UUID]) -> dict[UUID, tuple[int, bytes, bytes | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, number, sha256, document_sha256 FROM record_entry WHERE patient_id = %s AND entry_id = ANY(%s)",
            [patient_id, entries],
        )
        return {row[0]: (row[1], bytes(row[2]), row[3] and bytes(row[3])) for row in cursor.fetchall()}


def write(patient_id: UUID, rows: list[Row], *, source_id: UUID | None, event_id: UUID, at: datetime) -> None:
    """Versions by COPY; the index by COPY where the entry is new, by upsert where it is not."""
    same = (
        source_id.hex if source_id else None,
        event_id.hex,
        datetime.now(UTC).isoformat(),
    )  # written out once, not once a row
    insert("record_version", VERSION_COLUMNS, [_version_cells(patient_id.hex, row, *same) for row in rows])
    latest = {row.version.entry_id: row for row in rows}
    cells = [_entry_cells(patient_id, row, at if row.version.signed_by_source else None) for row in latest.values()]
    new = [line for line, row in zip(cells, latest.values(), strict=True) if row.number == 1]
    insert("record_entry", ENTRY_COLUMNS, new)
    _upsert([line for line, row in zip(cells, latest.values(), strict=True) if row.number > 1])
    _write_texts(patient_id, latest.values())


def _version_cells(patient_id: str, row: Row, source_id: str | None, event_id: str, now: str) -> tuple[Any, ...]:
    version = row.version
    return (
        patient_id, version.entry_id, row.number, version.resource_type, row.kind, version.canonical.decode(), row.sha256,
        row.document_sha256, version.encounter_id, version.author_id, now, version.reason, source_id, event_id,
    )  # fmt: skip


def _entry_cells(patient_id: UUID, row: Row, signed_at: datetime | None) -> tuple[Any, ...]:
    version, facts = row.version, row.version.description
    return (
        patient_id, version.entry_id, row.number, version.encounter_id, version.facility_id, version.resource_type, facts.category,
        facts.system[:200], facts.code[:120], facts.display[:400], facts.status[:40], facts.value[:400], facts.flag[:20],
        facts.at, facts.time[:40], version.author_id, version.author_name[:200], row.sha256, row.document_sha256,
        version.media_type[:100], row.kind is VersionKind.RETRACTION, signed_at, version.source_key[:200], facts.keys,
    )  # fmt: skip


def _upsert(lines: list[tuple[Any, ...]]) -> None:
    if not lines:
        return
    marks = ", ".join(["%s"] * len(ENTRY_COLUMNS))
    statement = (
        f"INSERT INTO record_entry ({', '.join(ENTRY_COLUMNS)}) VALUES ({marks})"
        f" ON CONFLICT (patient_id, entry_id) DO UPDATE SET {_REFRESH}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, lines)


def _write_texts(patient_id: UUID, rows: Iterable[Row]) -> None:
    texts = [
        (patient_id, row.version.entry_id, row.number, row.version.text.replace("\0", "")) for row in rows if row.version.text
    ]
    if not texts:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO record_text (patient_id, entry_id, number, text) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (patient_id, entry_id) DO UPDATE SET number = excluded.number, text = excluded.text",
            texts,
        )


def rebuild_index(patient_id: UUID) -> int:
    """Make the index rows of a patient's entries anew from their current versions and signatures; how many.

    What only filing was told, and no version holds, stays as it stands: the facility, the author's printed name, the source's
    key, the media type, the readable text. Raises LookupError for a version whose entry is not in the index at all.
    """
    current = Version.objects.filter(patient_id=patient_id).order_by("entry_id", "-number").distinct("entry_id")
    entries = {entry.entry_id: entry for entry in Entry.objects.filter(patient_id=patient_id)}
    signed = _signed_at(patient_id)
    for version in current.iterator(chunk_size=500):
        if version.entry_id not in entries:
            raise LookupError(f"entry {version.entry_id} is not in the index")
        _restate(entries[version.entry_id], version, signed.get((version.entry_id, version.number)))
    Entry.objects.bulk_update(entries.values(), _RESTATED, batch_size=500)
    return len(entries)


_RESTATED = (
    "number", "encounter_id", "resource_type", "category", "code_system", "code", "label", "status", "value", "flag", "occurred_at",
    "occurred", "author_id", "sha256", "document_sha256", "retracted", "signed_at", "keys",
)  # fmt: skip


def _restate(entry: Entry, current: Version, signed_at: datetime | None) -> None:
    facts = describe(decode(current.content.encode()))
    entry.number, entry.encounter_id, entry.author_id = current.number, current.encounter_id, current.author_id
    entry.resource_type, entry.category, entry.code_system = current.resource_type, facts.category, facts.system[:200]
    entry.code, entry.label, entry.status = facts.code[:120], facts.display[:400], facts.status[:40]
    entry.value, entry.flag, entry.occurred_at, entry.occurred = facts.value[:400], facts.flag[:20], facts.at, facts.time[:40]
    entry.sha256, entry.document_sha256 = current.sha256, current.document_sha256
    entry.retracted, entry.signed_at, entry.keys = current.kind == VersionKind.RETRACTION, signed_at, facts.keys


def _signed_at(patient_id: UUID) -> dict[tuple[UUID, int], datetime]:
    """When each version was last signed by its author, in the source or here."""
    rows = Signature.objects.filter(patient_id=patient_id, meaning__in=AUTHENTICATING).order_by("signed_at", "id")
    return {(row.entry_id, row.number): row.signed_at for row in rows}
