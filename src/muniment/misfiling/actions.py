"""The only writer of moves and screenings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from muniment.accounts.models import User
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters import queries as encounters
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.kernel.ids import uuid7
from muniment.misfiling import moving, permissions, queries, worklist
from muniment.misfiling.models import Move, MovedEntry, Receiver
from muniment.misfiling.queues import ASTRAY, ASTRAY_SUBJECT, CAME_BACK
from muniment.record import actions as record
from muniment.record import filing
from muniment.record.models import Entry, Version
from muniment.record.queries import entry_for_update
from muniment.record.rules import Holder
from muniment.scanning import actions as scanning
from muniment.ui.words import sentence_case
from muniment.work import actions as work

NOTICE = "A notice among their own work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The chart an entry belongs to. ``encounter_id`` None: it belongs to no stay of that patient."""

    patient_id: UUID
    encounter_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledAt(Target):
    """Where something that was taken out of a chart has been filed instead."""

    entry_id: UUID


@action("misfiling.move", Lifecycle.AMEND)
def move(*, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, target: Target, reason: str) -> Move:
    """Move an entry, with what hangs on it, from ``patient_id``'s chart into the right one; list, task and screen who saw it.

    ``number`` is the version that was read: a newer one, a move by somebody else among them, raises Conflict. Raises Refused or
    NotAllowedInState with the reason for what may not be moved; nothing is written then.
    """
    filing.lock(patient_id, target.patient_id)
    entry = _read(actor, patient_id, entry_id, number)
    reason = check_reason(reason)
    stay = check_target(actor, entry, target)
    entries = queries.going_along(entry)
    permissions.check_going(actor, entries[1:])
    row = _row(actor, entry, target, stay.facility_id if stay else entry.facility_id, reason)
    going = moving.plan(row.id, entries, target.patient_id, stay, reason)
    row.event_id = leave(
        subject=("entry", entry_id), patient_id=patient_id, facility_id=entry.facility_id, reason=reason,
        before={"version": number, "encounter": str(entry.encounter_id or "")},
        after={"move": str(row.id), "to_patient": str(target.patient_id), "to_encounter": str(target.encounter_id or ""),
               "became": {str(one.was.entry_id): str(one.becomes.entry_id) for one in going}},
    ).id  # fmt: skip
    seen = queries.who_saw(patient_id, [one.was.entry_id for one in going])
    _write(row, [(one.was, one.becomes.entry_id) for one in going])
    _file(actor, patient_id, target, going)
    scanning.follow(
        actor=actor, moved={one.was.entry_id: one.becomes.entry_id for one in going}, patient_id=target.patient_id, encounter_id=target.encounter_id
    )  # fmt: skip
    list_receivers(actor=actor, row=row, seen=seen)
    returned = [(kind, str(one.was.entry_id)) for one in going for kind in ("misfiled-return", ASTRAY_SUBJECT)]
    work.settle(actor=actor, queue=(CAME_BACK, ASTRAY), subjects=returned, reason=f"Moved again by {actor.name}.")
    work.create(actor=actor, items=worklist.coding_items(row))
    work.create(actor=actor, items=[worklist.screening(row, len(seen))])
    return row


def _read(actor: Actor, patient_id: UUID, entry_id: UUID, number: int) -> Entry:
    entry = entry_for_update(patient_id, entry_id)
    permissions.check_may_move(actor)
    if entry.number != number:
        left = queries.moved_away(entry_id)
        who = f"{left.move.actor_name} moved this entry" if left else f"Version {entry.number} of this entry was filed"
        raise Conflict(f"{who} while you read version {number}; nothing was moved.", remedy="Read it again, then decide.")
    permissions.check_entry(actor, entry)
    return entry


def check_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say why it belongs in the other chart.", where="reason")
    return reason.strip()[:300]


def check_target(actor: Actor, entry: Entry, target: Target) -> Encounter | None:
    """The stay that is meant. Raises Refused where the chart is the same, or not the actor's to file to."""
    if target.patient_id == entry.patient_id:
        raise Refused("It is in this patient's chart already.", where="patient", remedy="Choose the patient it belongs to.")
    queries.target(actor, target.patient_id)
    if target.encounter_id is None:
        return None
    stay = encounters.seen_by(actor).filter(id=target.encounter_id, patient_id=target.patient_id).first()
    if stay is None:
        raise Refused("This is no stay of that patient that you may see.", where="stay", remedy="Choose one from the list.")
    return stay


@action("misfiling.note-taken-out", Lifecycle.AMEND)
def note_taken_out(*, actor: Actor, entry: Entry, number: int, target: FiledAt | None, reason: str) -> Move:
    """An entry was taken out of a chart because it is another patient's: list, task and screen who saw it there, as a move does.

    ``number`` is the version they may have read; ``target`` is where it stands now, None while nobody knows whose it is.
    """
    permissions.check_take_out(actor)
    row = _row(actor, entry, target, entry.facility_id, reason.strip()[:300])
    row.event_id = leave(
        subject=("entry", entry.entry_id), patient_id=entry.patient_id, facility_id=entry.facility_id, reason=row.reason,
        before={"version": number, "encounter": str(entry.encounter_id or "")},
        after={"move": str(row.id), "to_patient": str(row.to_patient_id or ""), "to_encounter": str(row.to_encounter_id or "")},
    ).id  # fmt: skip
    seen = queries.who_saw(entry.patient_id, [entry.entry_id])
    entry.number = number
    _write(row, [(entry, target.entry_id if target else None)])
    list_receivers(actor=actor, row=row, seen=seen)
    work.create(actor=actor, items=worklist.coding_items(row))
    work.create(actor=actor, items=[worklist.screening(row, len(seen))])
    return row


