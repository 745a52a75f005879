"""Reads of what is not coded yet: by days since discharge, and how many waited at the end of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from muniment.coding.models import FinalCoding
from muniment.coding.queues import CODING
from muniment.encounters.models import Encounter
from muniment.operations.completeness import per_day, running
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE


@dataclass(frozen=True, slots=True)
class Uncoded:
    """Discharged stays in the coding queue, those coded again included, by days since discharge."""

    total: int
    over_3: int
    over_7: int
    over_30: int


def waiting(facilities: frozenset[UUID]) -> QuerySet[Encounter]:
    """The stays that stand in the coding queue."""
    items = WorkItem.objects.filter(queue_id=CODING, state__in=ACTIVE, facility_id__in=facilities)
    return Encounter.objects.filter(
        facility_id__in=facilities, discharged_at__isnull=False, id__in=items.values("encounter_id")
    )


def never_coded(facilities: frozenset[UUID]) -> QuerySet[Encounter]:
    """Those of them that were never final: not the ones that are coded again."""
    final = FinalCoding.objects.filter(patient_id=OuterRef("patient_id"), encounter_id=OuterRef("id"))
    return waiting(facilities).filter(~Exists(final))


def uncoded(facilities: frozenset[UUID], now: datetime) -> Uncoded:
    """One query."""

    def since(days: int) -> Count:
        return Count("id", filter=Q(discharged_at__lt=now - timedelta(days=days)))

    row = waiting(facilities).aggregate(total=Count("id"), d3=since(3), d7=since(7), d30=since(30))
    return Uncoded(row["total"], row["d3"], row["d7"], row["d30"])


def backlog_by_day(facilities: frozenset[UUID], days: Sequence[date], zone: ZoneInfo) -> list[int]:
    """How many discharged stays had no final codes at the end of each day: those that wait now, and those coded since. Five queries."""
    begin = datetime.combine(days[0], datetime.min.time(), zone)
    discharge = Encounter.objects.filter(patient_id=OuterRef("patient_id"), id=OuterRef("encounter_id")).values(
        "discharged_at"
    )[:1]
    firsts = FinalCoding.objects.filter(facility_id__in=facilities, number=1, finalised_at__gte=begin)
    coded = firsts.annotate(left_at=Subquery(discharge))
    before = never_coded(facilities).filter(discharged_at__lt=begin).count() + coded.filter(left_at__lt=begin).count()
    opened = per_day(never_coded(facilities).filter(discharged_at__gte=begin), "discharged_at", zone)
    for day, count in per_day(coded.filter(left_at__gte=begin), "left_at", zone).items():
        opened[day] = opened.get(day, 0) + count
    return running(before, days, opened, per_day(firsts, "finalised_at", zone))
