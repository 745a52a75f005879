"""Reads of holds: a stay's, the department's list and its counts, and what coding asks of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.coding import holds
from muniment.core.actor import Actor
from muniment.dnfb.models import Hold
from muniment.dnfb.rules import REASONS, Reason, read
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce


def reasons_on(day: date) -> tuple[RuleInForce, tuple[Reason, ...]]:
    """The rule of a day and its reasons. Raises NotAllowedInState where none governs or it can't be read."""
    rule = rulebook.at(day).find(REASONS)
    if rule is None:
        raise NotAllowedInState(
            f"No rule “{REASONS}” is in force, so no stay can be held.", remedy="Adopt it in the rule book."
        )
    try:
        return rule, read(rule.parameters).reasons
    except ValueError as error:
        raise NotAllowedInState(
            f"Version {rule.number} of “{rule.title}” can’t be read: {error}.", remedy="Propose a version that can be read."
        ) from error


def hold_for_update(actor: Actor, hold_id: UUID) -> Hold:
    """One hold, locked. Raises Refused alike for one that is not there and one the actor may not see."""
    found = Hold.objects.select_for_update().filter(id=hold_id, facility_id__in=actor.facilities).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    return found


def of_stay(patient_id: UUID, encounter_id: UUID) -> list[Hold]:
    """Every hold of a stay: those that stand first, then the released ones, newest first. One query."""
    found = Hold.objects.select_related("practitioner").filter(patient_id=patient_id, encounter_id=encounter_id)
    return sorted(found.order_by("-placed_at"), key=lambda one: one.released_at is not None)


def standing(patient_id: UUID, encounter_id: UUID) -> list[holds.Hold]:
    """What holds a stay now, as its edits say it (coding.holds). One query."""
    rows = Hold.objects.select_related("practitioner").filter(
        patient_id=patient_id, encounter_id=encounter_id, released_at__isnull=True
    )
    return [
        holds.Hold(key=f"hold-{one.id}", sentence=_sentence(one), citation=one.citation, stops=one.stops)
        for one in rows.order_by("placed_at", "id")
    ]


def _sentence(hold: Hold) -> str:
    whose = f" ({hold.practitioner})" if hold.practitioner else ""
    note = f" {hold.note}" if hold.note.endswith((".", "!", "?")) else f" {hold.note}." if hold.note else ""
    end = (
        "Release it before the stay is finalised."
        if hold.stops
        else "Release it, or say why the stay is finalised all the same."
    )
    return f"On hold: {hold.name}{whose}.{note} {end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the list shows. Empty: all."""

    facilities: Collection[UUID]
    reason: str = ""
    owner: str = ""
    late: date | None = None  # only those that should have ended before this day


def search(actor: Actor, wanted: Search) -> QuerySet[Hold]:
    """The holds that stand at the actor's facilities, oldest first; served by hold_open."""
    check_category(actor, Category.CODING)
    found = Hold.objects.select_related("patient", "facility", "practitioner").filter(released_at__isnull=True)
    found = found.filter(facility_id__in=set(wanted.facilities) & actor.facilities)
    narrowed = {name: said for name, said in (("reason", wanted.reason), ("owner", wanted.owner)) if said}
    found = found.filter(**narrowed)
    return found.filter(due_on__lt=wanted.late) if wanted.late else found


@dataclass(frozen=True, slots=True)
class Counted:
    """How many holds of one reason stand, how many longer than they may, and since when the oldest."""

    reason: str
    name: str
    owner: str
    count: int
    late: int
    oldest: date


def by_reason(actor: Actor, facilities: Collection[UUID], today: date) -> list[Counted]:
    """One query, served by hold_open; the most frequent first."""
    rows = search(actor, Search(facilities=facilities)).order_by().values("reason", "name", "owner")
    counted = rows.annotate(count=Count("id"), late=Count("id", filter=Q(due_on__lt=today)), oldest=Min("placed_at"))
    return [
        Counted(one["reason"], one["name"], one["owner"], one["count"], one["late"], one["oldest"].date())
        for one in counted.order_by("-count", "name")
    ]
