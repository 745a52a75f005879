"""The only writer of identity: source patient records, their numbers, and the links to persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from muniment.core import clock
from muniment.core.actions import action, held, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import Asked, ask, later
from muniment.core.lifecycle import Lifecycle
from muniment.core.rows import columns, rows
from muniment.identity import permissions, queries
from muniment.identity.models import Patient, PossibleMatch
from muniment.identity.rules import LinkKind, MatchState, agreements, deciding
from muniment.identity.statements import Demographics
from muniment.kernel.errors import NotAllowedInState, Unfileable
from muniment.kernel.ids import uuid7
from muniment.work import actions as work
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

MATCH_QUEUE = "possible-matches"
NUMBER_COLUMNS = ("system", "value", "type", "deciding", "patient_id", "since")
VERSION_COLUMNS = ("patient_id", "number", "content", "sha256", "event_id", "recorded_at")
LINK_COLUMNS = ("id", "patient_id", "kind", "from_person_id", "to_person_id", "reason", "event_id", "at")


class Number(NamedTuple):
    """An identifier as it is filed: assigner, value, type (HL7 table 0203)."""

    system: str
    value: str
    type: str = ""


@dataclass(slots=True)
class _Mine:
    """What the running unit of work has registered, and the records it has locked with the numbers they go by."""

    registered: set[UUID] = field(default_factory=set)
    patients: dict[UUID, Patient] = field(default_factory=dict)
    numbers: dict[UUID, set[Number]] = field(default_factory=dict)


def registered_here(patient_id: UUID) -> bool:
    """Whether the running unit of work opened this record: then nobody else knows it, and it holds only what the unit filed."""
    return patient_id in held(_Mine, _Mine).registered


def asking(patients: Iterable[UUID]) -> list[Asked]:
    """What locks these records and reads their numbers: two statements for any number of them. Rows that refer to one need not wait."""
    mine = held(_Mine, _Mine)
    wanted = [one for one in patients if one not in mine.patients]
    if not wanted:
        return []

    def lock(cursor: Any) -> None:
        mine.patients |= {row.id: row for row in rows(Patient, cursor.fetchall())}
        mine.numbers |= {one: set() for one in wanted}

    def number(cursor: Any) -> None:
        for patient_id, *found in cursor.fetchall():
            mine.numbers[patient_id].add(Number(*found))

    return [
        Asked(
            f"SELECT {columns(Patient)} FROM identity_patient WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE", [wanted], lock
        ),
        Asked(
            "SELECT patient_id, system, value, type FROM identity_identifier WHERE patient_id = ANY(%s::uuid[])", [wanted], number
        ),
    ]  # fmt: skip


def _forget(changed: Iterable[Patient]) -> None:
    """These rows were changed under another hand than ``update``'s: it is to read them again."""
    for row in changed:
        held(_Mine, _Mine).patients.pop(row.id, None)


@action("identity.register", Lifecycle.ORIGINATE)
def register(
    *, actor: Actor, numbers: Sequence[Number], said: Demographics, facility_id: UUID | None, mother_id: UUID | None = None
) -> Patient:
    """Open a source patient record, and a person of its own for it.

    Whoever looks like the same person becomes a question in the possible-matches queue; nothing is linked here. Raises
    IntegrityError when another transaction registers the same number first: the caller tries again and finds it.
    """
    now = clock.now()
    person_id = uuid7()
    later("identity_person", ("id", "created_at"), [(person_id, now)])
    patient = Patient(
        person_id=person_id,
        facility_id=facility_id,
        mother_id=mother_id,
        sha256=said.digest(),
        created_at=now,
        **said.columns(),
    )
    patient.save(force_insert=True)
    mine = held(_Mine, _Mine)
    mine.registered.add(patient.id)
    mine.patients[patient.id], mine.numbers[patient.id] = patient, set()
    _list_numbers(patient, numbers, now)
    event = leave(
        subject=("patient", patient.id), patient_id=patient.id, facility_id=facility_id,
        after={"person": str(person_id), "sha256": said.digest().hex(), "identifiers": len(numbers)},
    )  # fmt: skip
    stands(patient)
    _keep_version(patient, said, event.id, now)
    _keep_link(patient, LinkKind.REGISTERED, None, "", event.id, now)
    _ask_about_matches(actor, patient, said)
    return patient


