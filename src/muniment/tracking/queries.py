"""Reads of paper charts: volumes, their history, what is out, late and missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.identity import queries as identity
from muniment.identity.models import Patient, PatientIdentifier
from muniment.kernel.errors import Refused
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce
from muniment.tracking import permissions
from muniment.tracking.models import Movement, Volume
from muniment.tracking.rules import Policy, State, Step

NOTHING = "There is no such volume that you may see."
MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class InForce:
    """What governs on a day: the policy, and the rules it was read from, by code."""

    policy: Policy
    rules: dict[str, RuleInForce]

    def cited(self, code: str) -> str:
        found = self.rules.get(f"tracking.{code}")
        return found.cited if found else "No rule is in force: due back the next day"

    def statement(self, code: str) -> str:
        found = self.rules.get(f"tracking.{code}")
        return found.statement if found else ""


def in_force(day: date) -> InForce:
    rules = {rule.code: rule for rule in rulebook.at(day).area("tracking")}
    together: dict[str, Any] = {}
    for rule in rules.values():
        together |= rule.parameters
    return InForce(Policy.read(together), rules)


def volumes(actor: Actor) -> QuerySet[Volume]:
    """Volumes of the actor's facilities."""
    check_category(actor, Category.PAPER)
    found = Volume.objects.select_related("facility")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def volume(actor: Actor, volume_id: UUID) -> Volume:
    """Raises Refused alike for one that is not there."""
    found = Volume.objects.select_related("facility").filter(id=volume_id).first()
    if found is None:
        raise Refused(NOTHING)
    permissions.check_see(actor, found)
    return found


def by_number(actor: Actor, text: str) -> Volume | None:
    """The volume whose label was scanned or typed; any case."""
    return volumes(actor).filter(number=text.strip().upper()).first()


def of_patients(actor: Actor, patients: list[UUID]) -> list[Volume]:
    return list(volumes(actor).filter(patient_id__in=patients).order_by("facility__code", "ordinal"))


def history(row: Volume) -> list[Movement]:
    return list(row.movements.order_by("-at", "-id"))


def looked_at(row: Volume) -> set[str]:
    """Where a missing volume was searched for since it went missing."""
    since = row.movements.filter(step=Step.MISS).order_by("-at").values_list("at", flat=True).first()
    found = row.movements.filter(step=Step.SEARCH)
    return set((found.filter(at__gte=since) if since else found).values_list("place", flat=True))


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the board."""

    total: int
    out: int
    late: int
    missing: int


def counts(actor: Actor, today: date) -> Counts:
    found = volumes(actor).aggregate(
        total=Count("id"), out=Count("id", filter=Q(state=State.OUT)),
        late=Count("id", filter=Q(state=State.OUT, due_on__lt=today)), missing=Count("id", filter=Q(state=State.MISSING)),
    )  # fmt: skip
    return Counts(**found)


def listed(actor: Actor, shown: str, today: date) -> QuerySet[Volume]:
    """The list behind a figure: "out", "late", "missing"; all for anything else."""
    found = volumes(actor)
    if shown == "late":
        return found.filter(state=State.OUT, due_on__lt=today)
    return found.filter(state={"out": State.OUT, "missing": State.MISSING}[shown]) if shown in ("out", "missing") else found


def to_recall(policy: Policy, today: date, limit: int) -> list[Volume]:
    """Volumes out that were due so long ago that they are called back, those with a recall of this loan passed over."""
    before = today - timedelta(days=policy.recall_days)
    late = Volume.objects.filter(state=State.OUT, due_on__lt=before).select_related("facility").order_by("due_on", "id")
    recalled = Movement.objects.filter(step=Step.RECALL, volume__in=late).values_list("volume_id", "at")
    latest: dict[UUID, Any] = {}
    for volume_id, at in recalled:
        latest[volume_id] = max(at, latest.get(volume_id, at))
    return [row for row in late if row.id not in latest or latest[row.id] < row.since][:limit]


def candidates(actor: Actor, facility: Facility, text: str) -> list[Patient]:
    """Current records the text may mean: the one with exactly this number of the facility, else what the search finds."""
    seen = identity.seen_by(actor).filter(merged_into_id__isnull=True)
    own = PatientIdentifier.objects.filter(system=facility.code, value__iexact=text.strip(), deciding=True)
    exact = list(seen.filter(id__in=own.values("patient_id"))[:MOST_FOUND])
    return exact or list(identity.find(actor, text).filter(id__in=seen.values("id"))[:MOST_FOUND])
