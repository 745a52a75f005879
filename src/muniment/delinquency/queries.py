"""Reads: who owes what for how long at a moment, which letters are due, who is suspended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, Model, QuerySet

from muniment.accounts.models import Facility
from muniment.audit.models import LifecycleEvent
from muniment.completion import history
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.delinquency.models import Absence, Letter, LetterBatch, LetterLine, Suspension
from muniment.delinquency.parameters import Book, Level, read
from muniment.delinquency.rules import OPEN, Debt, Owed, Pause, State, Stretch, debts, due_level, reached
from muniment.kernel.errors import Refused
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.queries import in_force
from muniment.rulebook.rules import read_ends

M = TypeVar("M", bound=Model)


def book() -> Book:
    """Every adopted version of the delinquency rules. One query."""
    rows = RuleVersion.objects.filter(adopted_at__isnull=False, rule__code__startswith="delinquency.").order_by(
        "rule_id", "number"
    )
    return read([(row.effective_from, row.effective_to, in_force(row), row.adopted_at, read_ends(row.ends)) for row in rows])


def pauses(rows: Collection[Owed]) -> list[Pause]:
    """The absences that may touch what is owed there, withdrawn ones too: each with from when to when it was known. One query."""
    if not rows:
        return []
    earliest = min(one.discharged_at for one in rows).date() - timedelta(days=1)
    found = Absence.objects.filter(last__gte=earliest)
    return [
        Pause(
            practitioner_id=row.practitioner_id, kind=row.kind, first=row.first, last=row.last, recorded_at=row.recorded_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in found
    ]  # fmt: skip


def owed(facilities: Collection[UUID], *, since: datetime, days: int) -> list[Owed]:
    """What was open ``days`` or more after discharge at some time since then. One query."""
    return [_owed(row) for row in history.late(facilities, since=since, days=max(days - 1, 0))]


def _owed(row: history.Lived) -> Owed:
    return Owed(
        deficiency_id=row.deficiency_id, patient_id=row.patient_id, encounter_id=row.encounter_id, facility_id=row.facility_id,
        class_code=row.class_code, service=row.service, kind=row.kind, document_code=row.document_code,
        document_name=row.document_name, discharged_at=row.discharged_at, available_at=row.available_at, zone=ZoneInfo(row.zone), facility_code=row.facility_code,
        stretches=tuple(Stretch(*one) for one in row.stretches),
    )  # fmt: skip


def standing(
    facilities: Collection[UUID], rules: Book, *, days: int, at: datetime | None = None, counted_to: datetime | None = None
) -> list[Debt]:
    """What was open at the moment (now), ``days`` or more after discharge; with their days up to ``counted_to``. Two queries."""
    moment = at or clock.now()
    rows = owed(facilities, since=moment, days=days)
    return debts(rows, pauses(rows), moment, rules, counted_to)


def delinquent(facilities: Collection[UUID], rules: Book, at: datetime | None = None) -> list[Debt]:
    """What of it is delinquent. Two queries."""
    return [one for one in standing(facilities, rules, days=rules.shortest, at=at) if one.age.delinquent]


def delinquent_charts(actor: Actor) -> int:
    """How many charts of the actor's facilities are delinquent now. Three queries."""
    return len({one.owed.encounter_id for one in delinquent(actor.facilities, book())})


@dataclass(frozen=True, slots=True)
class Part:
    """What one practitioner owes of one chart, the oldest first."""

    practitioner_id: UUID
    debts: Sequence[Debt]

    @property
    def owed(self) -> Owed:
        return self.debts[0].owed

    @property
    def days(self) -> int:
        return self.debts[0].age.days


def parts(found: Iterable[Debt]) -> list[Part]:
    """The debts by practitioner and chart, the oldest chart first; what nobody is named for is left out."""
    grouped: dict[tuple[UUID, UUID], list[Debt]] = defaultdict(list)
    for one in found:
        if one.practitioner_id:
            grouped[one.practitioner_id, one.owed.encounter_id].append(one)
    made = [Part(who, sorted(rows, key=lambda one: -one.age.days)) for (who, _), rows in grouped.items()]
    return sorted(made, key=lambda one: (-one.days, str(one.owed.encounter_id), str(one.practitioner_id)))


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that is due: every chart of the practitioner that has reached this level and had no letter of it."""

    practitioner_id: UUID
    number: int
    level: Level
    parts: Sequence[Part]


def letters_due(facility: Facility, rules: Book) -> list[Due]:
    """The letters due now, the highest level first. Three queries."""
    today = clock.now().astimezone(ZoneInfo(facility.zone)).date()
    levels = rules.levels(today)
    if not levels:
        return []
    found = parts(standing([facility.id], rules, days=levels[0].day, counted_to=_letters_until(facility, rules, today)))
    sent = _sent(found)
    grouped: dict[tuple[int, UUID], list[Part]] = defaultdict(list)
    for one in found:
        number = due_level(one.days, sent.get((one.practitioner_id, one.owed.encounter_id), 0), levels)
        if number:
            grouped[number, one.practitioner_id].append(one)
    made = [Due(who, number, levels[number - 1], rows) for (number, who), rows in grouped.items()]
    return sorted(made, key=lambda one: (-one.number, str(one.practitioner_id)))


def _letters_until(facility: Facility, rules: Book, today: date) -> datetime | None:
    """Where letters wait on closed days: noon of the last day that was open, whose levels are reached; None for now."""
    if not rules.letters_wait(today):
        return None
    last = rules.closures(facility.code, clock.now()).last_open(today)
    return None if last == today else datetime.combine(last, time(12), ZoneInfo(facility.zone))


def _sent(found: Sequence[Part]) -> dict[tuple[UUID, UUID], int]:
    """The day of the highest level sent for each practitioner's part of a chart."""
    stays = {one.owed.encounter_id for one in found}
    people = {one.practitioner_id for one in found}
    rows = LetterLine.objects.filter(practitioner_id__in=people, encounter_id__in=stays).values_list(
        "practitioner_id", "encounter_id"
    )
    return {(who, stay): day for who, stay, day in rows.annotate(highest=Max("day")).order_by()}


