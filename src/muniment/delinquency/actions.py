"""The only writer of absences, letters and suspensions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from muniment.accounts.models import Facility, Practitioner
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.delinquency import permissions, queries, typeset
from muniment.delinquency.models import Absence, Letter, LetterBatch, LetterLine, Suspension
from muniment.delinquency.queries import Due, Part
from muniment.delinquency.queues import LETTERS
from muniment.delinquency.rules import OPEN, State
from muniment.identity.web.presenters import whose
from muniment.kernel.errors import Conflict, Refused
from muniment.kernel.ids import uuid7
from muniment.record import blobs
from muniment.ui.words import inside
from muniment.work import actions as work
from muniment.work.actions import NewItem

PDF = "application/pdf"
SETTLED = "Nothing delinquent is left."


@action("delinquency.pause", Lifecycle.WORK)
def pause(*, actor: Actor, practitioner_id: UUID, kind: str, first: date, last: date, reason: str) -> Absence:
    """Enter a practitioner's absence: its days don't count for what they owe. Both ends are included."""
    permissions.check_administer(actor)
    said = permissions.check_said(reason, "Say why the practitioner is away.")
    if last < first:
        raise Refused("The last day is before the first.", where="last")
    allowed = queries.book().longest(clock.today())
    if kind not in allowed:
        raise Refused(f"No rule in force lets {kind} pause the clock.", where="kind", remedy="Adopt one in the rule book.")
    practitioner = Practitioner.objects.get(id=practitioner_id)
    row = Absence(
        practitioner=practitioner, kind=kind, first=first, last=last, reason=said[:300], recorded_at=clock.now(), recorded_by=actor.name
    )  # fmt: skip
    event = leave(
        subject=("absence", row.id), reason=said,
        after={"practitioner": str(practitioner.id), "kind": kind, "first": first.isoformat(), "last": last.isoformat()},
    )  # fmt: skip
    row.event_id = event.id
    row.save(force_insert=True)
    stands(row)
    return row


@action("delinquency.withdraw-pause", Lifecycle.WORK)
def withdraw_pause(*, actor: Actor, absence_id: UUID, reason: str) -> Absence:
    """Take an absence back: from now on its days count. What was known before stays in the figures of its time."""
    permissions.check_administer(actor)
    said = permissions.check_said(reason, "Say why it is withdrawn.")
    row = Absence.objects.select_for_update().filter(id=absence_id).first()
    if row is None or row.withdrawn_at:
        raise Conflict("This absence is withdrawn already; nothing of yours was written.", remedy="Look at the list again.")
    event = leave(subject=("absence", row.id), reason=said, after={"withdrawn": True})
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = clock.now(), actor.name, said[:300]
    row.event_id, row.revision = event.id, row.revision + 1
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why", "event_id", "revision"])
    stands(row)
    return row


def digest(due: Sequence[Due]) -> str:
    """Names a list of letters as it was reviewed: whom, which level, which charts with how many days."""
    said = [
        f"{one.practitioner_id} {one.number} {part.owed.encounter_id} {part.days} {len(part.debts)}"
        for one in due
        for part in one.parts
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@action("delinquency.make-letters", Lifecycle.WORK)
def make_letters(*, actor: Actor, facility_id: UUID, reviewed: str) -> LetterBatch:
    """Make the letters that are due at a facility into one PDF. ``reviewed`` is the ``digest`` of the list that was read."""
    permissions.check_administer(actor, facility_id)
    _lock(facility_id)
    facility, rules = Facility.objects.get(id=facility_id), queries.book()
    due = queries.letters_due(facility, rules)
    if not due or digest(due) != reviewed:
        raise Conflict(
            "The letters that are due have changed since you looked; none was made.", remedy="Review the list again."
        )
    day = clock.now().astimezone(ZoneInfo(facility.zone)).date()
    rule = rules.rule("letters", day)
    assert rule is not None
    row = LetterBatch(id=uuid7(), facility=facility, made_at=clock.now(), made_by=actor.name, letters=len(due))
    letters = [
        Letter(
            batch=row, practitioner_id=one.practitioner_id, level=one.number, day=one.level.day, title=one.level.title,
            rule_number=rule.number, citation=rule.cited,
        )
        for one in due
    ]  # fmt: skip
    lines = _lines(actor, facility, due, letters)
    row.sha256 = blobs.put(typeset.letters(facility, day, due, lines, rules), PDF)
    event = leave(
        subject=("letters", row.id), facility_id=facility.id,
        after={"letters": len(due), "charts": len(lines), "pdf": bytes(row.sha256).hex()},
    )  # fmt: skip
    row.event_id = event.id
    row.save(force_insert=True)
    Letter.objects.bulk_create(letters)
    LetterLine.objects.bulk_create(lines)
    stands(row, *letters, *lines)
    work.settle(actor=actor, queue=LETTERS, subjects=[("letters", str(facility.id))], reason="The letters were made")
    return row


def _lines(actor: Actor, facility: Facility, due: Sequence[Due], letters: Sequence[Letter]) -> list[LetterLine]:
    named = whose(actor, {(part.owed.patient_id, facility.id) for one in due for part in one.parts})
    return [
        LetterLine(
            letter=letter, practitioner_id=one.practitioner_id, facility_id=facility.id, patient_id=part.owed.patient_id,
            encounter_id=part.owed.encounter_id, level=one.number, day=one.level.day, days=part.days,
            patient=named[part.owed.patient_id, facility.id].name[:300], number=named[part.owed.patient_id, facility.id].number[:160],
            discharged=part.owed.day(part.owed.discharged_at), owed=owed_words(part),
        )
        for one, letter in zip(due, letters, strict=True)
        for part in one.parts
    ]  # fmt: skip


def owed_words(part: Part) -> list[str]:
    """What is owed of a chart: "missing signature: discharge summary"."""
    return [f"{one.owed.kind}: {inside(one.owed.document_name)}"[:300] for one in part.debts]


@action("delinquency.propose-suspension", Lifecycle.WORK)
def propose(*, actor: Actor, facility_id: UUID, practitioner_id: UUID, reason: str = "") -> Suspension:
    """Propose to suspend somebody who owes a delinquent chart there. The worker proposes by the rule and needs no reason."""
    permissions.check_administer(actor, facility_id)
    _lock(facility_id)
    rules, now = queries.book(), clock.now()
    facility = Facility.objects.get(id=facility_id)
    day = now.astimezone(ZoneInfo(facility.zone)).date()
    said, rule = rules.suspending(day), rules.rule("suspension", day)
    if said is None or rule is None:
        raise Refused("No rule about suspension is in force.", remedy="Adopt one in the rule book.")
    found = queries.to_suspend(facility, rules) if actor.is_system else queries.delinquent_parts(facility, rules)
    parts = found.get(practitioner_id, [])
    if not parts:
        raise Refused("This practitioner owes nothing delinquent at this facility.", where="practitioner")
    if Suspension.objects.filter(facility=facility, practitioner_id=practitioner_id, state__in=OPEN).exists():
        raise Conflict("A suspension of this practitioner is proposed or in force already; nothing of yours was written.")
    why = _because(parts) if actor.is_system else permissions.check_said(reason, "Say why the suspension is proposed.")
    row = Suspension(
        practitioner_id=practitioner_id, facility=facility, state=State.PROPOSED if said.approval else State.IN_FORCE,
        charts=[part.owed.encounter_id for part in parts], citation=rule.cited, proposed_at=now, proposed_by_id=actor.id,
        proposed_by=actor.name, proposed_why=why[:400], revision=0,
    )  # fmt: skip
    _write(row, reason=why)
    if said.approval:
        work.create(actor=actor, items=[_item(row)])
    return row


def _because(parts: Sequence[Part]) -> str:
    count = "1 chart" if len(parts) == 1 else f"{len(parts)} charts"
    return f"Owes {count} past the level of the rule; the oldest counts {parts[0].days} days."


def _item(row: Suspension) -> NewItem:
    return NewItem(
        queue=LETTERS, subject=("suspension", str(row.id)), title=f"Decide about suspending {row.practitioner}",
        reason=row.proposed_why, citation=row.citation, facility_id=row.facility_id,
    )  # fmt: skip


@action("delinquency.decide-suspension", Lifecycle.WORK)
def decide(*, actor: Actor, suspension_id: UUID, approve: bool, reason: str) -> Suspension:
    """Approve or refuse a proposal, as somebody other than who proposed it."""
    row = _locked(suspension_id)
    reached = permissions.check_decide(actor, row, "approve" if approve else "refuse")
    said = permissions.check_said(reason, "Say why.")
    if approve and row.practitioner_id not in queries.delinquent_parts(row.facility, queries.book()):
        raise Conflict("Nothing delinquent is left at this facility: there is nothing to suspend for.", remedy="Refuse it.")
    row.state, row.decided_at, row.decided_by, row.decided_why = reached, clock.now(), actor.name, said[:400]
    row.by_hand = not approve
    _write(row, reason=said)
    work.settle(actor=actor, queue=LETTERS, subjects=[("suspension", str(row.id))], reason="Decided")
    return row


@action("delinquency.lift-suspension", Lifecycle.WORK)
def lift(*, actor: Actor, suspension_id: UUID, reason: str) -> Suspension:
    """End a suspension by hand."""
    row = _locked(suspension_id)
    permissions.check_decide(actor, row, "lift")
    row.by_hand = True
    return _end(row, State.LIFTED, actor, permissions.check_said(reason, "Say why the suspension is lifted."))


@action("delinquency.settle-suspension", Lifecycle.WORK)
def settle(*, actor: Actor, suspension_id: UUID) -> Suspension:
    """End a suspension, or a proposal, of somebody who owes nothing delinquent there any more."""
    row = _locked(suspension_id)
    reached = permissions.check_step(row, "settle")
    if row.practitioner_id in queries.delinquent_parts(row.facility, queries.book()):
        raise Conflict("Something delinquent is left.")
    ended = _end(row, reached, actor, SETTLED)
    work.settle(actor=actor, queue=LETTERS, subjects=[("suspension", str(row.id))], reason=SETTLED, done=False)
    return ended


def _end(row: Suspension, state: State, actor: Actor, why: str) -> Suspension:
    row.state, row.ended_at, row.ended_by, row.ended_why = state, clock.now(), actor.name, why[:400]
    _write(row, reason=why)
    return row


def _write(row: Suspension, *, reason: str) -> None:
    row.revision += 1
    event = leave(
        subject=("suspension", row.id), facility_id=row.facility_id, reason=reason,
        after={"state": str(row.state), "practitioner": str(row.practitioner_id), "charts": len(row.charts)},
    )  # fmt: skip
    row.event_id = event.id
    row.save()
    stands(row)


def _locked(suspension_id: UUID) -> Suspension:
    row = (
        Suspension.objects.select_for_update(of=("self",))
        .select_related("facility", "practitioner")
        .filter(id=suspension_id)
        .first()
    )
    if row is None:
        raise Refused("There is nothing here that you may see.")
    return row


def _lock(facility_id: UUID) -> None:
    """One batch or proposal at a time for each facility, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [(facility_id.int & ((1 << 62) - 1)) ^ 0x6C657474])


