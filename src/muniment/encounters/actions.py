"""The only writer of stays and movements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core.actions import action, held, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import Asked, Known, ask, later
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.core.rows import columns, rows
from muniment.encounters import queries
from muniment.encounters.happenings import StaysChanged
from muniment.encounters.models import Encounter, Movement
from muniment.encounters.rules import Move, Status, Stay, replay
from muniment.identity.actions import registered_here
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7

_KEY = ("patient_id", "id")
STAY_COLUMNS: tuple[str, ...] = (
    *_KEY, *(str(column.column) for column in Encounter._meta.concrete_fields if column.column not in _KEY)
)  # fmt: skip
ASIDE = ("patient_id", "encounter_id", "event_id", "class_code", "attending_id")  # what a Move calls otherwise or does not know
MOVEMENT_COLUMNS = (
    *ASIDE, "key", "kind", "occurred_at", "recorded_at", "service", "unit", "room", "bed", "disposition", "admitted_at", "discharged_at"
)  # fmt: skip
_SOUGHT = "stay.patient_id = ANY(%s::uuid[]) AND stay.visit_number = ANY(%s::text[])"
_LOCK = (
    f"SELECT {columns(Encounter, 'stay')} FROM encounters_encounter AS stay WHERE {_SOUGHT}"
    " ORDER BY stay.patient_id, stay.id FOR UPDATE"
)
_MOVES = (
    f"SELECT {columns(Movement, 'movement')} FROM encounters_encounter AS stay JOIN encounters_movement AS movement"
    f" ON movement.patient_id = stay.patient_id AND movement.encounter_id = stay.id WHERE {_SOUGHT}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMove:
    """A movement and the stay it belongs to. ``visit`` is (assigner, visit number); ``encounter_id`` fixes a new stay's id."""

    facility: Facility
    visit: tuple[str, str]
    movement: Move
    account: str = ""
    reason: str = ""
    encounter_id: UUID | None = None


@dataclass(slots=True)
class _Mine:
    """The stays the running unit of work has locked, with all their movements: nobody else can change them until it ends."""

    visits: set[tuple[UUID, str]] = field(default_factory=set)  # (patient, visit number) looked for
    stays: dict[tuple[UUID, UUID, str, str], Encounter] = field(default_factory=dict)  # by patient and visit
    moves: dict[UUID, dict[str, Move]] = field(default_factory=dict)


def asking(visits: Iterable[tuple[UUID, str]]) -> list[Asked]:
    """What locks the stays of these (patient, visit number) and reads their movements: two statements for any number."""
    mine = held(_Mine, _Mine)
    wanted = {one for one in visits if one not in mine.visits}
    mine.visits |= wanted
    wanted = {one for one in wanted if not registered_here(one[0])}
    if not wanted:
        return []
    sought = [list({patient for patient, _ in wanted}), list({number for _, number in wanted})]
    found: set[UUID] = set()  # the stays that were not known: of the others all movements are

    def lock(cursor: Any) -> None:
        for stay in rows(Encounter, cursor.fetchall()):
            mine.visits.add((stay.patient_id, stay.visit_number))
            key = (stay.patient_id, stay.facility_id, stay.visit_system, stay.visit_number)
            if key not in mine.stays:
                mine.stays[key], mine.moves[stay.id] = stay, {}
                found.add(stay.id)

    def move(cursor: Any) -> None:
        for row in rows(Movement, cursor.fetchall()):
            if row.encounter_id in found:
                mine.moves[row.encounter_id][row.key] = queries.as_move(row)

    return [Asked(_LOCK, sought, lock), Asked(_MOVES, sought, move)]


def known_stay(patient_id: UUID, facility_id: UUID, visit: tuple[str, str]) -> UUID | None:
    """The stay this visit number means, if there is one. It is locked until the unit of work ends."""
    ask(*asking([(patient_id, visit[1])]))
    found = held(_Mine, _Mine).stays.get((patient_id, facility_id, *visit))
    return found.id if found else None


