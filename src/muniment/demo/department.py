"""The department at work while its past is told: after each lot of messages it analyses, hands out, signs and codes.

One of these stands in every process that files, and looks after the stays whose messages go through it. All of it goes through
the same actions as the screens, with the clock set to the moment it happened (ADR 0015).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.synchronize import Event
from uuid import UUID

from muniment.accounts import queries
from muniment.accounts.models import User
from muniment.coding import actions as coding
from muniment.coding import enqueueing
from muniment.coding import queries as abstracts
from muniment.coding.drafting import Draft, DraftCode
from muniment.coding.drafting import Role as CodeRole
from muniment.coding.models import Abstract, FinalCoding
from muniment.coding.rules import POA
from muniment.completion import actions as completion
from muniment.completion.models import Deficiency
from muniment.completion.rules import Kind, State
from muniment.core import clock
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.demo import generator, rota
from muniment.demo.course import case_of
from muniment.demo.kinds import KINDS
from muniment.demo.organisation import ORGANISATION_CODE, day_of
from muniment.demo.size import Size
from muniment.demo.story import Gold
from muniment.demo.story import gold as gold_of
from muniment.demo.timeline import Stay
from muniment.demo.writer import MINUTE, Sent
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Problem
from muniment.record.models import Entry
from muniment.work import actions as work

Jobs = list[tuple[datetime, str, str]]  # (when, visit, what): a heap
Turn = tuple[datetime, Encounter, Gold]  # a stay that is coded: when, and as what
SOON = timedelta(minutes=20)


@dataclass(slots=True)
class Department:
    """``seed``, ``size`` and ``as_of`` name the tale; ``code_sets`` is set when they are installed: until then coding waits."""

    seed: int
    size: Size
    as_of: datetime
    code_sets: Event
    left: dict[str, Encounter] = field(default_factory=dict)  # stays that ended, by visit number
    to_sign: Jobs = field(default_factory=list)
    to_code: Jobs = field(default_factory=list)
    actors: dict[str, Actor] = field(default_factory=dict)
    _stays: dict[str, Stay] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plan = generator.plan_of(self.seed, self.size.persons, self.size.encounters, self.as_of)
        self._stays = {stay.visit: stay for stay in plan.stays}

    def live_on(self, lot: Sequence[Sent], until: datetime) -> None:
        """What the department does about a lot of messages that is filed, and what else falls due ``until`` then."""
        visits = {one.name.partition("-")[0] for one in lot if one.kind == "hl7v2"} & self._stays.keys()
        new = self._note(visits)
        touched = [self.left[visit] for visit in sorted(visits) if visit in self.left]
        if touched:
            with clock.at(until):
                completion.analyse(actor=_part("chart analysis"), encounters=[(one.patient_id, one.id) for one in touched])
        self._hand_out(new, until)
        self._sign(until)
        self._code(until)

    def catch_up(self) -> None:
        """When all is filed: whatever still falls due until the end of the tale."""
        self.code_sets.wait()
        self._sign(self.as_of)
        self._code(self.as_of)

    def _note(self, visits: set[str]) -> list[Encounter]:
        """Which of these stays are over; those that were not before, and what is to be done about them and when."""
        found = Encounter.objects.filter(visit_number__in=visits, status="finished", discharged_at__isnull=False)
        new = []
        for row in found:
            if row.visit_number not in self.left:
                new.append(row)
                self._look_ahead(self._stays[row.visit_number])
            self.left[row.visit_number] = row
        return new

    def _look_ahead(self, stay: Stay) -> None:
        story = stay.story
        if story.patient_class in rota.CODED_CLASSES:
            turn = rota.coding_turn(self.seed, stay.visit, story.facility, stay.end)
            heapq.heappush(self.to_code, (turn.at, stay.visit, turn.coder))
        for kind, gap in rota.gaps(self.seed, stay.visit, story, stay.end, self.as_of).items():
            if gap.state == "unsigned" and gap.until > self.as_of - timedelta(days=rota.SIGNING_DAYS):
                heapq.heappush(self.to_sign, (gap.until, stay.visit, kind))

    def _hand_out(self, stays: Iterable[Encounter], until: datetime) -> None:
        """Into the coding queue, on the evening of the day they ended."""
        by_day = defaultdict(list)
        for stay in stays:
            assert stay.discharged_at is not None
            by_day[min(until, rota.evening(day_of(stay.discharged_at)))].append((stay.patient_id, stay.id))
        for moment, some in sorted(by_day.items()):
            items, _ = enqueueing.sort(some)
            if items:
                with clock.at(moment):
                    work.create(actor=_part("worker"), items=items)

    def _sign(self, until: datetime) -> None:
        later: Jobs = []
        while self.to_sign and self.to_sign[0][0] <= until:
            at, visit, kind = heapq.heappop(self.to_sign)
            for place, owed in enumerate(self._owed(self.left[visit], kind)):
                moment = max(at, owed.opened_at + SOON) + place * MINUTE
                if moment > until:
                    later.append((max(moment, until), visit, kind))
                    break
                self._sign_one(owed, moment)
        for job in later:
            heapq.heappush(self.to_sign, job)

    def _sign_one(self, owed: Deficiency, moment: datetime) -> None:
        assert owed.responsible is not None
        assert owed.responsible.user is not None
        assert owed.entry_id is not None
        number = Entry.objects.values_list("number", flat=True).get(patient_id=owed.patient_id, entry_id=owed.entry_id)
        with clock.at(moment):
            completion.sign(actor=self._actor(owed.responsible.user.username), deficiency_id=owed.id, number=number)

    @staticmethod
    def _owed(stay: Encounter, kind: str) -> list[Deficiency]:
        """The documents of that kind that wait for a signature of somebody who can sign here."""
        found = Deficiency.objects.select_related("responsible__user").filter(
            patient_id=stay.patient_id, encounter_id=stay.id, kind=Kind.MISSING_SIGNATURE, state=State.OPEN
        )
        return list(found.filter(document_code=KINDS[kind][0], responsible__user__isnull=False).order_by("opened_at", "id"))

    def _code(self, until: datetime) -> None:
        """Everything whose turn has come, coder by coder."""
        if not self.code_sets.is_set():
            return
        due: dict[str, list[Turn]] = defaultdict(list)
        while self.to_code and self.to_code[0][0] <= until:
            at, visit, coder = heapq.heappop(self.to_code)
            due[coder].append((at, self.left[visit], gold_of(case_of(self.seed, self._stays[visit]))))
        coded = _coded([stay for turns in due.values() for _, stay, _ in turns])
        for coder, turns in due.items():
            self._code_some(self._actor(coder), [turn for turn in turns if turn[1].id not in coded])

    def _code_some(self, actor: Actor, turns: Sequence[Turn]) -> None:
        """In one transaction; where the edits stop one of them, each by itself, and that one stays a draft for a coder to look at."""
        try:
            with unit_of_work():
                for turn in turns:
                    _code_one(actor, *turn)
        except Problem:
            if len(turns) > 1:
                for turn in turns:
                    self._code_some(actor, [turn])
            else:
                at, stay, gold = turns[0]
                with clock.at(at), unit_of_work():
                    begun = abstracts.draft_abstract(stay)
                    if begun is None or not abstracts.lines_of(begun):  # else a load that is taken up again drafted it
                        _drafted(stay, actor, gold)

    def _actor(self, username: str) -> Actor:
        if username not in self.actors:
            self.actors[username] = queries.actor_for(User.objects.get(username=username))
        return self.actors[username]


def _part(name: str) -> Actor:
    return Actor.system(name, organisation=ORGANISATION_CODE)


def _coded(stays: Sequence[Encounter]) -> set[UUID]:
    """Which of the stays have final codes: a load that was stopped and is taken up again comes by them once more."""
    if not stays:
        return set()
    found = FinalCoding.objects.filter(
        patient_id__in=[stay.patient_id for stay in stays], encounter_id__in=[stay.id for stay in stays]
    )
    return set(found.values_list("encounter_id", flat=True))


def _code_one(actor: Actor, at: datetime, stay: Encounter, gold: Gold) -> None:
    """As a coder would."""
    with clock.at(at):
        draft = _drafted(stay, actor, gold)
        coding.finalise(actor=actor, patient_id=stay.patient_id, abstract_id=draft.id, revision=draft.revision)


def _drafted(stay: Encounter, actor: Actor, gold: Gold) -> Abstract:
    draft = coding.open_draft(actor=actor, patient_id=stay.patient_id, encounter_id=stay.id)
    return coding.set_codes(
        actor=actor, patient_id=stay.patient_id, abstract_id=draft.id, revision=draft.revision, draft=as_draft(gold)
    )


def as_draft(gold: Gold) -> Draft:
    """The expected codes as a draft abstract."""

    def line(role: CodeRole, text: str, poa: POA = POA.NONE) -> DraftCode:
        return DraftCode(role=role, code=DraftCode.read(role, text).code, poa=poa)

    def present(poa: str) -> POA:
        return POA(poa) if poa else POA.EXEMPT

    lines = [line(CodeRole.PRINCIPAL, gold.principal, present(gold.principal_poa))]
    lines += [line(CodeRole.SECONDARY, code, present(poa)) for code, poa in gold.secondary]
    lines += [
        DraftCode(role=CodeRole.PROCEDURE, code=DraftCode.read(CodeRole.PROCEDURE, code).code, on=on)
        for code, on in gold.procedures
    ]
    return Draft(codes=tuple(lines), disposition=gold.disposition)
