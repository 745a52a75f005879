"""Reads of lots: the list, one lot, what stands before it, and what is due to be closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.scanning import permissions, queries
from muniment.scanning.lots.rules import Inspection, LotPolicy, LotState, Past, inspection_after
from muniment.scanning.models import Document, Lot

RULE = "lots"
MOST_PAST = 200  # decided lots that are replayed: the switching rules look back ten


def policy(day: date) -> LotPolicy | None:
    """What governs lots on a day; None where filed scans are not sampled by lots."""
    rule = queries.in_force(day).rules.get(f"scanning.{RULE}")
    return LotPolicy.read(rule.parameters) if rule else None


def lots(actor: Actor, *, state: str = "") -> QuerySet[Lot]:
    """Within the actor's facilities, newest first."""
    found = Lot.objects.all() if actor.is_system else Lot.objects.filter(facility_id__in=actor.facilities)
    return (found.filter(state=state) if state else found).order_by("-opened_at", "-id")


def lot(actor: Actor, lot_id: UUID) -> Lot:
    """Raises Refused alike for one that is not there."""
    found = Lot.objects.filter(id=lot_id).first()
    if found is None:
        raise Refused(queries.NOTHING)
    permissions.check_see(actor, found)
    return found


def members(row: Lot) -> QuerySet[Document]:
    return row.documents.select_related("batch").order_by("indexed_at", "id")


def next_inspection(row: Lot, policy: LotPolicy) -> tuple[Inspection, str]:
    """How this lot is inspected, and why, by the decided lots of the same operator and type. One query."""
    stream = Lot.objects.filter(
        facility_id=row.facility_id, operator_id=row.operator_id, type_code=row.type_code, decided_at__isnull=False, size__gt=0
    )
    return inspection_after(map(_past, reversed(stream.order_by("-decided_at", "-id")[:MOST_PAST])), reduced=policy.reduced)


def _past(one: Lot) -> Past:
    return Past(
        Inspection(one.inspection), one.state == LotState.ACCEPTED, one.failed, one.plan.get("accept", 0), resumed=bool(one.resumed)
    )  # fmt: skip


def to_close(now: datetime, policy: LotPolicy | None) -> list[UUID]:
    """Open lots that are old enough, and all of them where lots no longer govern."""
    due = Q(opened_at__lte=now - timedelta(days=policy.lot_days)) if policy else Q()
    return list(Lot.objects.filter(due, state=LotState.OPEN).order_by("opened_at").values_list("id", flat=True))


def is_last(row: Lot) -> bool:
    """Whether no lot of the same operator and type was decided after it."""
    later = Lot.objects.filter(
        facility_id=row.facility_id, operator_id=row.operator_id, type_code=row.type_code, decided_at__gt=row.decided_at
    )
    return not later.exists()