def letters_about(row: Suspension) -> list[LetterLine]:
    """What was sent to the practitioner about the charts of a suspension before it was proposed, oldest first. One query."""
    sent = LetterLine.objects.filter(practitioner_id=row.practitioner_id, encounter_id__in=row.charts)
    before = sent.filter(letter__batch__made_at__lte=row.proposed_at).select_related("letter__batch")
    return list(before.order_by("letter__batch__made_at", "id"))


def delinquent_parts(facility: Facility, rules: Book) -> dict[UUID, list[Part]]:
    """The delinquent charts there, by practitioner. Two queries."""
    found: dict[UUID, list[Part]] = defaultdict(list)
    for one in parts(delinquent([facility.id], rules)):
        found[one.practitioner_id].append(one)
    return dict(found)


def to_suspend(facility: Facility, rules: Book) -> dict[UUID, list[Part]]:
    """The delinquent charts that have reached the rule's level, by practitioner. Two queries."""
    day = clock.now().astimezone(ZoneInfo(facility.zone)).date()
    said, levels = rules.suspending(day), rules.levels(day)
    if said is None:
        return {}
    level = min(said.level, len(levels))
    found = delinquent_parts(facility, rules)
    return {who: late for who, rows in found.items() if (late := [one for one in rows if reached(one.days, levels) >= level])}


def batches(actor: Actor) -> QuerySet[LetterBatch]:
    return LetterBatch.objects.select_related("facility").filter(facility_id__in=actor.facilities).order_by("-made_at", "-id")


def batch(actor: Actor, batch_id: UUID) -> LetterBatch:
    """One batch. Raises Refused alike for one that is not there and one of another facility."""
    return _seen(batches(actor).filter(id=batch_id))


def letters_of(row: LetterBatch) -> list[Letter]:
    """With their lines, as printed. Two queries."""
    rows = Letter.objects.filter(batch=row).select_related("practitioner").prefetch_related("lines")
    return list(rows.order_by("-level", "practitioner__family", "practitioner__given", "id"))


def own_proposals(actor: Actor) -> QuerySet[Suspension]:
    """Suspensions that somebody else than the actor has to decide about."""
    return Suspension.objects.filter(state=State.PROPOSED, proposed_by_id=actor.id)


def suspensions(actor: Actor) -> QuerySet[Suspension]:
    """Newest first."""
    found = Suspension.objects.select_related("practitioner", "facility").order_by("-proposed_at", "-id")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def open_suspensions(actor: Actor) -> QuerySet[Suspension]:
    return suspensions(actor).filter(state__in=OPEN)


def suspension(actor: Actor, suspension_id: UUID) -> Suspension:
    """One suspension. Raises Refused alike for one that is not there and one of another facility."""
    return _seen(suspensions(actor).filter(id=suspension_id))


def history_of(kind: str, row_id: UUID) -> list[LifecycleEvent]:
    """What happened to it, newest first."""
    return list(LifecycleEvent.objects.filter(subject_type=kind, subject_id=str(row_id)).order_by("-at", "-id")[:100])


def decided_charts(facility_id: UUID, practitioner_id: UUID) -> set[UUID]:
    """The stays for which a person refused or lifted this practitioner's suspension. One query."""
    rows = Suspension.objects.filter(facility_id=facility_id, practitioner_id=practitioner_id, by_hand=True)
    return {stay for charts in rows.values_list("charts", flat=True) for stay in charts}


def absences() -> QuerySet[Absence]:
    """The latest first. Absences are the organisation's: a practitioner is away from every facility."""
    return Absence.objects.select_related("practitioner").order_by("-first", "-id")


def _seen(found: QuerySet[M]) -> M:
    row = found.first()
    if row is None:
        raise Refused(
            "There is nothing here that you may see.", remedy="If you followed a link, it may belong to another facility."
        )
    return row