@action("identity.update", Lifecycle.AMEND)
def update(*, actor: Actor, patient_id: UUID, numbers: Sequence[Number] = (), said: Demographics | None = None) -> Patient:
    """Add numbers and lay a new statement over what is known. The same statement again changes nothing."""
    ask(*asking([patient_id]))
    patient = held(_Mine, _Mine).patients[patient_id]
    now = clock.now()
    before = bytes(patient.sha256)
    added = _list_numbers(patient, numbers, now)
    whole = said.over(queries.demographics(patient)) if said else None
    changed = whole is not None and whole.digest() != before
    if not added and not changed:
        unchanged()
        return patient
    after = whole.digest().hex() if whole and changed else before.hex()
    event = leave(
        subject=("patient", patient.id), patient_id=patient.id, facility_id=patient.facility_id,
        before={"version": patient.number, "sha256": before.hex()}, after={"sha256": after, "identifiers": added},
    )  # fmt: skip
    if whole and changed:
        patient.number += 1
        patient.sha256 = whole.digest()
        columns = whole.columns()
        for name, value in columns.items():
            setattr(patient, name, value)
        patient.save(update_fields=["number", "sha256", *columns])
        stands(patient)
        _keep_version(patient, whole, event.id, now)
    return patient


@action("identity.merge", Lifecycle.MERGE)
def merge(*, actor: Actor, survivor_id: UUID, retired_id: UUID, reason: str) -> Patient:
    """Move the retired record's link to the survivor's person (HL7 v2 A40). No entry moves, nothing is deleted.

    The question whether the two are one person, and any about another record of that person, is answered by it.
    """
    both = {row.id: row for row in Patient.objects.select_for_update().filter(id__in=[survivor_id, retired_id]).order_by("id")}
    survivor, retired = both[survivor_id], both[retired_id]
    if survivor_id == retired_id:
        raise Unfileable("A record can't be merged into itself.", where="MRG-1", remedy="Check the two patient numbers.")
    if _was_merged_into(survivor, retired.id):
        raise Unfileable(
            "These two records were merged the other way round before.",
            where="MRG-1",
            remedy="Ask the sender which number survives.",
        )
    if retired.merged_into_id == survivor.id and retired.person_id == survivor.person_id:
        unchanged()
        return survivor
    former = retired.person_id
    retired.merged_into_id = survivor.id
    retired.person_id = survivor.person_id
    retired.save(update_fields=["merged_into_id", "person"])
    event = leave(
        subject=("patient", retired.id), patient_id=retired.id, reason=reason,
        before={"person": str(former), "source": str(retired.id)}, after={"person": str(survivor.person_id), "target": str(survivor.id)},
    )  # fmt: skip
    stands(retired)
    _forget([retired])
    _note_link(retired, LinkKind.MERGED, former, reason, event.id)
    _settle_answered(actor, [retired], f"Merged: {reason}" if reason else "Merged by the sending system")
    return survivor


def _was_merged_into(patient: Patient, other_id: UUID) -> bool:
    """Whether ``patient`` was merged into the other, by whatever steps."""
    into = patient.merged_into_id
    while into is not None and into != other_id:
        into = Patient.objects.values_list("merged_into_id", flat=True).get(id=into)
    return into is not None


@action("identity.link", Lifecycle.LINK)
def decide_same(*, actor: Actor, match_id: UUID, reason: str, revision: int | None = None) -> PossibleMatch:
    """Answer a possible match: one person. Every record of the second's person comes to the first's.

    Nothing moves where a merge made the two one person before the answer.
    """
    pair = _locked_pair(match_id)  # before the question, in the order a merge takes them
    match = _open_match(actor, match_id, reason)
    first, second = pair[match.first_id], pair[match.second_id]
    former = second.person_id
    others = Patient.objects.filter(person_id=former).exclude(person_id=first.person_id)
    moving = list(others.select_for_update().order_by("id"))
    Patient.objects.filter(id__in=[row.id for row in moving]).update(person_id=first.person_id)
    event = leave(
        subject=("possible-match", match.id), patient_id=second.id, reason=reason,
        before={"person": str(former)}, after={"person": str(first.person_id), "patients": [str(row.id) for row in moving]},
    )  # fmt: skip
    for row in moving:
        row.person_id = first.person_id
        _note_link(row, LinkKind.LINKED, former, reason, event.id)
    stands(*moving)
    _forget(moving)
    _close_match(actor, match, MatchState.SAME, reason, revision)
    _settle_answered(actor, moving, reason)
    return match


@action("identity.keep-apart", Lifecycle.VERIFY)
def decide_different(*, actor: Actor, match_id: UUID, reason: str, revision: int | None = None) -> PossibleMatch:
    """Answer a possible match: two people. The pair is not asked about again."""
    match = _open_match(actor, match_id, reason)
    leave(subject=("possible-match", match.id), patient_id=match.second_id, reason=reason, after={"state": "different people"})
    _close_match(actor, match, MatchState.DIFFERENT, reason, revision)
    return match


