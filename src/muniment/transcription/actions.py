"""The only writer of the times of dictated documents: it follows the record, nobody enters them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import action, leave, unchanged, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.core.standing import fields_of
from muniment.kernel.ids import uuid7
from muniment.transcription import documents, outbox, queries
from muniment.transcription.models import DictatedDocument, KeptMonth
from muniment.transcription.rules import ENDS, Month, Spread, Step, months

BATCH = 500
KEEPING = 0x6D6F6E7468  # the advisory lock of whoever counts or takes away months


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
    _forget({*_ends([*gone, *(before[row.id] for row in changed)])} ^ {*_ends([*new, *changed])})
    stale = [row.id for row in (*gone, *changed)]
    DictatedDocument.objects.filter(patient_id__in={row.patient_id for row in (*gone, *changed)}, id__in=stale).delete()
    DictatedDocument.objects.bulk_create([*new, *changed], batch_size=BATCH)
    return len(gone) + len(new) + len(changed)


def _kept(encounters: Sequence[tuple[UUID, UUID]], ids: Iterable[UUID]) -> QuerySet[DictatedDocument]:
    """The rows of these stays, and those of these documents: a source may have filed one to another stay before."""
    of_patients = DictatedDocument.objects.filter(patient_id__in=[one for one, _ in encounters])
    return of_patients.filter(Q(encounter_id__in=[one for _, one in encounters]) | Q(id__in=list(ids)))


# What a kept month counts of a document: which, where, which step, from when to when.
_End = tuple[UUID, UUID, Step, datetime | None, datetime]


def _ends(rows: Iterable[DictatedDocument]) -> Iterable[_End]:
    for row, (step, (begin, end)) in product(rows, ENDS.items()):
        if ended := getattr(row, end):
            yield row.id, row.facility_id, step, getattr(row, begin), ended


def _forget(touched: Iterable[_End]) -> None:
    """Take away the months in which, by any clock, one of these ended."""
    days = {
        (facility, step, (ended + timedelta(days=off)).date()) for _, facility, step, _, ended in touched for off in (-1, 1)
    }
    concerned = Q()
    for facility, step, month in {(facility, step, day.replace(day=1)) for facility, step, day in days}:
        concerned |= Q(facility_id=facility, step=step, month=month)
    if concerned:
        _alone()
        KeptMonth.objects.filter(concerned).delete()


def _alone() -> None:
    """Until this transaction ends no other counts or takes away months: what is kept was counted from what stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEEPING])


@action("transcription.keep", Lifecycle.VERIFY)
def keep(*, actor: Actor) -> int:
    """Count the twelve months that are over, at each facility and by the clock of each, where they are not kept. Returns how many."""
    _alone()
    now, places = clock.now(), list(Facility.objects.values_list("id", "zone"))
    rows: list[KeptMonth] = []
    oldest = now.date()
    for zone, step in product(sorted({zone for _, zone in places}), Step):
        times = months(now.astimezone(ZoneInfo(zone)).date(), ZoneInfo(zone))[:-1]
        oldest = min(oldest, times[0].first)
        rows += _lacking([one for one, _ in places], step, times)
    if not rows:
        unchanged()
        return 0
    KeptMonth.objects.filter(month__lt=oldest).delete()
    KeptMonth.objects.bulk_create(rows, batch_size=BATCH)
    leave(subject=("months", uuid7()), after={"months": len(rows), "since": f"{oldest:%Y-%m}"})
    return len(rows)


def _lacking(facilities: Sequence[UUID], step: Step, times: Sequence[Month]) -> list[KeptMonth]:
    """One query where all are kept, else two."""
    found = queries.kept(facilities, step, times)
    lacking = [key for key in product(times, facilities) if key not in found]
    if not lacking:
        return []
    first = times.index(lacking[0][0])
    counted = queries.spreads(facilities, step, times[first:])
    return [_month(month, facility, step, counted[month, facility]) for month, facility in lacking]


def _month(month: Month, facility: UUID, step: Step, spread: Spread) -> KeptMonth:
    lengths = sorted(spread.counts)
    return KeptMonth(
        facility_id=facility, step=step, zone=str(month.zone), month=month.first, tenths=lengths,
        counts=[spread.counts[one] for one in lengths], excluded=spread.excluded,
    )  # fmt: skip


def _facts(row: DictatedDocument) -> list[object]:
    return [getattr(row, one.attname) for one in fields_of(DictatedDocument)]


def drain(*, actor: Actor, limit: int = BATCH) -> int:
    """Follow up to ``limit`` noted stays in one transaction. Returns how many it was: 0 when none is left."""
    with unit_of_work():
        claimed = outbox.STAYS.claim(limit)
        if claimed:
            follow(actor=actor, encounters=claimed)
    return len(claimed)
