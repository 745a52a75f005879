"""Reads of pending documents: which there are, by which clock, what was done about them, and who has seen one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from muniment.accounts.models import Facility, Practitioner
from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.pending import parameters, permissions
from muniment.pending.models import PendingStep
from muniment.pending.parameters import OTHERS, PROPOSALS_A_DAY, Book, Days, Policy
from muniment.pending.queues import AUTHOR, CLOSURE, SUBJECT
from muniment.pending.rules import RULE, Clock, Done, Stage, Step, clock_of, extended_until, stage
from muniment.record import exposure
from muniment.record.models import PENDING, Closure, Entry, Version
from muniment.record.rules import Holder
from muniment.rulebook.queries import edition, terms
from muniment.rulebook.rules import RuleInForce
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

# screens that may quote a document without opening it: what they leave in the trail begins with these words
QUOTING = ("find in chart", "qualitative finding", "coding workspace", "query")
NOTHING_FOUND = "find in chart, 0 places"
MOST_COUNTED = 1000  # of what waits to be proposed


@lru_cache(maxsize=1)
def _of_edition(edition: str) -> Book:
    return parameters.read(terms(RULE))


def book() -> Book:
    """The rule's adopted versions, read once for each edition of the book."""
    return _of_edition(edition(RULE))


def unsigned(facilities: Collection[UUID]) -> QuerySet[Entry]:
    """Their own documents that nobody has signed or closed, longest first; each with ``since``, when it was filed here, and ``id`` to page by.

    One that was closed and came anew from its source is pending since then.
    """
    found = Entry.objects.filter(PENDING, facility_id__in=facilities).defer("keys")
    return found.annotate(id=F("entry_id"), since=F("pending_since")).order_by("since", "entry_id")


def pending(facilities: Sequence[Facility], book: Book, stage: Stage | None = None) -> QuerySet[Entry]:
    """Of those, the ones a version of the rule governs; with ``stage``, those past its notice or past the time to close them.

    An extension is not looked at: it is told of each row.
    """
    cases = Q(pk__in=[])
    for zone, some in _by_zone(facilities).items():
        for version in book.versions:
            governed = Q(facility_id__in=some, since__gte=_midnight(version.begin, zone))
            governed &= Q(since__lt=_midnight(version.end, zone)) if version.end else Q()
            cases |= governed & _kinds(version.policy, stage)
    return unsigned([one.id for one in facilities]).filter(cases)


def to_propose(facilities: Sequence[Facility], book: Book) -> QuerySet[Entry]:
    """Of those, the ones past their time, without an extension that is running, of which no proposal waits. Longest first."""
    waits = proposed().filter(subject_id=Cast(OuterRef("entry_id"), CharField()))
    extensions = PendingStep.objects.filter(
        patient_id=OuterRef("patient_id"), entry_id=OuterRef("entry_id"), step=Step.EXTEND, at__gte=OuterRef("since")
    )
    last = Subquery(extensions.order_by("-at", "-id").values("until")[:1])
    over = Q(pk__in=[])
    for zone, some in _by_zone(facilities).items():
        over |= Q(facility_id__in=some) & (Q(until=None) | Q(until__lte=clock.now().astimezone(ZoneInfo(zone)).date()))
    return pending(facilities, book, Stage.DUE).filter(~Exists(waits)).annotate(until=last).filter(over)


def waiting_to_be_proposed(facilities: Sequence[Facility], book: Book) -> int:
    """How many those are; one more than ``MOST_COUNTED`` where there are more: a list that is longer is not counted for its heading."""
    return to_propose(facilities, book)[: MOST_COUNTED + 1].count()


def left_today(facility: Facility, book: Book) -> int:
    """How many closures may still be proposed today (the facility's) by the version of the rule that is in force."""
    today = clock.now().astimezone(ZoneInfo(facility.zone)).date()
    version = book.on(today)
    begun = WorkItem.objects.filter(
        queue_id=CLOSURE, subject_type=SUBJECT, facility_id=facility.id, created_at__gte=_midnight(today, facility.zone)
    )
    return max(0, (version.policy.proposals_a_day if version else PROPOSALS_A_DAY) - begun.count())