@action("identity.find", Lifecycle.ACCESS)
def note_find(*, actor: Actor, kind: str, count: int) -> None:
    """Somebody looked for a patient (45 CFR 164.312(b)). What was typed is not kept: only what kind of search it was."""
    leave(subject=("search", "patients"), after={"kind": kind, "found": count})


@action("identity.view", Lifecycle.ACCESS)
def note_view(*, actor: Actor, patient_id: UUID, person_id: UUID, facility_id: UUID | None = None) -> None:
    """Somebody saw who a person is: demographics, numbers, stays."""
    leave(subject=("person", person_id), patient_id=patient_id, facility_id=facility_id, after={"shown": "person"})


def _locked_pair(match_id: UUID) -> dict[UUID, Patient]:
    asked = PossibleMatch.objects.filter(id=match_id).values_list("first_id", "second_id").first() or ()
    return {row.id: row for row in Patient.objects.select_for_update().filter(id__in=asked).order_by("id")}


def _open_match(actor: Actor, match_id: UUID, reason: str) -> PossibleMatch:
    queries.match_for(actor, match_id)
    match = PossibleMatch.objects.select_for_update().get(id=match_id)
    permissions.check_decide(actor, match, reason)
    if match.state != MatchState.OPEN:
        raise NotAllowedInState(f"This pair was already decided: {match.state}.", remedy="Take the next one.")
    return match


def _close_match(actor: Actor, match: PossibleMatch, state: MatchState, reason: str, revision: int | None) -> None:
    match.state, match.decided_by_id, match.decided_at, match.reason = state, actor.id, clock.now(), reason[:400]
    match.save()
    stands(match)
    item = WorkItem.objects.filter(queue_id=MATCH_QUEUE, subject_id=str(match.id), state__in=ACTIVE).first()
    if item:
        work.complete(actor=actor, item_id=item.id, reason=str(state), revision=revision)


def _settle_answered(actor: Actor, moved: Sequence[Patient], reason: str) -> None:
    """Close the open questions about these records and others that are now the same person's."""
    ours = [row.id for row in moved]
    persons = {row.person_id for row in moved}
    theirs = list(Patient.objects.filter(person_id__in=persons).values_list("id", flat=True))
    asked = PossibleMatch.objects.select_for_update().filter(state=MatchState.OPEN)
    asked = asked.filter(Q(first_id__in=ours, second_id__in=theirs) | Q(first_id__in=theirs, second_id__in=ours))
    answered = list(asked.order_by("id"))
    for match in answered:
        match.state, match.decided_by_id, match.decided_at = MatchState.SAME, actor.id, clock.now()
        match.reason = reason[:400]
        match.save()
    stands(*answered)
    subjects = [("possible-match", str(match.id)) for match in answered]
    if subjects:
        work.settle(actor=actor, queue=MATCH_QUEUE, subjects=subjects, reason=reason)


def _list_numbers(patient: Patient, numbers: Sequence[Number], now: datetime) -> int:
    have = held(_Mine, _Mine).numbers[patient.id]
    new = [number for number in dict.fromkeys(numbers) if number not in have]
    listed = [(one.system, one.value, one.type, deciding(one.type), patient.id, now) for one in new]
    later("identity_identifier", NUMBER_COLUMNS, listed)
    have.update(new)
    return len(new)


def _keep_version(patient: Patient, said: Demographics, event_id: UUID, now: datetime) -> None:
    row = (patient.id, patient.number, said.canonical().decode(), said.digest(), event_id, now)
    later("identity_patient_version", VERSION_COLUMNS, [row])


def _note_link(patient: Patient, kind: LinkKind, former: UUID, reason: str, event_id: UUID) -> None:
    _keep_link(patient, kind, former, reason, event_id, clock.now())


def _keep_link(patient: Patient, kind: LinkKind, former: UUID | None, reason: str, event_id: UUID, at: datetime) -> None:
    row = (uuid7(), patient.id, kind, former, patient.person_id, reason[:400], event_id, at)
    later("identity_link", LINK_COLUMNS, [row])


def _ask_about_matches(actor: Actor, patient: Patient, said: Demographics) -> None:
    traits = said.traits()
    found = []
    for other in queries.similar(patient, said):
        words = agreements(traits, queries.traits(other))
        if words:
            found.append(
                PossibleMatch(first_id=other.id, second_id=patient.id, agreements=words, created_at=patient.created_at)
            )
    if not found:
        return
    PossibleMatch.objects.bulk_create(found)
    stands(*found)
    items = [
        work.NewItem(
            queue=MATCH_QUEUE, subject=("possible-match", str(match.id)), facility_id=patient.facility_id, patient_id=patient.id,
            title="Two records that may be one person", reason="; ".join(match.agreements), priority=len(match.agreements) - 2,
        )
        for match in found
    ]  # fmt: skip
    work.create(actor=actor, items=items)
