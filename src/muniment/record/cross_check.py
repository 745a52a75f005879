"""What the record's tables say of one another: the index of its versions, the versions of the events that filed them.

A version's own hash proves nothing to whoever can write both. The event that filed it is sealed with a key outside the
database; the index, which the application may change, is what lists and states on screen are read from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from muniment.record.rules import SIGNING, VersionKind

_INDEX = """
SELECT coalesce(last.entry_id, entry.entry_id), last.entry_id IS NULL, entry.entry_id IS NULL
FROM (SELECT DISTINCT ON (patient_id, entry_id)
        patient_id, entry_id, number, sha256, document_sha256, encounter_id, author_id, kind
      FROM record_version ORDER BY patient_id, entry_id, number DESC) AS last
FULL JOIN record_entry AS entry ON entry.patient_id = last.patient_id AND entry.entry_id = last.entry_id
WHERE entry.entry_id IS NULL OR last.entry_id IS NULL OR entry.number <> last.number OR entry.sha256 <> last.sha256
   OR entry.document_sha256 IS DISTINCT FROM last.document_sha256 OR entry.encounter_id IS DISTINCT FROM last.encounter_id
   OR entry.author_id IS DISTINCT FROM last.author_id OR entry.retracted <> (last.kind = %s)
"""
_SIGNED = """
SELECT entry.entry_id, entry.signed_at IS NOT NULL FROM record_entry AS entry
LEFT JOIN (SELECT patient_id, entry_id, number, max(signed_at) AS at FROM record_signature WHERE meaning = ANY(%s) GROUP BY 1, 2, 3)
    AS signed ON signed.patient_id = entry.patient_id AND signed.entry_id = entry.entry_id AND signed.number = entry.number
WHERE entry.signed_at IS DISTINCT FROM signed.at
"""
_FILED = """
SELECT filed.event_id, event.id IS NULL FROM
    (SELECT event_id, count(*) AS versions, encode(sha256(string_agg(sha256, ''::bytea ORDER BY sha256)), 'hex') AS digest
     FROM record_version GROUP BY event_id) AS filed
LEFT JOIN audit_event AS event ON event.id = filed.event_id AND event.name = 'record.file'
WHERE event.id IS NULL OR event.after->>'sha256' <> filed.digest OR event.after->>'entries' <> filed.versions::text
"""


def faults() -> Iterator[str]:
    """A sentence for each entry, signature state and filing event that the tables do not agree about."""
    for entry, unfiled, unlisted in _rows(_INDEX, [VersionKind.RETRACTION]):
        if unlisted:
            yield f"Entry {entry} was filed, but the index does not list it."
        elif unfiled:
            yield f"The index lists entry {entry}, which was never filed."
        else:
            yield f"The index does not show entry {entry} as its last version says."
    for entry, shown in _rows(_SIGNED, [list(SIGNING)]):
        yield f"The index shows entry {entry} as {'signed' if shown else 'unsigned'}, its signatures say otherwise."
    for event, missing in _rows(_FILED, []):
        what = "which is not in the audit trail" if missing else "which says otherwise of what was filed"
        yield f"There are versions under the event {event}, {what}."


def _rows(statement: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        yield from cursor