def settle_all(*, actor: Actor) -> int:
    """End each suspension and proposal whose practitioner owes nothing delinquent any more. Returns how many."""
    rules, ended = queries.book(), 0
    for facility in Facility.objects.filter(id__in=queries.open_suspensions(actor).order_by().values("facility_id")):
        said = rules.suspending(clock.now().astimezone(ZoneInfo(facility.zone)).date())
        if said and said.lifts:
            owing = queries.delinquent_parts(facility, rules)
            gone = queries.open_suspensions(actor).filter(facility=facility).exclude(practitioner_id__in=list(owing))
            for row in gone:
                with suppress(Conflict):  # somebody decided meanwhile
                    settle(actor=actor, suspension_id=row.id)
                    ended += 1
    return ended


def look(*, actor: Actor) -> None:
    """What the rule asks for today: suspensions ended and proposed, letters that are due put into the queue."""
    settle_all(actor=actor)
    for facility in Facility.objects.all():
        rules = queries.book()
        with unit_of_work():
            for practitioner_id, parts in queries.to_suspend(facility, rules).items():
                _propose_by_rule(actor, facility, practitioner_id, parts)
            _note_letters(actor, facility, queries.letters_due(facility, rules))


def _propose_by_rule(actor: Actor, facility: Facility, practitioner_id: UUID, parts: Sequence[Part]) -> None:
    """Unless one is open, or a person has decided about these very charts."""
    if Suspension.objects.filter(facility=facility, practitioner_id=practitioner_id, state__in=OPEN).exists():
        return
    if {part.owed.encounter_id for part in parts} - queries.decided_charts(facility.id, practitioner_id):
        propose(actor=actor, facility_id=facility.id, practitioner_id=practitioner_id)


def _note_letters(actor: Actor, facility: Facility, due: Sequence[Due]) -> None:
    if due:
        title = "Review the letters that are due"
        reason = (
            f"{len(due)} letters about incomplete charts are due at {facility.name}." if len(due) > 1 else "A letter is due."
        )
        work.create(
            actor=actor,
            items=[
                NewItem(
                    queue=LETTERS, subject=("letters", str(facility.id)), title=title, reason=reason, facility_id=facility.id
                )
            ],
        )
