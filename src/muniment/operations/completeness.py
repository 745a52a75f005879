"""Reads of what charts lack: by age, by document, by clinician, and how many stayed incomplete on each day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from muniment.accounts.models import Practitioner
from muniment.completion.models import ChartStatus, Deficiency
from muniment.completion.queries import seen_by
from muniment.completion.rules import State
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.ui.words import sentence_case

BANDS = ("not due", "late to 7 d", "late 8 to 30 d", "late over 30 d")


@dataclass(frozen=True, slots=True)
class Ages:
    """Open deficiencies by how late they are, in the order of BANDS."""

    bands: tuple[int, int, int, int]

    @property
    def open(self) -> int:
        return sum(self.bands)

    @property
    def late(self) -> int:
        return sum(self.bands[1:])


def _open(actor: Actor) -> QuerySet[Deficiency]:
    return seen_by(actor).filter(state=State.OPEN).order_by()


def _counts(now: datetime) -> dict[str, Any]:
    week, month = now - timedelta(days=7), now - timedelta(days=30)
    return {
        "b0": Count("id", filter=Q(due_at__gte=now)), "b1": Count("id", filter=Q(due_at__lt=now, due_at__gt=week)),
        "b2": Count("id", filter=Q(due_at__lte=week, due_at__gt=month)), "b3": Count("id", filter=Q(due_at__lte=month)),
    }  # fmt: skip


def _ages(row: Mapping[str, Any]) -> Ages:
    return Ages((row["b0"], row["b1"], row["b2"], row["b3"]))


def ages(actor: Actor, now: datetime) -> Ages:
    """One query."""
    return _ages(_open(actor).aggregate(**_counts(now)))


def by_document(actor: Actor, now: datetime, limit: int = 8) -> list[tuple[str, Ages]]:
    """(document, its open deficiencies by age), most first. One query."""
    rows = _open(actor).values("document_name").annotate(count=Count("id"), **_counts(now)).order_by("-count", "document_name")
    return [(sentence_case(row["document_name"]), _ages(row)) for row in rows[:limit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """What one clinician owes; nobody where the responsible one is not known."""

    practitioner: Practitioner | None
    ages: Ages
    oldest: datetime  # the earliest due date


def by_clinician(actor: Actor, now: datetime, limit: int = 25) -> list[Owing]:
    """Who owes what, most late first. Two queries."""
    found = _open(actor).values("responsible_id").annotate(oldest=Min("due_at"), count=Count("id"), **_counts(now))
    rows = list(found.order_by("oldest")[:limit])
    people = Practitioner.objects.in_bulk([row["responsible_id"] for row in rows if row["responsible_id"]])
    owing = [
        Owing(practitioner=people.get(row["responsible_id"]), ages=_ages(row), oldest=row["oldest"])
        for row in rows
    ]  # fmt: skip
    return sorted(owing, key=lambda one: (-one.ages.late, one.oldest))


def statuses(stays: Iterable[Encounter]) -> dict[UUID, ChartStatus]:
    """How complete each of these charts is, by stay. One query."""
    keys = [(one.patient_id, one.id) for one in stays]
    found = ChartStatus.objects.filter(patient_id__in=[one for one, _ in keys], encounter_id__in=[one for _, one in keys])
    return {one.encounter_id: one for one in found}


def incomplete_by_day(facilities: frozenset[UUID], days: Sequence[date], zone: ZoneInfo) -> list[int]:
    """How many discharged charts were incomplete at the end of each day, as their completions stand now. Three queries."""
    begin = datetime.combine(days[0], datetime.min.time(), zone)
    charts = ChartStatus.objects.filter(facility_id__in=facilities)
    lasting = Q(complete_since__isnull=True, open_count__gt=0) | Q(complete_since__gte=begin)
    before = charts.filter(lasting, discharged_at__lt=begin).count()
    opened = per_day(charts.filter(discharged_at__gte=begin), "discharged_at", zone)
    closed = per_day(charts.filter(complete_since__gte=begin), "complete_since", zone)
    return running(before, days, opened, closed)


def per_day(found: QuerySet[Any], field: str, zone: ZoneInfo) -> dict[date, int]:
    """Rows by the day of a time, by the clock of ``zone``. One query."""
    rows = found.annotate(day=TruncDate(field, tzinfo=zone)).values("day").annotate(count=Count("pk")).order_by()
    return {row["day"]: row["count"] for row in rows}


def running(before: int, days: Sequence[date], more: dict[date, int], less: dict[date, int]) -> list[int]:
    """What stood at the end of each day: what stood before, and what each day brought and took."""
    return list(accumulate((more.get(day, 0) - less.get(day, 0) for day in days), initial=before))[1:]