@action("encounters.move", Lifecycle.ORIGINATE)
def move(*, actor: Actor, patient: Patient, moves: Sequence[NewMove]) -> list[Encounter]:
    """Record movements of a patient's stays and say anew what each stay is. Returns the stays, in the order of ``moves``.

    ``movement.attending`` is a practitioner's id as text, or empty. The same movement twice changes nothing; movements may come
    in any order.
    """
    stays = _find_or_open(patient, moves)
    before = {stay.id: queries.facts(stay) for stay in stays.values() if not stay._state.adding}
    moves_of = held(_Mine, _Mine).moves
    changed: dict[UUID, Encounter] = {}
    kept: list[tuple[Encounter, Move]] = []
    for one in moves:
        stay = stays[_visit_key(one)]
        mine = moves_of.setdefault(stay.id, {})
        if one.movement.key in mine:
            continue
        mine[one.movement.key] = one.movement
        _restate(stay, replay(mine.values()), one.account, one.reason)
        changed[stay.id] = stay
        kept.append((stay, one.movement))
    if not kept:
        unchanged()
        return [stays[_visit_key(one)] for one in moves]
    event_id = _leave(patient, list(changed.values()), before)
    _write(patient, list(changed.values()), kept, event_id)
    finished = frozenset(
        stay.id for stay in changed.values() if Status.FINISHED in (stay.status, before.get(stay.id, {}).get("status"))
    )
    announce(StaysChanged(patient_id=patient.id, encounters=frozenset(changed), finished=finished))
    return [stays[_visit_key(one)] for one in moves]


def _visit_key(one: NewMove) -> tuple[UUID, str, str]:
    return (one.facility.id, *one.visit)


def _find_or_open(patient: Patient, moves: Sequence[NewMove]) -> dict[tuple[UUID, str, str], Encounter]:
    ask(*asking((patient.id, one.visit[1]) for one in moves))
    known = held(_Mine, _Mine).stays
    stays = {}
    for one in moves:
        key = _visit_key(one)
        stays[key] = known.get((patient.id, *key)) or known.setdefault((patient.id, *key), _opened(patient, one))
    return stays


def _opened(patient: Patient, one: NewMove) -> Encounter:
    return Encounter(
        id=one.encounter_id or uuid7(), patient=patient, facility=one.facility,
        visit_system=one.visit[0], visit_number=one.visit[1], revision=0,
    )  # fmt: skip


def _restate(stay: Encounter, now: Stay, account: str, reason: str) -> None:
    stay.status, stay.class_code, stay.service = now.status, now.class_, now.service
    stay.unit, stay.room, stay.bed, stay.disposition = now.unit, now.room, now.bed, now.disposition
    stay.admitted_at, stay.discharged_at = now.admitted_at, now.discharged_at
    stay.attending_id = UUID(now.attending) if now.attending else None
    stay.account_number = account or stay.account_number
    stay.reason = reason[:400] or stay.reason
    stay.revision += 1


def _leave(patient: Patient, stays: list[Encounter], before: dict[UUID, dict[str, Any]]) -> UUID:
    first = stays[0]
    one = len(stays) == 1
    event = leave(
        subject=("encounter", first.id) if one else ("encounters", patient.id), patient_id=patient.id, facility_id=first.facility_id,
        before=before.get(first.id) if one else {},
        after=queries.facts(first) if one else {"stays": len(stays), "first": str(first.id)},
    )  # fmt: skip
    return event.id


def _write(patient: Patient, stays: list[Encounter], kept: list[tuple[Encounter, Move]], event_id: UUID) -> None:
    for stay in stays:
        known = Known.NEVER if stay._state.adding else Known.REPLACED
        later("encounters_encounter", STAY_COLUMNS, [[getattr(stay, name) for name in STAY_COLUMNS]], key=2, known=known)
        stay._state.adding = False
    stands(*stays)
    later("encounters_movement", MOVEMENT_COLUMNS, [_cells(patient, stay, movement, event_id) for stay, movement in kept])


def _cells(patient: Patient, stay: Encounter, move: Move, event_id: UUID) -> tuple[Any, ...]:
    return (
        patient.id, stay.id, event_id, move.class_, move.attending or None,
        *[getattr(move, name) for name in MOVEMENT_COLUMNS[len(ASIDE) :]],
    )  # fmt: skip
