"""What scanning puts into the queues: titles without patients' names, for a queue is seen by more people than a chart."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from muniment.core.actor import Actor
from muniment.scanning.models import Batch, Document
from muniment.scanning.queries import InForce, in_force
from muniment.scanning.queues import EXCEPTIONS, INDEXING, QUALITY
from muniment.work import actions as work
from muniment.work.actions import NewItem

FIRST = 5  # the priority of what failed its check


def refused(row: Batch) -> NewItem:
    return NewItem(
        queue=EXCEPTIONS,
        subject=("scan-batch", str(row.id)),
        facility_id=row.facility_id,
        title=f"Refused: {row.name}",
        reason=row.reason,
    )


def stopped(row: Batch, trouble: str) -> NewItem:
    return NewItem(
        queue=EXCEPTIONS, subject=("scan-batch", str(row.id)), facility_id=row.facility_id, title=f"Reading stopped: {row.name}",
        reason=trouble,
    )  # fmt: skip


def waiting(row: Document, batch: Batch) -> NewItem:
    """A document to be indexed; one with something that does not add up stands among the exceptions."""
    governs = _governing(row)
    proposed = row.proposals.get("type", {}).get("label", "Document")
    return NewItem(
        queue=EXCEPTIONS if row.exception else INDEXING, subject=("scan-document", str(row.id)), facility_id=row.facility_id,
        title=f"{proposed}, page {row.first_page} of {batch.name}", reason=row.exception or "Scanned; to be indexed and filed",
        citation=governs.cited("backlog"), due_at=row.waiting_since + timedelta(days=governs.policy.backlog_days),
    )  # fmt: skip


def to_check(row: Document, why: str) -> NewItem:
    return NewItem(
        queue=QUALITY, subject=("scan-document", str(row.id)), facility_id=row.facility_id, patient_id=row.patient_id,
        encounter_id=row.encounter_id, title=f"{row.type_name}, page {row.first_page} of {row.batch.name}", reason=why[:1].upper() + why[1:],
        citation=_governing(row).cited("sampling"),
    )  # fmt: skip


def failed(row: Document, reason: str) -> NewItem:
    """Among the exceptions, as the board counts it, and first of them."""
    return NewItem(
        queue=EXCEPTIONS, subject=("scan-document", str(row.id)), facility_id=row.facility_id, priority=FIRST,
        title=f"{row.type_name}, page {row.first_page} of {row.batch.name}", reason=f"Failed its check: {reason}",
        due_at=row.waiting_since + timedelta(days=_governing(row).policy.backlog_days),
    )  # fmt: skip


def again(row: Document, reason: str, actor: Actor) -> NewItem:
    """What was taken out of a chart, with whoever took it out: they know what was wrong."""
    return NewItem(
        queue=INDEXING, subject=("scan-document", str(row.id)), facility_id=row.facility_id, priority=FIRST, owner_id=actor.id,
        title=f"{row.type_name}, page {row.first_page} of {row.batch.name}", reason=f"Taken out of the chart: {reason}",
        due_at=row.waiting_since + timedelta(days=_governing(row).policy.backlog_days),
    )  # fmt: skip


def settle(actor: Actor, row: Document, reason: str, *queues: str) -> None:
    """Close whatever is open on a document in these queues; in those of indexing, where none is named."""
    for queue in queues or (INDEXING, EXCEPTIONS):
        work.settle(actor=actor, queue=queue, subjects=[("scan-document", str(row.id))], reason=reason)


def _governing(row: Document) -> InForce:
    return in_force(timezone.localdate(row.waiting_since))
