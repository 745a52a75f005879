"""Reads of downtimes: what was declared, what was entered, which stays were in house and what is still open of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.audit.models import LifecycleEvent
from muniment.audit.queries import history_of
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.downtime import permissions
from muniment.downtime.models import Downtime, NoPaper, Pack, Paper
from muniment.downtime.rules import Stay
from muniment.encounters.models import Encounter, Movement
from muniment.encounters.queries import as_move
from muniment.encounters.rules import Status, replay
from muniment.kernel.errors import Refused
from muniment.record.models import Entry
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce

NOTHING = "There is no such downtime that you may see."
RULE = "downtime.recovery"
SUBJECT = "downtime"


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy of recovery on a day. ``classes`` empty: stays of every class."""

    enter_days: int
    classes: tuple[str, ...]
    rule: RuleInForce | None

    @property
    def cited(self) -> str:
        return self.rule.cited if self.rule else "No rule is in force: by the next day, every class of stay"

    def due(self, ended: datetime) -> datetime:
        return ended + timedelta(days=self.enter_days)


def policy(day: date) -> InForce:
    rule = rulebook.at(day).find(RULE)
    said: Mapping[str, Any] = rule.parameters if rule else {}
    return InForce(int(said.get("enter_days", 1)), tuple(map(str, said.get("classes", ()))), rule)


def downtimes(actor: Actor) -> QuerySet[Downtime]:
    """Downtimes of the actor's facilities."""
    check_category(actor, Category.DOWNTIME)
    found = Downtime.objects.select_related("facility")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def downtime(actor: Actor, downtime_id: UUID) -> Downtime:
    """Raises Refused alike for one that is not there."""
    found = downtimes(actor).filter(id=downtime_id).first()
    if found is None:
        raise Refused(NOTHING)
    return found


def history(row: Downtime) -> list[LifecycleEvent]:
    return history_of(SUBJECT, str(row.id))


def holding(facility_id: UUID, acted: datetime) -> Downtime | None:
    """The downtime of a facility in which something was done; the latest declared where they overlap."""
    found = Downtime.objects.filter(Q(ended__isnull=True) | Q(ended__gte=acted), facility_id=facility_id, began__lte=acted)
    return found.order_by("-declared_at").first()


def papers(row: Downtime) -> QuerySet[Paper]:
    return row.papers.all()


def retracted(found: Sequence[Paper]) -> set[UUID]:
    """Those of these documents that were retracted since, or moved into another chart."""
    keys = [one.entry_id for one in found]
    return set(Entry.objects.filter(patient_id__in=[one.patient_id for one in found], entry_id__in=keys, retracted=True).values_list("entry_id", flat=True))  # fmt: skip


def paper_of(entry_id: UUID) -> Paper | None:
    """The downtime paper a document was entered from."""
    return Paper.objects.select_related("downtime__facility").filter(entry_id=entry_id).first()


def in_house(row: Downtime, classes: Sequence[str] = ()) -> list[Encounter]:
    """Stays that were in house at some time of a downtime, also those that began or ended within it. Two queries."""
    until = row.ended or clock.now()
    here = Encounter.objects.filter(facility_id=row.facility_id, admitted_at__lte=until).exclude(
        status__in=[Status.CANCELLED, Status.PLANNED]
    )  # fmt: skip
    if classes:
        here = here.filter(class_code__in=list(classes))
    left = here.filter(discharged_at__isnull=False, discharged_at__gt=row.began)
    still = here.filter(discharged_at__isnull=True, status=Status.IN_PROGRESS)
    return [*left.select_related("patient"), *still.select_related("patient")]


def units_at(stays: Sequence[Encounter], moment: datetime) -> dict[UUID, str]:
    """The unit each stay was on at a moment, by its movements until then; where it lies now, where they don't say. One query."""
    moves = defaultdict(list)
    listed = Movement.objects.filter(patient_id__in=[one.patient_id for one in stays], occurred_at__lte=moment)
    for one in listed.filter(encounter_id__in=[one.id for one in stays]):
        moves[one.encounter_id].append(as_move(one))
    return {one.id: replay(moves[one.id]).unit or one.unit for one in stays}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One stay of the reconciliation with the chart it belongs to."""

    encounter: Encounter
    stay: Stay


def reconciliation(row: Downtime, governs: InForce) -> list[Reconciled]:
    """Every stay that was in house, by unit, those still open first. Five queries, whatever their number."""
    found = in_house(row, governs.classes)
    units = units_at(found, row.ended or clock.now())
    entered = list(papers(row))
    gone = retracted(entered)
    counted = Counter(one.encounter_id for one in entered if one.entry_id not in gone)
    said = dict(NoPaper.objects.filter(downtime=row).order_by("said_at").values_list("encounter_id", "reason"))
    made = [
        Reconciled(
            one, Stay(encounter_id=one.id, unit=units[one.id], documents=counted[one.id], confirmed=said.get(one.id, ""))
        )
        for one in found
    ]
    return sorted(
        made, key=lambda one: (one.stay.settled, one.stay.unit, one.encounter.patient.display_name, one.encounter.visit_number)
    )


def stay_in_house(row: Downtime, encounter_id: UUID) -> Encounter:
    """Raises Refused for a stay that was not in house during this downtime."""
    found = next((one for one in in_house(row) if one.id == encounter_id), None)
    if found is None:
        raise Refused("This stay was not in house during the downtime.", where="visit")
    return found


def packs(actor: Actor) -> list[Pack]:
    """The newest pack of every unit of the actor's facilities."""
    check_category(actor, Category.DOWNTIME)
    found = Pack.objects.select_related("facility").order_by("facility__name", "unit")
    return list(found if actor.is_system else found.filter(facility_id__in=actor.facilities))


def pack(actor: Actor, pack_id: UUID) -> Pack:
    """Raises Refused alike for one that is not there."""
    found = Pack.objects.select_related("facility").filter(id=pack_id).first()
    if found is None:
        raise Refused("There is no such downtime pack that you may see.")
    permissions.check_see(actor, found.facility_id)
    return found
