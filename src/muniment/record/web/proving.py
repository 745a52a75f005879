"""A version held against its hashes and seals, in words: what was computed now beside what was kept then."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Problem
from muniment.record import blobs, queries, verify
from muniment.record.models import Entry, Signature, Version
from muniment.record.rules import VersionKind, late_words
from muniment.record.web import presenters, reading
from muniment.record.web.desk import Chart
from muniment.ui import dates
from muniment.ui.shapes import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One comparison: what it is of, what was kept, what is found now, whether they agree."""

    what: str
    kept: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    checks: list[Check]
    signatures: list[presenters.Signed]

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.checks) and all(one.tone is Tone.OK for one in self.signatures)

    @property
    def words(self) -> str:
        if not self.holds:
            return "This is not what was filed or signed"
        return "This is what was signed" if self.signatures else "This is what was filed; nobody has signed this version"


def prove(version: Version, signatures: list[Signature]) -> Proof:
    """Compute every digest anew. The signatures are those of this version."""
    content = hashlib.sha256(version.content.encode()).hexdigest()
    kept = bytes(version.sha256).hex()
    checks = [Check(what="Content of the version", kept=kept, found=content, holds=kept == content)]
    if version.document_sha256:
        checks.append(_document(bytes(version.document_sha256)))
    whole = all(one.holds for one in checks)
    own = [one for one in signatures if one.number == version.number]
    return Proof(checks=checks, signatures=[presenters.signed(one, sound=whole and verify.sound(one)) for one in own])


def _document(digest: bytes) -> Check:
    try:
        found = hashlib.sha256(blobs.get(digest)).hexdigest()
    except Problem as problem:
        return Check(what="Bytes of the document", kept=digest.hex(), found=problem.what, holds=False)
    return Check(what="Bytes of the document", kept=digest.hex(), found=found, holds=found == digest.hex())


def lineage(chart: Chart, entry: Entry) -> list[dict[str, Any]]:
    """Every version, first to last: its kind, its true time of entry, by whom it was filed, why, and where it is proved and read."""
    versions = queries.versions(entry.patient_id, entry.entry_id)
    events = LifecycleEvent.objects.filter(patient_id=entry.patient_id, id__in={one.event_id for one in versions})
    filed_by = dict(events.values_list("id", "actor_name"))
    return [
        {
            "number": one.number, "kind": reading.KIND_WORDS.get(VersionKind(one.kind), one.kind), "reason": one.reason,
            "when": dates.moment(one.recorded_at, chart.zone), "by": filed_by.get(one.event_id, "not in the trail"),
            "url": chart.url("record-proof", entry.entry_id, version=one.number),
            "read_url": chart.url("record-document", entry.entry_id, version=one.number),
            "late": is_late(one, entry),
        }
        for one in versions
    ]  # fmt: skip


def is_late(version: Version, entry: Entry) -> str:
    """How long after the time it states an original was filed, where that is a day or more: the true time is never hidden."""
    return late_words(version.recorded_at, entry.occurred_at) if version.kind == VersionKind.ORIGINAL else ""
