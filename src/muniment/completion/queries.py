"""Reads of deficiencies: a clinician's inbox, the department's list, one chart, one deficiency with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet

from muniment.accounts.models import Facility, Practitioner
from muniment.completion.charts import RulesByDay
from muniment.completion.models import ChartStatus, Deficiency, DeficiencyStep
from muniment.completion.permissions import check_see
from muniment.completion.queues import INBOX
from muniment.completion.rules import State
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.work import queries as work
from muniment.work.models import WorkItem


def practitioner_of(actor: Actor) -> Practitioner | None:
    """The practitioner the actor signs as."""
    return Practitioner.objects.filter(user_id=actor.id).first() if actor.id else None


def incomplete_since(day: date) -> int:
    """How many charts discharged from ``day`` on lack something now, in the whole house: a rule governs all of it."""
    begins = {one.id: datetime.combine(day, time(), ZoneInfo(one.zone)) for one in Facility.objects.all()}
    left = [Q(facility_id=one, discharged_at__gte=begin) for one, begin in begins.items()]
    return ChartStatus.objects.filter(reduce(or_, left, Q(pk__in=[])), open_count__gt=0).count()


def seen_by(actor: Actor) -> QuerySet[Deficiency]:
    found = Deficiency.objects.select_related("patient", "facility", "responsible")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def deficiency(actor: Actor, deficiency_id: UUID) -> Deficiency:
    """One deficiency. Raises Refused alike for one that is not there and one the actor may not see."""
    found = seen_by(actor).filter(id=deficiency_id).first()
    if found is None:
        raise Refused(
            "There is nothing here that you may see.", remedy="If you followed a link, it may belong to another facility."
        )
    check_see(actor, found)
    return found


def history(row: Deficiency) -> list[DeficiencyStep]:
    """Its steps, newest first."""
    return list(DeficiencyStep.objects.filter(patient_id=row.patient_id, deficiency_id=row.id).order_by("-id"))


@dataclass(frozen=True, slots=True)
class Owed:
    """One line of a clinician's inbox."""

    item: WorkItem
    deficiency: Deficiency


def inbox(actor: Actor) -> list[Owed]:
    """What the actor owes, most overdue first. Two queries."""
    items = list(work.items(actor, queue=INBOX, mine=True)[:500])
    rows = {str(row.id): row for row in seen_by(actor).filter(id__in=[item.subject_id for item in items], state=State.OPEN)}
    return [Owed(item, rows[item.subject_id]) for item in items if item.subject_id in rows]


def next_after(actor: Actor, deficiency_id: UUID) -> Deficiency | None:
    """The inbox's next deficiency: the one below this, else the first."""
    return after_among(inbox(actor), deficiency_id)


def after_among(owed: list[Owed], deficiency_id: UUID) -> Deficiency | None:
    place = next((number for number, one in enumerate(owed) if one.deficiency.id == deficiency_id), None)
    rest = owed if place is None else owed[place + 1 :] + owed[:place]
    return rest[0].deficiency if rest else None


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart's completion, for the chart screen."""

    status: ChartStatus | None
    open: list[Deficiency]
    closed: int

    @property
    def delinquent(self) -> bool:
        late = self.status.delinquent_at if self.status else None
        return bool(self.open and late and late <= clock.now())


def for_encounter(actor: Actor, patient_id: UUID, encounter_id: UUID) -> Panel:
    """What a discharged chart lacks, and until when. Two queries. Empty for a stay the actor may not see."""
    rows = list(seen_by(actor).filter(patient_id=patient_id, encounter_id=encounter_id).order_by("due_at", "id"))
    status = ChartStatus.objects.filter(patient_id=patient_id, encounter_id=encounter_id)
    if not actor.is_system:
        status = status.filter(facility_id__in=actor.facilities)
    still = [row for row in rows if row.state == State.OPEN]
    return Panel(status.first(), still, len(rows) - len(still))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which open deficiencies to list. ``late_days``: overdue by so many; ``delinquent``: of delinquent charts;
    ``responsible``: "nobody" or a practitioner's id; ``facility``: one of the reader's."""

    late_days: int | None = None
    delinquent: bool = False
    responsible: str = ""
    document: str = ""
    kind: str = ""
    facility: UUID | None = None


def open_list(actor: Actor, search: Search) -> QuerySet[Deficiency]:
    """Open deficiencies of the actor's facilities, most overdue first."""
    found = seen_by(actor).filter(state=State.OPEN).order_by("due_at", "id")
    if search.late_days is not None:
        found = found.filter(due_at__lte=clock.now() - timedelta(days=search.late_days))
    if search.delinquent:
        found = found.filter(encounter_id__in=delinquent_charts(actor).order_by().values("encounter_id"))
    if search.responsible == "nobody":
        found = found.filter(responsible__isnull=True)
    elif search.responsible:
        found = found.filter(responsible=UUID(search.responsible))
    if search.document:
        found = found.filter(document_code=search.document)
    if search.kind:
        found = found.filter(kind=search.kind)
    return found.filter(facility_id=search.facility) if search.facility else found


def documents_owed(actor: Actor) -> list[tuple[str, str, int]]:
    """(code, name, count) of the kinds of document that open deficiencies are about, most first."""
    rows = seen_by(actor).filter(state=State.OPEN).values("document_code")
    counted = rows.annotate(name=Min("document_name"), count=Count("id")).order_by("-count", "document_code")
    return list(counted.values_list("document_code", "name", "count"))


def clinicians_owing(actor: Actor) -> list[tuple[Practitioner, int]]:
    """Clinicians with open deficiencies and how many, most first."""
    rows = list(
        seen_by(actor)
        .filter(state=State.OPEN, responsible__isnull=False)
        .values_list("responsible_id")
        .annotate(count=Count("id"))
        .order_by("-count")
    )
    people = Practitioner.objects.in_bulk([one for one, _ in rows])
    return [(people[one], count) for one, count in rows]


def delinquent_charts(actor: Actor) -> QuerySet[ChartStatus]:
    """Discharged charts still incomplete after their clock ran out, longest first."""
    found = ChartStatus.objects.filter(open_count__gt=0, delinquent_at__lte=clock.now())
    found = found if actor.is_system else found.filter(facility_id__in=actor.facilities)
    return found.order_by("delinquent_at")


def incomplete_charts(actor: Actor, *, delinquent: bool = False, facility: UUID | None = None) -> QuerySet[ChartStatus]:
    """Discharged charts that lack something, the first to become delinquent first."""
    found = ChartStatus.objects.filter(open_count__gt=0, facility_id__in=[facility] if facility else actor.facilities)
    found = found.filter(facility_id__in=actor.facilities)
    if delinquent:
        found = found.filter(delinquent_at__lte=clock.now())
    return found.select_related("patient", "facility").order_by("delinquent_at", "encounter_id")


def clinicians(actor: Actor) -> QuerySet[Practitioner]:
    """Practitioners with a sign-in: those a deficiency can be given to."""
    return Practitioner.objects.filter(user__isnull=False, user__is_active=True).order_by("family", "given")


def broken_rules() -> tuple[tuple[str, str], ...]:
    """(code, sentence) of the rules in force today that can't be read: charts are analysed without them."""
    return RulesByDay().on(clock.today()).broken


def discharges(rows: Sequence[Deficiency]) -> dict[UUID, datetime]:
    """When the stays of these deficiencies ended. One query."""
    patients, encounters = {row.patient_id for row in rows}, {row.encounter_id for row in rows}
    found = ChartStatus.objects.filter(patient_id__in=patients, encounter_id__in=encounters)
    return dict(found.values_list("encounter_id", "discharged_at"))