def _by_zone(facilities: Iterable[Facility]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for one in facilities:
        found[one.zone].append(one.id)
    return found


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _kinds(policy: Policy, stage: Stage | None) -> Q:
    cases = Q(pk__in=[])
    for kind in policy.types:
        cases |= Q(code__in=kind.codes) & _past(kind, stage)
    if policy.preliminary:
        cases |= ~Q(code__in=policy.codes) & Q(Exists(_preliminary())) & _past(policy.preliminary, stage)
    return cases


def _past(days: Days, stage: Stage | None) -> Q:
    if stage is None:
        return Q()
    count = days.close_days if stage is Stage.DUE else days.notify_days
    return Q(since__lte=clock.now() - timedelta(days=count))


def _preliminary() -> QuerySet[Version]:
    """The current version, where its source calls it preliminary (canonical JSON: no blanks)."""
    return Version.objects.filter(
        patient_id=OuterRef("patient_id"), entry_id=OuterRef("entry_id"), number=OuterRef("number"),
        content__contains='"docStatus":"preliminary"',
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One pending document: its type and clock by the rule of the day it was filed on, what was done, and where it stands."""

    entry: Entry
    facility: Facility
    kind: str
    rule: RuleInForce
    policy: Policy
    days: Days
    clock: Clock
    history: tuple[Done, ...]
    stage: Stage

    @property
    def today(self) -> date:
        return clock.now().astimezone(ZoneInfo(self.facility.zone)).date()

    @property
    def extended(self) -> date | None:
        """The day an extension that is running ends on."""
        return extended_until(self.clock, self.history) if self.stage is Stage.EXTENDED else None

    @property
    def close_on(self) -> date:
        """The day on which it is proposed for closure, by the facility's clock: no extension takes from the time the rule gives."""
        given = self.clock.close_at.astimezone(ZoneInfo(self.facility.zone)).date()
        return max(self.extended or given, given)

    @property
    def age(self) -> int:
        """Whole days since it was filed."""
        return (clock.now() - self.clock.since).days


def standings(rows: Sequence[Entry], facilities: Iterable[Facility], book: Book) -> list[Standing]:
    """Where each of these rows of ``pending`` stands. One query, whatever their number."""
    houses = {one.id: one for one in facilities}
    history = _history(rows)
    return [found for row in rows if (found := _standing(row, houses[row.facility_id], book, history[row.entry_id]))]  # type: ignore[index]


def _standing(row: Any, facility: Facility, book: Book, history: Sequence[Done]) -> Standing | None:
    version = book.on(row.since.astimezone(ZoneInfo(facility.zone)).date())
    if version is None:
        return None
    kind = version.policy.kind(row.code)
    days = kind or version.policy.preliminary
    if days is None:
        return None
    ticking, now = clock_of(row.since, days.limits), clock.now()
    reached = stage(ticking, history, now, now.astimezone(ZoneInfo(facility.zone)).date())
    return Standing(
        entry=row, facility=facility, kind=kind.name if kind else OTHERS, rule=version.rule, policy=version.policy,
        days=days, clock=ticking,
        history=tuple(history), stage=reached,
    )  # fmt: skip


def _history(rows: Sequence[Entry]) -> dict[UUID, list[Done]]:
    found: dict[UUID, list[Done]] = defaultdict(list)
    patients, entries = {row.patient_id for row in rows}, {row.entry_id for row in rows}
    for one in PendingStep.objects.filter(patient_id__in=patients, entry_id__in=entries).order_by("at", "id"):
        found[one.entry_id].append(Done(step=Step(one.step), at=one.at, until=one.until))
    return found


def one(actor: Actor, patient_id: UUID, entry_id: UUID) -> Entry:
    """One document, pending or not. Raises Refused alike for one that is not there and one the actor may not see."""
    found = Entry.objects.filter(patient_id=patient_id, entry_id=entry_id, category="document", origin="").first()
    if found is None:
        raise Refused(
            "There is nothing here that you may see.", remedy="If you followed a link, it may belong to another facility."
        )
    permissions.check_see(actor, found)
    return found


def facility_of(entry: Entry) -> Facility:
    """The facility of a document that somebody may see: it has one."""
    assert entry.facility_id is not None
    return Facility.objects.get(id=entry.facility_id)


def standing_of(entry: Entry) -> Standing | None:
    """Where a document stands; None where it is not pending, or no rule governs it. Two or three queries."""
    facility = facility_of(entry)
    found = pending([facility], book()).filter(patient_id=entry.patient_id, entry_id=entry.entry_id)
    return next(iter(standings(list(found), [facility], book())), None)


def steps(entry: Entry) -> list[PendingStep]:
    """What was done about it, first to last."""
    return list(PendingStep.objects.filter(patient_id=entry.patient_id, entry_id=entry.entry_id).order_by("at", "id"))


def author(entry: Entry) -> Practitioner | None:
    """Its author, where the directory knows them; with their sign-in."""
    return Practitioner.objects.select_related("user").filter(id=entry.author_id).first() if entry.author_id else None


def seen_by_others(entry: Entry, practitioner: Practitioner | None) -> list[exposure.Seen]:
    """Everybody but its author who has seen it, or may have; then the productions that hold it. By the audit trail.

    Who has searched the chart with success, or opened a screen that quotes its documents, may have read part of it: they count.
    """
    own = practitioner.user_id if practitioner else None
    found = exposure.who_saw(entry.patient_id, [entry.entry_id])
    opened = [one for one in found if one.kind is not Holder.VIEWER or one.user_id != own]
    known = {one.user_id for one in opened if one.kind is Holder.VIEWER} | {own}
    return opened + [one for one in _may_have(entry) if one.user_id not in known]


def _may_have(entry: Entry) -> Iterator[exposure.Seen]:
    quoting = Q()
    for words in QUOTING:
        quoting |= Q(after__shown__startswith=words)
    first = Version.objects.filter(patient_id=entry.patient_id, entry_id=entry.entry_id, number=1).values("recorded_at")
    events = LifecycleEvent.objects.filter(
        quoting, patient_id=entry.patient_id, name="record.view", at__gte=Subquery(first), actor_id__isnull=False
    )
    people: dict[UUID, list[LifecycleEvent]] = defaultdict(list)
    for event in events.exclude(after__shown=NOTHING_FOUND).order_by("at", "id"):
        people[event.actor_id].append(event)  # type: ignore[index]
    for user_id, looks in people.items():
        yield exposure.Seen(
            kind=Holder.VIEWER, user_id=user_id, name=looks[0].actor_name, role=looks[0].role, times=len(looks),
            what=f"May have read part of it: {looks[0].after['shown']}"[:200], first_at=looks[0].at, last_at=looks[-1].at,
        )  # fmt: skip


def is_pending(patient_id: UUID, entry_id: UUID) -> bool:
    return Entry.objects.filter(PENDING, patient_id=patient_id, entry_id=entry_id).exists()


def no_longer_pending() -> list[tuple[str, str]]:
    """The subjects of active work about documents that are signed, closed or retracted by now. Two queries."""
    items = WorkItem.objects.filter(queue_id__in=(AUTHOR, CLOSURE), subject_type=SUBJECT, state__in=ACTIVE)
    about = {UUID(subject): patient for subject, patient in items.values_list("subject_id", "patient_id")}
    still = Entry.objects.filter(PENDING, patient_id__in=set(about.values()), entry_id__in=about)
    return [(SUBJECT, str(entry)) for entry in sorted(about.keys() - set(still.values_list("entry_id", flat=True)))]


def proposed() -> QuerySet[WorkItem]:
    """The proposals nobody has decided yet."""
    return WorkItem.objects.filter(queue_id=CLOSURE, subject_type=SUBJECT, state__in=ACTIVE)


def closures(actor: Actor) -> QuerySet[Closure]:
    """What was closed at the actor's facilities, last first."""
    return Closure.objects.filter(facility_id__in=actor.facilities).order_by("-closed_at", "-id")
