"""What the record's tables say of one another: the index of its versions, the versions of the events that filed them.

A version's own hash proves nothing to whoever can write both. The event that filed it is sealed with a key outside the
database; the index, which the application may change, is what lists and states on screen are read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from muniment.record.filing import ENTRY_COLUMNS, PENDING_SINCE, index_facts
from muniment.record.models import Version
from muniment.record.rules import SIGNING

_INDEX = """
SELECT coalesce(last.entry_id, entry.entry_id), last.entry_id IS NULL, entry.entry_id IS NULL
FROM (SELECT patient_id, entry_id, max(number) AS number FROM record_version GROUP BY 1, 2) AS last
FULL JOIN record_entry AS entry ON entry.patient_id = last.patient_id AND entry.entry_id = last.entry_id
WHERE entry.entry_id IS NULL OR last.entry_id IS NULL OR entry.number <> last.number
"""
_LISTED = """
SELECT {columns} FROM unnest(%s::uuid[], %s::uuid[], %s::int[]) AS version (patient_id, entry_id, number)
JOIN record_entry AS entry ON entry.patient_id = version.patient_id AND entry.entry_id = version.entry_id AND entry.number = version.number
"""
_SIGNED = """
SELECT entry.entry_id, entry.signed_at IS NOT NULL FROM record_entry AS entry
LEFT JOIN (SELECT patient_id, entry_id, number, max(signed_at) AS at FROM record_signature WHERE meaning = ANY(%s) GROUP BY 1, 2, 3)
    AS signed ON signed.patient_id = entry.patient_id AND signed.entry_id = entry.entry_id AND signed.number = entry.number
WHERE entry.signed_at IS DISTINCT FROM signed.at
"""
_CLOSED = """
SELECT entry.entry_id, entry.closed_at IS NOT NULL FROM record_entry AS entry
LEFT JOIN (SELECT patient_id, entry_id, number, max(closed_at) AS at FROM record_closure GROUP BY 1, 2, 3)
    AS closed ON closed.patient_id = entry.patient_id AND closed.entry_id = entry.entry_id AND closed.number = entry.number
WHERE entry.closed_at IS DISTINCT FROM closed.at
"""
_CLOSING = """
SELECT made.event_id FROM record_closure AS made
LEFT JOIN audit_event AS event ON event.id = made.event_id AND event.name = 'record.close'
WHERE event.id IS NULL OR event.subject_id <> made.entry_id::text OR event.reason <> made.reason OR event.at <> made.closed_at
   OR event.after->>'version' <> made.number::text OR event.actor_id IS DISTINCT FROM made.closed_by_id
"""
_STANDING = """
SELECT entry.entry_id FROM record_entry AS entry
LEFT JOIN (SELECT DISTINCT ON (patient_id, entry_id, number) patient_id, entry_id, number, decision FROM record_reconciliation
    ORDER BY patient_id, entry_id, number, decided_at DESC, id DESC)
    AS decided ON decided.patient_id = entry.patient_id AND decided.entry_id = entry.entry_id AND decided.number = entry.number
WHERE entry.standing <> CASE WHEN entry.origin = '' THEN '' ELSE coalesce(decided.decision, 'waiting') END
"""
_DECIDED = """
SELECT made.event_id FROM record_reconciliation AS made
LEFT JOIN audit_event AS event ON event.id = made.event_id AND event.name = 'record.reconcile'
WHERE event.id IS NULL OR event.after->'decided'->>(made.entry_id || '/' || made.number) IS DISTINCT FROM made.decision
"""
_TEXT = """
SELECT coalesce(last.entry_id, text.entry_id) FROM
    (SELECT DISTINCT ON (patient_id, entry_id) patient_id, entry_id, number, text_sha256 FROM record_version
     WHERE text_sha256 IS NOT NULL ORDER BY patient_id, entry_id, number DESC) AS last
FULL JOIN record_text AS text ON text.patient_id = last.patient_id AND text.entry_id = last.entry_id
WHERE text.entry_id IS NULL OR last.entry_id IS NULL OR text.number <> last.number
   OR sha256(convert_to(text.text, 'UTF8')) <> last.text_sha256
