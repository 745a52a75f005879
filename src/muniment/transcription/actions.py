"""The only writer of the times of dictated documents: it follows the record, nobody enters them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core.actions import action, leave, unchanged, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.core.standing import fields_of
from muniment.kernel.ids import uuid7
from muniment.transcription import documents, outbox
from muniment.transcription.models import DictatedDocument

BATCH = 500


@action("transcription.follow", Lifecycle.VERIFY)
def follow(*, actor: Actor, encounters: Sequence[tuple[UUID, UUID]]) -> int:
    """Bring the dictated documents of these (patient, encounter) pairs into step with the record. Returns how many changed."""
    after = {row.id: row for row in documents.read(encounters)}
    before = {row.id: row for row in _kept(encounters, after)}
    gone = [row for key, row in before.items() if key not in after]
    new = [row for key, row in after.items() if key not in before]
    changed = [row for key, row in after.items() if key in before and _facts(row) != _facts(before[key])]
    if not (gone or new or changed):
        unchanged()
        return 0
    leave(subject=("documents", uuid7()), after={"new": len(new), "changed": len(changed), "gone": len(gone)})
    stale = [row.id for row in (*gone, *changed)]
    DictatedDocument.objects.filter(patient_id__in={row.patient_id for row in (*gone, *changed)}, id__in=stale).delete()
    DictatedDocument.objects.bulk_create([*new, *changed], batch_size=BATCH)
    return len(gone) + len(new) + len(changed)


def _kept(encounters: Sequence[tuple[UUID, UUID]], ids: Iterable[UUID]) -> QuerySet[DictatedDocument]:
    """The rows of these stays, and those of these documents: a source may have filed one to another stay before."""
    of_patients = DictatedDocument.objects.filter(patient_id__in=[one for one, _ in encounters])
    return of_patients.filter(Q(encounter_id__in=[one for _, one in encounters]) | Q(id__in=list(ids)))


def _facts(row: DictatedDocument) -> list[object]:
    return [getattr(row, one.attname) for one in fields_of(DictatedDocument)]


def drain(*, actor: Actor, limit: int = BATCH) -> int:
    """Follow up to ``limit`` noted stays in one transaction. Returns how many it was: 0 when none is left."""
    with unit_of_work():
        claimed = outbox.STAYS.claim(limit)
        if claimed:
            follow(actor=actor, encounters=claimed)
    return len(claimed)
