"""How versions get into the tables: numbered under the patient's lock, written by COPY, indexed beside.

A unit of work keeps the locks it has taken until it ends, and with them what it knows of the entries it has seen: nobody else
can change them meanwhile. So a lot of messages asks once for all of them (``prepare``), and a single one asks the same way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection

from muniment.core.actions import held
from muniment.core.bulk import Asked, Known, ask, later
from muniment.identity.actions import registered_here
from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.descriptions import describe
from muniment.record.models import Closure, DocumentText, Entry, Reconciliation, Signature, Version
from muniment.record.rules import SIGNING, Acceptance, VersionKind, fingerprint

if TYPE_CHECKING:
    from muniment.record.actions import NewVersion

VERSION_COLUMNS = (
    "patient_id", "entry_id", "number", "resource_type", "kind", "content", "sha256", "document_sha256",
    "text_sha256", "encounter_id", "author_id", "recorded_at", "reason", "source_id", "event_id", "facility_id", "author_name", "source_key", "media_type",
    "origin",
)  # fmt: skip
ENTRY_COLUMNS = (
    "patient_id", "entry_id", "number", "encounter_id", "facility_id", "resource_type", "category", "code_system", "code", "label",
    "status", "value", "flag", "occurred_at", "occurred", "author_id", "author_name", "sha256", "document_sha256", "media_type",
    "retracted", "signed_at", "closed_at", "pending_since", "source_key", "origin", "standing", "keys",
)  # fmt: skip
TEXT_COLUMNS = ("patient_id", "entry_id", "number", "text")
# the earliest version behind the last that was closed before the current one
PENDING_SINCE = """
SELECT version.patient_id, version.entry_id, min(version.recorded_at) FILTER (WHERE version.number > coalesce(before.number, 0)) AS since
FROM record_version AS version LEFT JOIN (
    SELECT closure.patient_id, closure.entry_id, max(closure.number) AS number FROM record_closure AS closure
    WHERE EXISTS (SELECT FROM record_version AS later WHERE later.patient_id = closure.patient_id
        AND later.entry_id = closure.entry_id AND later.number > closure.number)
    GROUP BY 1, 2) AS before USING (patient_id, entry_id)
"""


class Current(NamedTuple):
    """What an entry's current version says; ``since`` when it has been pending, None where the next version would be pending anew."""

    number: int
    sha256: bytes
    document_sha256: bytes | None
    media_type: str
    retracted: bool
    since: datetime | None = None

    @property
    def content(self) -> tuple[Any, ...]:
        """What a version says that changes nothing."""
        return self[1:5]


