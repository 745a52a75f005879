"""The work that lies in the past when the demo begins: charts analysed, older stays coded. Done through the same actions."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from muniment.accounts import queries
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.coding import actions as coding
from muniment.coding.drafting import Draft, DraftCode
from muniment.coding.drafting import Role as CodeRole
from muniment.coding.models import FinalCoding
from muniment.coding.rules import POA
from muniment.completion import actions as completion
from muniment.core.actions import action, leave, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.demo import generator
from muniment.demo.organisation import DEFAULT_AS_OF
from muniment.demo.size import Size
from muniment.demo.staff import staff
from muniment.demo.story import Gold
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Problem
from muniment.work.models import WorkItem

CODED_UNTIL = timedelta(days=6)  # stays discharged longer ago than this were coded
CHUNK = 20


@action("demo.finish", Lifecycle.CONFIGURE)
def finish(*, actor: Actor) -> None:
    """Say that the demo hospital is loaded."""
    leave(subject=("demo", "loaded"))


def work_off(actor: Actor, progress: Callable[[str, int, int], None], processes: int, size: Size) -> None:
    """What the department would have done by now: charts analysed, queues filled, older stays coded."""
    _analyse(actor, progress)
    while coding.bring_into_step(actor=actor):
        pass
    _code_all(progress, processes, size)
    finish(actor=actor)


def _analyse(actor: Actor, progress: Callable[[str, int, int], None]) -> None:
    done, total = 0, Encounter.objects.filter(status="finished").count()
    while count := completion.drain(actor=actor):
        done += count
        progress("charts analysed", min(done, total), total)


def _coders() -> list[Actor]:
    names = [person.username for person in staff() if person.role == Role.CODER]
    return [queries.actor_for(user) for user in User.objects.filter(username__in=names).order_by("username")]


def _code_all(progress: Callable[[str, int, int], None], processes: int, size: Size) -> None:
    """Queue up what lies far enough back and is in the coding queue; several coders at once."""
    found = WorkItem.objects.filter(queue_id="coding", state="open").values_list("encounter_id", flat=True)
    waiting = {one for one in found if one}
    stays = {
        row.visit_number: row
        for row in Encounter.objects.filter(id__in=waiting).only("id", "patient_id", "visit_number", "facility_id")
    }
    gold = generator.gold(persons=size.persons, encounters=size.encounters)
    until = DEFAULT_AS_OF.date() - CODED_UNTIL
    todo = [(stays[visit], one) for visit, one in gold.items() if visit in stays and one.discharged <= until]
    coders = _coders()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with context.Pool(processes) as pool:
        done = 0
        for count in pool.imap_unordered(_code_some, list(_chunks(todo, coders))):
            done += count
            progress("stays coded", done, len(todo))


def _chunks(todo: Sequence[Any], coders: list[Actor]) -> Iterator[tuple[Actor, Sequence[Any]]]:
    """Stays in small lots, each for a coder of their facility, the coders taking turns."""
    lots: dict[UUID, list[Any]] = {}
    for stay, gold in todo:
        lots.setdefault(stay.facility_id, []).append((stay, gold))
    for facility_id, lot in lots.items():
        able = [coder for coder in coders if facility_id in coder.facilities]
        for place in range(0, len(lot) if able else 0, CHUNK):
            yield able[place // CHUNK % len(able)], lot[place : place + CHUNK]


def _code_some(job: tuple[Actor, Sequence[tuple[Encounter, Gold]]]) -> int:
    coder, stays = job
    for stay, gold in stays:
        if not FinalCoding.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id).exists():
            _code(coder, stay, gold)
    return len(stays)


def _code(coder: Actor, stay: Encounter, gold: Gold) -> None:
    """As a coder would. What the edits do not pass is left a draft, for a coder to look at."""
    with unit_of_work():
        draft = coding.open_draft(actor=coder, patient_id=stay.patient_id, encounter_id=stay.id)
        kept = coding.set_codes(
            actor=coder, patient_id=stay.patient_id, abstract_id=draft.id, revision=draft.revision, draft=as_draft(gold)
        )
    try:
        coding.finalise(actor=coder, patient_id=stay.patient_id, abstract_id=draft.id, revision=kept.revision)
    except Problem:
        return


def as_draft(gold: Gold) -> Draft:
    """The expected codes as a draft abstract."""

    def line(role: CodeRole, text: str, poa: POA = POA.NONE, on: date | None = None) -> DraftCode:
        return DraftCode(role=role, code=DraftCode.read(role, text).code, poa=poa, on=on)

    def present(poa: str) -> POA:
        return POA(poa) if poa else POA.EXEMPT

    lines = [line(CodeRole.PRINCIPAL, gold.principal, present(gold.principal_poa))]
    lines += [line(CodeRole.SECONDARY, code, present(poa)) for code, poa in gold.secondary]
    lines += [line(CodeRole.PROCEDURE, code, on=on) for code, on in gold.procedures]
    return Draft(codes=tuple(lines), disposition=gold.disposition)
