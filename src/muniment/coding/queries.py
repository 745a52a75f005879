"""Reads of coding: the stay, its draft and final codings, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.accounts.models import Practitioner
from muniment.coding import permissions
from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.models import Abstract, AbstractCode, FinalCoding, State
from muniment.coding.queues import CODING, SUBJECT
from muniment.coding.rules import POA, Sex
from muniment.coding.stay import StayFacts
from muniment.core import clock
from muniment.core.actions import held
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.queries import encounter
from muniment.kernel.errors import Problem, Refused
from muniment.kernel.fhir.canonical import decode, digest
from muniment.record.models import Entry
from muniment.terminology.own_tables import discharge_status
from muniment.terminology.queries import children, release_on
from muniment.terminology.rules import System
from muniment.work.models import WorkItem
from muniment.work.queries import done_by, items
from muniment.work.rules import ACTIVE


def stay(actor: Actor, encounter_id: UUID) -> Encounter:
    """A stay whose coding the actor may see. Raises Refused."""
    found = encounter(actor, encounter_id)
    permissions.check_read(actor, found.facility_id)
    return found


def uncoded_since(day: date) -> int:
    """How many stays discharged from ``day`` on wait in the coding queue, in the whole house: a rule governs all of it."""
    begin = datetime.combine(day - timedelta(days=1), time(), UTC)
    stays = Encounter.objects.filter(discharged_at__gte=begin).values("id")
    return WorkItem.objects.filter(queue_id=CODING, state__in=ACTIVE, encounter_id__in=stays).count()


def stay_for_update(patient_id: UUID, encounter_id: UUID) -> Encounter:
    """The stay, which nobody else changes until this unit of work ends; read once in it. Raises Refused for one that is not there."""
    stays = Encounter.objects.select_for_update(of=("self",)).select_related("patient", "facility", "attending")
    found = held(("stay", encounter_id), stays.filter(patient_id=patient_id, id=encounter_id).first)
    if found is None:
        raise Refused("There is no such stay that you may see.")
    return found


def abstract_for_update(patient_id: UUID, abstract_id: UUID) -> Abstract:
    """As ``stay_for_update``."""
    rows = Abstract.objects.select_for_update().filter(patient_id=patient_id, id=abstract_id)
    found = held(("abstract", abstract_id), rows.first)
    if found is None:
        raise Refused("There is no such abstract that you may see.")
    return found


def draft_abstract(stay: Encounter) -> Abstract | None:
    return Abstract.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id, state=State.DRAFT).first()


def lines_of(abstract: Abstract) -> list[AbstractCode]:
    rows = AbstractCode.objects.filter(patient_id=abstract.patient_id, abstract_id=abstract.id)
    return list(rows.order_by("sequence"))


def draft_of(abstract: Abstract, lines: Iterable[AbstractCode]) -> Draft:
    codes = (
        DraftCode(role=Role(line.role), code=line.code, poa=POA(line.poa), on=line.on, operator_id=line.operator_id)
        for line in lines
    )
    return Draft(tuple(codes), abstract.disposition, dict(abstract.answers))


def finals(patient_id: UUID, encounter_id: UUID) -> list[FinalCoding]:
    """Every final coding of a stay, the one in force first."""
    return list(FinalCoding.objects.filter(patient_id=patient_id, encounter_id=encounter_id).order_by("-number"))


def final(patient_id: UUID, encounter_id: UUID) -> FinalCoding | None:
    """The final coding in force."""
    return FinalCoding.objects.filter(patient_id=patient_id, encounter_id=encounter_id).order_by("-number").first()


def last_finals(actor: Actor, most: int) -> list[FinalCoding]:
    """The final codings in force of the actor's facilities, of the latest discharges first. One query, served by final_by_discharge."""
    check_category(actor, Category.CODING)
    newer = FinalCoding.objects.filter(
        patient_id=OuterRef("patient_id"), encounter_id=OuterRef("encounter_id"), number__gt=OuterRef("number")
    )
    rows = FinalCoding.objects.filter(~Exists(newer), facility_id__in=actor.facilities)
    return list(rows.order_by("-discharged_on", "-finalised_at")[:most])


def facts_of_final(coding: FinalCoding, stay: Encounter | None = None) -> StayFacts:
    """The stay as it was when it was finalised; service and unit, which are not kept with it, as ``stay`` says them."""
    said = content_of(coding)["stay"]
    return StayFacts(
        patient_id=coding.patient_id, encounter_id=coding.encounter_id, facility_id=coding.facility_id, class_code=said["class"],
        admitted=date.fromisoformat(said["admitted"]) if said["admitted"] else None, discharged=coding.discharged_on, age=said["age"],
        sex=Sex(said["sex"]), newborn=False, disposition=said["disposition"], service=stay.service if stay else "",
        unit=stay.unit if stay else "",
    )  # fmt: skip


def content_of(coding: FinalCoding) -> dict[str, Any]:
    """What was finalised (content.final_content)."""
    content: dict[str, Any] = decode(coding.content.encode())
    return content