"""
_SINCE = f"""
SELECT entry.entry_id FROM ({PENDING_SINCE} GROUP BY 1, 2) AS told JOIN record_entry AS entry USING (patient_id, entry_id)
WHERE entry.pending_since IS DISTINCT FROM told.since
"""
# the same as record.rules.fingerprint, for every version
_FINGERPRINT = """sha256(
    convert_to(concat_ws('|', {ids}, {hashes}, number, kind), 'UTF8') || '\\x00'::bytea || convert_to(author_name, 'UTF8')
    || '\\x00'::bytea || convert_to(source_key, 'UTF8') || '\\x00'::bytea || convert_to(media_type, 'UTF8')
    || '\\x00'::bytea || convert_to(origin, 'UTF8') || '\\x00'::bytea || convert_to(reason, 'UTF8'))""".format(
    ids=", ".join(
        f"replace(coalesce({name}::text, ''), '-', '')"
        for name in ("patient_id", "entry_id", "encounter_id", "facility_id", "author_id", "source_id")
    ),
    hashes=", ".join(f"coalesce(encode({name}, 'hex'), '')" for name in ("sha256", "document_sha256", "text_sha256")),
)
_FILED = f"""
SELECT filed.event_id, event.id IS NULL FROM
    (SELECT event_id, count(*) AS versions, min(recorded_at) AS first, max(recorded_at) AS last,
        encode(sha256(string_agg(print, ''::bytea ORDER BY print)), 'hex') AS digest
     FROM (SELECT event_id, recorded_at, {_FINGERPRINT} AS print FROM record_version) AS versions GROUP BY event_id) AS filed
LEFT JOIN audit_event AS event ON event.id = filed.event_id AND event.name = 'record.file'
WHERE event.id IS NULL OR event.after->>'sha256' <> filed.digest OR event.after->>'entries' <> filed.versions::text
   OR event.at <> filed.first OR event.at <> filed.last
"""


def faults() -> Iterator[str]:
    """A sentence for each entry, signature state and filing event that the tables do not agree about."""
    for entry, unfiled, unlisted in _rows(_INDEX, []):
        if unlisted:
            yield f"Entry {entry} was filed, but the index does not list it."
        elif unfiled:
            yield f"The index lists entry {entry}, which was never filed."
        else:
            yield f"The index does not show entry {entry} as its last version says."
    for entry, shown in _rows(_SIGNED, [list(SIGNING)]):
        yield f"The index shows entry {entry} as {'signed' if shown else 'unsigned'}, its signatures say otherwise."
    for entry, shown in _rows(_CLOSED, []):
        yield f"The index shows entry {entry} as {'closed' if shown else 'not closed'}, its closures say otherwise."
    for (entry,) in _rows(_SINCE, []):
        yield f"The index shows entry {entry} as pending since another time than its versions say."
    for (event,) in _rows(_CLOSING, []):
        yield f"There is an administrative closure under the event {event}, which says otherwise."
    for (entry,) in _rows(_STANDING, []):
        yield f"The index shows entry {entry} otherwise than was decided about it."
    for (event,) in _rows(_DECIDED, []):
        yield f"There is a decision about an outside record under the event {event}, which says otherwise."
    for (entry,) in _rows(_TEXT, []):
        yield f"The text by which entry {entry} is found is not the one that was filed."
    for event, missing in _rows(_FILED, []):
        what = "which is not in the audit trail" if missing else "which says otherwise of what was filed"
        yield f"There are versions under the event {event}, {what}."


def misread(versions: Sequence[Version]) -> Iterator[str]:
    """A sentence for each of these versions that the index lists as current, but with other facts than its own."""
    keys = zip(*((one.patient_id, one.entry_id, one.number) for one in versions), strict=True)
    statement = _LISTED.format(columns=", ".join(f"entry.{name}" for name in ENTRY_COLUMNS))
    rows = (dict(zip(ENTRY_COLUMNS, row, strict=True)) for row in _rows(statement, [list(column) for column in keys]))
    listed = {(row["patient_id"], row["entry_id"], row["number"]): row for row in rows}
    for version in versions:
        row = listed.get((version.patient_id, version.entry_id, version.number))
        wrong = [name for name, said in index_facts(version).items() if _plain(row[name]) != _plain(said)] if row else []
        if wrong:
            yield f"The index does not show entry {version.entry_id} as its last version says: {', '.join(wrong)}."


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _rows(statement: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        yield from cursor
