"""What queries are counted against: discharges, by service and attending, and stays final coded, by coder."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from muniment.coding.models import FinalCoding
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.querying import queries
from muniment.querying.queries import Search
from muniment.querying.rules import BANDS, State, band_of


@dataclass(frozen=True, slots=True)
class Bounds:
    """These facilities, from ``since`` to before ``until``."""

    facilities: Collection[UUID]
    since: datetime
    until: datetime


def discharges(bounds: Bounds) -> int:
    return _discharged(bounds).count()


def per(group: str, bounds: Bounds) -> dict[str, int]:
    """What a group's queries are counted against, by key: discharges by service or attending, final codings by coder. One query."""
    if group == "coder":
        found = FinalCoding.objects.filter(
            facility_id__in=bounds.facilities, finalised_at__gte=bounds.since, finalised_at__lt=bounds.until, number=1
        )
        return _by_key(found.order_by().values_list("coder_id").annotate(count=Count("encounter_id")))
    column = "service" if group == "service" else "attending_id"
    return _by_key(_discharged(bounds).order_by().values_list(column).annotate(count=Count("id")))


def _by_key(rows: Iterable[tuple[Any, ...]]) -> dict[str, int]:
    return {str(key or ""): count for key, count in rows}


def _discharged(bounds: Bounds) -> QuerySet[Encounter]:
    return Encounter.objects.filter(
        facility_id__in=bounds.facilities, discharged_at__gte=bounds.since, discharged_at__lt=bounds.until, status="finished"
    )


def outstanding(actor: Actor, facilities: Collection[UUID]) -> list[int]:
    """Open queries by BANDS of age, now. One query."""
    counts, now = [0] * len(BANDS), clock.now()
    for asked in queries.search(actor, Search(facilities=facilities, state=State.OPEN)).values_list("asked_at", flat=True):
        counts[band_of(asked, now)] += 1
    return counts