NOTHING = Current(0, b"", None, "", retracted=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A version with its number and hashes."""

    version: NewVersion
    number: int
    kind: VersionKind
    sha256: bytes
    document_sha256: bytes | None
    media_type: str
    other_bytes: bool  # than the version before

    @property
    def text(self) -> str | None:
        """The text to keep for find-in-chart; None where the one kept so far stays: what stood in other bytes must not be found."""
        text = self.version.text.replace("\0", "")
        return text if text or (self.number > 1 and self.other_bytes) else None

    @property
    def text_sha256(self) -> bytes | None:
        text = self.text
        return None if text is None else hashlib.sha256(text.encode()).digest()


def digest(patient_id: UUID, rows: Iterable[Row], source_id: UUID | None) -> str:
    """Hex SHA-256 over all that these versions say: what their event is sealed with, and ``cross_check`` reads again."""
    prints = [_fingerprint(patient_id, row, source_id) for row in rows]
    return hashlib.sha256(b"".join(sorted(prints))).hexdigest()


def _fingerprint(patient_id: UUID, row: Row, source_id: UUID | None) -> bytes:
    version = row.version
    return fingerprint(
        (patient_id, version.entry_id, version.encounter_id, version.facility_id, version.author_id, source_id),
        (row.sha256, row.document_sha256, row.text_sha256), row.number, row.kind,
        (version.author_name[:200], version.source_key[:200], row.media_type, version.origin[:200], version.reason),
    )  # fmt: skip


@dataclass(slots=True)
class _Mine:
    """What the running unit of work has locked, and the entries it knows of them."""

    patients: set[UUID] = field(default_factory=set)
    entries: dict[tuple[UUID, UUID], Current] = field(default_factory=dict)


def lock(*patients: UUID) -> None:
    """One writer of a patient's record at a time, until the transaction ends; always taken in the same order."""
    ask(*_locking(patients))


def asking(wanted: Mapping[UUID, Iterable[UUID]]) -> list[Asked]:
    """What locks these patients (patient → entries) and reads the current versions of the entries: two statements for all."""
    return [*_locking(wanted), *_reading(wanted)]


def _locking(patients: Iterable[UUID]) -> list[Asked]:
    mine = held(_Mine, _Mine)
    wanted = {one for one in patients if one not in mine.patients and not registered_here(one)}
    mine.patients.update(patients)
    if not wanted:
        return []
    numbers = sorted(one.int & ((1 << 62) - 1) for one in wanted)
    return [Asked("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [numbers])]


def _reading(wanted: Mapping[UUID, Iterable[UUID]]) -> list[Asked]:
    """What is not known yet of these entries. Of a patient registered by this unit nothing can be there but what it filed."""
    mine = held(_Mine, _Mine)
    missing = [
        (patient, entry) for patient, entries in wanted.items() for entry in entries if (patient, entry) not in mine.entries
    ]
    mine.entries.update(dict.fromkeys(missing, NOTHING))
    missing = [one for one in missing if not registered_here(one[0])]
    if not missing:
        return []

    def keep(cursor: Any) -> None:
        for patient, entry, number, sha256, document, *rest in cursor.fetchall():
            mine.entries[patient, entry] = Current(number, bytes(sha256), document and bytes(document), *rest)

    return [
        Asked(
            "SELECT patient_id, entry_id, number, sha256, document_sha256, media_type, retracted,"
            " CASE WHEN closed_at IS NULL THEN pending_since END FROM record_entry"
            " JOIN unnest(%s::uuid[], %s::uuid[]) AS wanted (patient_id, entry_id) USING (patient_id, entry_id)",
            [[patient for patient, _ in missing], [entry for _, entry in missing]],
            keep,
        )
    ]


def number_anew(patient_id: UUID, versions: Sequence[NewVersion]) -> list[Row]:
    """Give each version its number; leave out what is the entry's current version already."""
    from muniment.record import blobs

    mine = held(_Mine, _Mine)
    ask(*_reading({patient_id: [version.entry_id for version in versions]}))
    rows = []
    for version in versions:
        sha256 = hashlib.sha256(version.canonical).digest()
        was = mine.entries[patient_id, version.entry_id]
        document, media_type = was.document_sha256, was.media_type
        if version.document is not None:  # a version without bytes of its own (a new status) keeps those of the one before
            document, media_type = blobs.put(version.document, version.media_type), version.media_type[:100]
        kind = version.kind or (VersionKind.UPDATE if was.number else VersionKind.ORIGINAL)
        now = Current(
            was.number + 1,
            sha256,
            document,
            media_type,
            kind is VersionKind.RETRACTION or (was.retracted and was.sha256 == sha256),
            was.since,
        )
        if now.content == was.content:
            continue
        rows.append(Row(version, now.number, kind, sha256, document, media_type, document != was.document_sha256))
        mine.entries[patient_id, version.entry_id] = now
    return rows


def write(patient_id: UUID, rows: list[Row], *, source_id: UUID | None, event_id: UUID, at: datetime) -> None:
    """Versions and what the index says of them; they reach the tables when the unit of work ends."""
    same = (
        source_id.hex if source_id else None,
        event_id.hex,
        at.isoformat(),
    )  # written out once, not once a row
    later("record_version", VERSION_COLUMNS, [_version_cells(patient_id.hex, row, *same) for row in rows])
    latest, mine = {row.version.entry_id: row for row in rows}, held(_Mine, _Mine)
    for row in latest.values():
        current = mine.entries[patient_id, row.version.entry_id]
        since = current.since or at
        mine.entries[patient_id, row.version.entry_id] = current._replace(since=since)
        known = Known.NEVER if row.number == 1 else Known.REPLACED
        said = _entry_cells(patient_id, row, at if row.version.authenticated else None, since)
        later("record_entry", ENTRY_COLUMNS, [said], key=2, known=known)
        if row.text is not None:
            cells = (patient_id, row.version.entry_id, row.number, row.text)
            later("record_text", TEXT_COLUMNS, [cells], key=2, known=known)


def _version_cells(patient_id: str, row: Row, source_id: str | None, event_id: str, at: str) -> tuple[Any, ...]:
    version = row.version
    return (
        patient_id, version.entry_id, row.number, version.resource_type, row.kind, version.canonical.decode(), row.sha256,
        row.document_sha256, row.text_sha256, version.encounter_id, version.author_id, at, version.reason, source_id, event_id,
        version.facility_id, version.author_name[:200], version.source_key[:200], row.media_type,
        version.origin[:200],
    )  # fmt: skip


def _entry_cells(patient_id: UUID, row: Row, signed_at: datetime | None, since: datetime) -> tuple[Any, ...]:
    version, facts = row.version, row.version.description
    return (
        patient_id, version.entry_id, row.number, version.encounter_id, version.facility_id, version.resource_type, facts.category,
        facts.system[:200], facts.code[:120], facts.display[:400], facts.status[:40], facts.value[:400], facts.flag[:20],
        facts.at, facts.time[:40], version.author_id, version.author_name[:200], row.sha256, row.document_sha256,
        row.media_type, row.kind is VersionKind.RETRACTION, signed_at, None, since, version.source_key[:200], version.origin[:200],
        Acceptance.WAITING if version.origin else "", facts.keys,
    )  # fmt: skip


def rebuild_index(patient_id: UUID) -> int:
    """The index of a patient made anew from the last versions and their signatures. What is missing of it comes back.

    Returns how many entries there are. A row of the index that no version stands behind is left for ``verify`` to name.
    """
    latest = list(Version.objects.filter(patient_id=patient_id).order_by("entry_id", "-number").distinct("entry_id"))
    signed, closed, decided, since = _signed_at(patient_id), _closed_at(patient_id), _decided(patient_id), _since(patient_id)
    for current in latest:
        key = (current.entry_id, current.number)
        standing = decided.get(key, Acceptance.WAITING) if current.origin else ""
        said = index_facts(current) | {
            "signed_at": signed.get(key),
            "closed_at": closed.get(key),
            "pending_since": since[current.entry_id],
            "standing": standing,
        }
        if not Entry.objects.filter(patient_id=patient_id, entry_id=current.entry_id).update(**said):
            Entry.objects.create(patient_id=patient_id, entry_id=current.entry_id, **said)
    return len(latest)


def index_facts(current: Version) -> dict[str, Any]:
    """What the index says of an entry whose last version this is: all but whether it is signed or closed, and what was decided about it."""
    facts = describe(decode(current.content.encode()))
    return {
        "number": current.number, "encounter_id": current.encounter_id, "facility_id": current.facility_id,
        "author_id": current.author_id, "author_name": current.author_name, "source_key": current.source_key, "origin": current.origin,
        "media_type": current.media_type,
        "resource_type": current.resource_type, "category": facts.category, "code_system": facts.system[:200],
        "code": facts.code[:120], "label": facts.display[:400], "status": facts.status[:40], "value": facts.value[:400],
        "flag": facts.flag[:20], "occurred_at": facts.at, "occurred": facts.time[:40], "sha256": current.sha256,
        "document_sha256": current.document_sha256, "retracted": current.kind == VersionKind.RETRACTION, "keys": facts.keys,
    }  # fmt: skip


def _signed_at(patient_id: UUID) -> dict[tuple[UUID, int], datetime]:
    """(entry, number) → when its author, attester or sending system signed it last."""
    found = Signature.objects.filter(patient_id=patient_id, meaning__in=SIGNING).order_by("signed_at")
    return {(one.entry_id, one.number): one.signed_at for one in found}


def _closed_at(patient_id: UUID) -> dict[tuple[UUID, int], datetime]:
    """(entry, number) → when it was closed without its author's signature."""
    found = Closure.objects.filter(patient_id=patient_id).order_by("closed_at")
    return {(one.entry_id, one.number): one.closed_at for one in found}


def _since(patient_id: UUID) -> dict[UUID, datetime]:
    """Entry → when it was filed here; of one that was closed before its current version, when it came anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"{PENDING_SINCE} WHERE version.patient_id = %s GROUP BY 1, 2", [patient_id])
        return {entry: since for _, entry, since in cursor.fetchall()}


def _decided(patient_id: UUID) -> dict[tuple[UUID, int], str]:
    found = Reconciliation.objects.filter(patient_id=patient_id).order_by("decided_at", "id")
    return {(one.entry_id, one.number): one.decision for one in found}


__all__ = ["DocumentText", "Row", "asking", "digest", "index_facts", "lock", "number_anew", "rebuild_index", "write"]
