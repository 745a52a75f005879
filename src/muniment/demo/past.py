"""What remains when the past is told: everything noted is looked at once more, and pairs of records are decided."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections
from django.utils import timezone

from muniment.accounts import queries
from muniment.accounts.models import Facility, User
from muniment.accounts.rules import Role
from muniment.coding import actions as coding
from muniment.completion import actions as completion
from muniment.completion.models import Deficiency, DeficiencyStep
from muniment.completion.rules import State, Step
from muniment.core import clock
from muniment.core.actions import action, leave
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.delinquency import actions as delinquency
from muniment.delinquency import queries as late
from muniment.delinquency.models import LetterBatch, Suspension
from muniment.delinquency.rules import State as Suspending
from muniment.demo import (
    audits,
    blanks,
    generator,
    interfaces,
    openrecords,
    outage,
    paper,
    questions,
    rota,
    scans,
    unsigned,
    waiting,
)
from muniment.demo.draw import Draw
from muniment.demo.organisation import FACILITIES, ORGANISATION_CODE, ZONE, day_of
from muniment.demo.size import Size
from muniment.demo.staff import staff
from muniment.encounters.models import Encounter
from muniment.identity import actions as identity
from muniment.identity.models import Patient, PossibleMatch
from muniment.identity.rules import MatchState
from muniment.qualitative import actions as qualitative
from muniment.qualitative.models import Pending
from muniment.transcription import actions as transcription

SAME = "Same birth date, address and telephone number; the difference is a slip at registration."
APART = "Household members: other first names, other birth dates on the papers."
ON_LEAVE = "Leave reported by the medical staff office."
APPROVED = "Three letters without an answer; the department chair agreed."
NOT_MINE = "I handed this patient over before discharge; the covering physician completes the chart."
LEFT_TO_DECIDE, DECLINED = 6, 4  # pairs of records; deficiencies that nobody takes for theirs


@action("demo.finish", Lifecycle.CONFIGURE)
def finish(*, actor: Actor) -> None:
    """Say that the demo hospital is loaded."""
    leave(subject=("demo", "loaded"))


def work_off(actor: Actor, progress: Callable[[str, int, int], None], size: Size, as_of: datetime) -> None:
    """What is left on the morning the demo begins."""
    scans.scan_all(as_of, progress)  # what is filed of them is analysed with the rest
    with clock.at(as_of), timezone.override(ZONE):
        _analyse(actor, progress)
        while coding.bring_into_step(actor=actor):
            pass
        decide_pairs(size, as_of)
        decline_some(as_of)
        paper.shelve(as_of)
        blanks.keep(as_of)
        outage.tell(as_of)
        while completion.drain(actor=actor):
            pass
        _look(actor, progress)
        while transcription.drain(actor=actor):
            pass
        run_delinquency(as_of)
        unsigned.run(as_of)
        openrecords.run(as_of)
        questions.run(as_of)
        waiting.run(as_of)
        audits.run(as_of)
    interfaces.watch(as_of)
    finish(actor=actor)


def _analyse(actor: Actor, progress: Callable[[str, int, int], None]) -> None:
    total = Encounter.objects.filter(status="finished").count()
    _by_two(completion.drain, actor, lambda done: progress("charts looked at", min(done, total), total))
    progress("charts looked at", total, total)


def _look(actor: Actor, progress: Callable[[str, int, int], None]) -> None:
    """Once all notes are there: what stands in several patients' is a template only then."""
    qualitative.drain(actor=actor)  # by the way, what was noted of changed rules becomes notes of stays
    total = Pending.objects.count()
    _by_two(qualitative.drain, actor, lambda _: progress("contradictions looked for", total - Pending.objects.count(), total))
    progress("contradictions looked for", total, total)


def _by_two(drain: Callable[..., int], actor: Actor, told: Callable[[int], None]) -> None:
    """Look at all that was noted, in two processes. ``told`` hears how much this one has done."""
    moment, done = clock.now(), 0
    connections.close_all()
    other = multiprocessing.get_context("fork").Process(target=_drain_too, args=(drain, actor, moment), daemon=True)
    other.start()
    while count := drain(actor=actor):
        done += count
        told(done)
    other.join()


def _drain_too(drain: Callable[..., int], actor: Actor, moment: datetime) -> None:
    with clock.at(moment), timezone.override(ZONE):
        while drain(actor=actor):
            pass
    connections.close_all()