def _row(actor: Actor, entry: Entry, target: Target | None, facility_id: UUID | None, reason: str) -> Move:
    return Move(
        id=uuid7(), at=clock.now(), actor_id=actor.id, actor_name=actor.name, reason=reason, title=sentence_case(entry.label or entry.code or "Entry"),
        from_patient_id=entry.patient_id, from_encounter_id=entry.encounter_id, from_facility_id=entry.facility_id,
        to_patient_id=target.patient_id if target else None, to_encounter_id=target.encounter_id if target else None,
        to_facility_id=facility_id,
    )  # fmt: skip


def _write(row: Move, went: Sequence[tuple[Entry | Version, UUID | None]]) -> None:
    """The move, and each entry of it with the one it became."""
    row.save(force_insert=True)
    moved = [
        MovedEntry(move=row, from_entry_id=was.entry_id, from_number=was.number, to_entry_id=became) for was, became in went
    ]
    MovedEntry.objects.bulk_create(moved)
    stands(row, *moved)


def _file(actor: Actor, patient_id: UUID, target: Target, going: Sequence[moving.Going]) -> None:
    """Retract there, file here: what came in one input stays said to have come in it."""
    record.file(actor=actor, patient_id=patient_id, versions=[one.retraction for one in going])
    for source_id, version in (pair for one in going for pair in one.earlier):
        record.file(actor=actor, patient_id=target.patient_id, versions=[version], source_id=source_id)
    for source in {one.was.source_id for one in going}:
        versions = [one.becomes for one in going if one.was.source_id == source]
        record.file(actor=actor, patient_id=target.patient_id, versions=versions, source_id=source)


@action("misfiling.list-receivers", Lifecycle.WORK)
def list_receivers(*, actor: Actor, row: Move, seen: Sequence[queries.Seen]) -> list[Receiver]:
    """Keep who received or viewed it, and give clinicians and coders among them a notice; the mover knows."""
    users = User.objects.in_bulk([one.user_id for one in seen if one.user_id])
    listed = [Receiver(id=uuid7(), move=row, **asdict(one)) for one in seen]
    tasked = [
        one for one in listed
        if one.kind == Holder.VIEWER and one.role in queries.TASKED and one.user_id != actor.id
        and one.user_id in users and users[one.user_id].is_active
    ]  # fmt: skip
    for one in tasked:
        one.told_at, one.told_by, one.told_how = row.at, actor.name, NOTICE
    Receiver.objects.bulk_create(listed)
    work.create(actor=actor, items=[worklist.notice(row, one) for one in tasked])
    leave(
        subject=("move", row.id), patient_id=row.from_patient_id, facility_id=row.from_facility_id,
        after={"receivers": len(listed), "tasked": [str(one.user_id) for one in tasked]},
    )  # fmt: skip
    stands(*listed)
    return listed


@action("misfiling.note-told", Lifecycle.WORK)
def note_told(*, actor: Actor, receiver_id: UUID, how: str, revision: int) -> Receiver:
    """Somebody who has it was told, or it was got back. ``revision`` is the one that was read: a newer one raises Conflict."""
    row = Receiver.objects.select_for_update(of=("self",)).select_related("move").filter(id=receiver_id).first()
    if row is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_screen(actor, row.move)
    if row.revision != revision:
        raise Conflict(f"{row.told_by} ticked this meanwhile: {row.told_how}.", remedy="Look at it again.")
    if not how.strip():
        raise Refused("Say how they were told, or why they need not be.", where="how")
    row.told_at, row.told_by, row.told_how, row.revision = clock.now(), actor.name, how.strip()[:200], revision + 1
    row.save(update_fields=Receiver.changing)
    leave(
        subject=("move", row.move_id), patient_id=row.move.from_patient_id, facility_id=row.move.from_facility_id, reason=row.told_how,
        after={"receiver": str(row.id)},
    )  # fmt: skip
    stands(row)
    return row


@action("misfiling.close-screening", Lifecycle.WORK)
def close_screening(*, actor: Actor, move_id: UUID, conclusion: str) -> None:
    """Close the privacy screening of a move, with what is concluded. Every production that holds it must be ticked before."""
    row = Move.objects.filter(id=move_id).first()
    if row is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_screen(actor, row)
    if not conclusion.strip():
        raise Refused("Say what is concluded.", where="conclusion")
    if open_ones := row.receivers.filter(kind=Holder.PRODUCTION, told_at=None).count():
        raise NotAllowedInState(
            f"{open_ones} production{'s' if open_ones > 1 else ''} that hold it are not ticked.",
            remedy="Say for each what was done about it.",
        )
    item = worklist.open_screening(row)
    if item is None:
        raise NotAllowedInState("This screening is closed already.", remedy="Its history says what was concluded.")
    work.complete(actor=actor, item_id=item.id, reason=conclusion.strip()[:400])
    leave(
        subject=("move", row.id), patient_id=row.from_patient_id, facility_id=row.from_facility_id, reason=conclusion.strip()[:400],
        after={"screening": "closed"},
    )  # fmt: skip