def is_intact(coding: FinalCoding) -> bool:
    """Whether the content still has the hash it was filed with."""
    return digest(coding.content.encode()) == bytes(coding.sha256)


def draft_from(content: dict[str, Any]) -> Draft:
    """A draft that begins where a final coding ended, its reasons included."""
    codes = (
        DraftCode(
            role=Role(one["role"]), code=one["code"], poa=POA(one["poa"]), on=date.fromisoformat(one["on"]) if one["on"] else None,
            operator_id=UUID(one["operator"]) if one["operator"] else None,
        )
        for one in content["codes"]
    )  # fmt: skip
    answers = {f"{edit['number']}:{'+'.join(edit['codes'])}": edit["reason"] for edit in content["edits"] if edit["reason"]}
    return Draft(tuple(codes), content["stay"]["disposition"], answers)


def releases(on: date) -> dict[str, str]:
    """The releases that answer for a discharge date, in words."""
    return {system.value: release_on(system, on).sentence for system in (System.ICD10CM, System.ICD10PCS)}


def stands_in(on: date) -> bool:
    """Whether the codes of a discharge date are looked up in a release of another time, for want of its own."""
    return any(release_on(system, on).stands_in for system in (System.ICD10CM, System.ICD10PCS))


def dispositions(on: date, current: str) -> list[tuple[str, str]]:
    """Patient discharge statuses of a date (UB-04 FL 17) as choices; the current one is always among them."""
    try:
        rows = children(System.DISCHARGE_STATUS, "", on)
    except Problem:  # none installed: what the source said is all there is to choose
        rows = []
    listed = [
        (row.code, discharge_status(row.code)) for row in rows
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or row.valid_to >= on)
    ]  # fmt: skip
    return (
        listed if any(code == current for code, _ in listed) or not current else [(current, discharge_status(current)), *listed]
    )


def uncoded(
    actor: Actor,
    *,
    mine: bool = False,
    late: bool = False,
    facility_id: UUID | None = None,
    class_code: str = "",
    over_days: int = 0,
) -> QuerySet[WorkItem]:
    """Discharged stays that wait for their final codes, at the actor's facilities, the earliest due first.

    ``over_days``: only those discharged longer ago than that.
    """
    check_category(actor, Category.CODING)
    found = items(actor, queue=CODING, mine=mine, late=late)
    if facility_id:
        found = found.filter(facility_id=facility_id)
    stays = Encounter.objects.filter(patient_id=OuterRef("patient_id"), id=OuterRef("encounter_id"))
    if class_code:
        found = found.filter(Exists(stays.filter(class_code=class_code)))
    if over_days:
        found = found.filter(Exists(stays.filter(discharged_at__lt=clock.now() - timedelta(days=over_days))))
    return found.order_by("-priority", "due_at", "id")


def stays_of(found: Iterable[WorkItem] | Iterable[FinalCoding]) -> dict[UUID, Encounter]:
    """The stays of these items or final codings, by id. One query."""
    keys = [(item.patient_id, item.encounter_id) for item in found]
    rows = Encounter.objects.select_related("patient", "facility").filter(
        patient_id__in=[patient for patient, _ in keys], id__in=[stay for _, stay in keys]
    )
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Counts:
    """How coding stands at the actor's facilities. ``mine``: taken by the actor."""

    uncoded: int
    late: int
    unowned: int
    mine: int
    finalised_today: int


def counts(actor: Actor) -> Counts:
    """Two queries."""
    now = clock.now()
    row = uncoded(actor).order_by().aggregate(
        uncoded=Count("id"), late=Count("id", filter=Q(due_at__lt=now)), unowned=Count("id", filter=Q(owner__isnull=True)),
        mine=Count("id", filter=Q(owner_id=actor.id)),
    )  # fmt: skip
    done = done_by(actor.id, clock.today()).get(CODING, 0) if actor.id else 0
    return Counts(**row, finalised_today=done)


def operators(stay: Encounter) -> list[tuple[UUID, str]]:
    """Who may have done a procedure of this stay: the attending and the authors of its entries. One query."""
    authors = Entry.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id, author_id__isnull=False, origin="").values(
        "author_id"
    )
    wanted = Practitioner.objects.filter(Q(id__in=authors) | Q(id=stay.attending_id))
    return [(one.id, str(one)) for one in wanted]


def owner_of(stay: Encounter, actor: Actor) -> str:
    """Who else has taken this stay from the queue; empty when nobody or the actor has."""
    found = WorkItem.objects.select_related("owner").filter(
        queue_id=CODING, subject_type=SUBJECT, subject_id=str(stay.id), state__in=ACTIVE, owner__isnull=False
    )
    item = found.exclude(owner_id=actor.id).first()
    return str(item.owner) if item else ""


def waits(stay: Encounter) -> bool:
    """Whether the stay is in the coding queue."""
    found = WorkItem.objects.filter(queue_id=CODING, subject_type=SUBJECT, subject_id=str(stay.id), state__in=ACTIVE)
    return found.exists()