def decide_pairs(size: Size, as_of: datetime) -> None:
    """The identity specialist has answered the older questions; what came up in the last weeks waits."""
    specialist = next(one.username for one in staff() if one.role == Role.IDENTITY_SPECIALIST)
    actor, truth = queries.actor_for(User.objects.get(username=specialist)), _truth(size, as_of)
    if PossibleMatch.objects.filter(decided_by_id=actor.id).exists():
        return
    waiting = list(PossibleMatch.objects.filter(state=MatchState.OPEN).order_by("created_at", "id"))
    for match in waiting[: len(waiting) - min(LEFT_TO_DECIDE, (len(waiting) + 1) // 2)]:
        draw = Draw("pairs", *sorted(_numbers(match.first_id) | _numbers(match.second_id)))
        at = rota.within_hours(draw, match.created_at, 1, 14)
        if at > as_of:
            continue
        who = {truth.get(number) for number in _numbers(match.first_id) | _numbers(match.second_id)} - {None}
        with clock.at(at):
            if len(who) == 1:
                identity.decide_same(actor=actor, match_id=match.id, reason=SAME)
            else:
                identity.decide_different(actor=actor, match_id=match.id, reason=APART)


def _numbers(patient_id: UUID) -> set[str]:
    return set(Patient.objects.get(id=patient_id).identifiers.values_list("value", flat=True))


def _truth(size: Size, as_of: datetime) -> dict[str, int]:
    """Who is meant by each record number: the plan knows."""
    plan = generator.plan_of(generator.SEED, size.persons, size.encounters, as_of)
    found: dict[str, int] = {}
    for person in (*plan.people, *plan.duplicates):
        who = person.index if person.alias_of is None else person.alias_of
        found |= {number: who for number in (*map(person.mrn, ("HVMC", "HVPC", "HVBH")), person.enterprise) if number}
    return found


def run_delinquency(as_of: datetime) -> None:
    """Its last four weeks: a leave, letters at the first facility each Monday, the rule's proposals after the last, one approval."""
    if LetterBatch.objects.exists() or Suspension.objects.exists():
        return
    names = [one.username for one in staff() if one.role == Role.ADMINISTRATOR]
    first, second = (queries.actor_for(user) for user in User.objects.filter(username__in=names).order_by("username")[:2])
    worker = Actor.system("worker", organisation=ORGANISATION_CODE)
    monday = as_of - timedelta(days=as_of.astimezone(ZONE).weekday())
    for week in (28, 21, 14, 7):
        with clock.at(monday - timedelta(days=week)):
            _send_letters(first, leave_too=week == 28)
    with clock.at(monday - timedelta(days=6)):
        delinquency.look(actor=worker)
    with clock.at(monday - timedelta(days=6, hours=-3)):
        if not Suspension.objects.exclude(state=Suspending.PROPOSED).exists():
            _approve_one(second)
    with clock.at(as_of):
        delinquency.look(actor=worker)


def _send_letters(actor: Actor, *, leave_too: bool) -> None:
    facility = Facility.objects.get(code=FACILITIES[0].code)
    due = late.letters_due(facility, late.book())
    if leave_too and due:
        oldest: dict[UUID, int] = {}
        for one in due:
            oldest.setdefault(one.practitioner_id, one.parts[0].days)
        begin, away = day_of(clock.now()) - timedelta(days=9), min(oldest, key=lambda who: oldest[who])
        delinquency.pause(
            actor=actor, practitioner_id=away, kind="leave", first=begin, last=begin + timedelta(days=13), reason=ON_LEAVE
        )  # fmt: skip
        due = late.letters_due(facility, late.book())
    if due:
        delinquency.make_letters(actor=actor, facility_id=facility.id, reviewed=delinquency.digest(due))


def _approve_one(actor: Actor) -> None:
    for row in late.open_suspensions(actor)[:1]:
        delinquency.decide(actor=actor, suspension_id=row.id, approve=True, reason=APPROVED)


def decline_some(as_of: datetime) -> None:
    """A few clinicians said lately that a chart is not theirs to complete: technicians find out whose it is."""
    week = as_of - timedelta(days=10)
    if DeficiencyStep.objects.filter(step=Step.DECLINE).exists():
        return
    owed = Deficiency.objects.filter(state=State.OPEN, opened_at__gt=week, responsible__user__isnull=False)
    rows = list(owed.select_related("responsible__user").order_by("opened_at", "id"))
    for row in rows[: min(DECLINED, (len(rows) + 5) // 6)]:
        assert row.responsible is not None
        assert row.responsible.user is not None
        with clock.at(min(as_of, row.opened_at + timedelta(hours=19))):
            completion.decline(actor=queries.actor_for(row.responsible.user), deficiency_id=row.id, reason=NOT_MINE)
