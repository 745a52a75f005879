"""The only writer of paper charts: registered, asked for, charged out, moved on, taken back, missed, searched for and found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.identity import queries as identity
from muniment.kernel.errors import Refused
from muniment.kernel.ids import uuid7
from muniment.record import filing
from muniment.tracking import permissions, queries
from muniment.tracking.models import Movement, Volume
from muniment.tracking.queues import RECALLS, REQUESTS, SEARCHES
from muniment.tracking.rules import State, Step, number_of
from muniment.work import actions as work
from muniment.work.actions import NewItem

SUBJECT = "paper-volume"
RECALLED_AT_ONCE = 500


@action("tracking.register", Lifecycle.ORIGINATE)
def register(*, actor: Actor, patient_id: UUID, facility: Facility, label: str, home: str) -> Volume:
    """Take a folder of paper into the file. Its number is made of the facility's record number of the patient.

    Raises Refused for a patient without one, and for one the actor may not see.
    """
    permissions.check_said(label, "Say what the volume holds, such as 2009 to 2015.", "label")
    permissions.check_said(home, "Say where it stands in the file.", "home")
    if not identity.seen_by(actor).filter(id=patient_id).exists():
        raise Refused("There is nobody here that you may see.")
    number = identity.chief_number(identity.numbers_of([patient_id]).get(patient_id, []), facility.code)
    if number is None or number.system != facility.code:
        raise Refused(f"This patient has no record number of {facility.name}.", where="patient")
    filing.lock(patient_id)  # of two volumes registered at once each gets a number of its own
    now = clock.now()
    ordinal = (Volume.objects.filter(patient_id=patient_id, facility=facility).aggregate(last=Max("ordinal"))["last"] or 0) + 1
    row = Volume(
        number=number_of(facility.code, number.value, ordinal).upper(), patient_id=patient_id, facility=facility, ordinal=ordinal,
        label=label.strip()[:200], home=home.strip()[:120], state=State.IN_FILE, since=now, registered_at=now,
    )  # fmt: skip
    permissions.check_move(actor, row)
    row.save(force_insert=True)
    _note(actor, row, Step.REGISTER, now, place=row.home)
    return row


def _note(
    actor: Actor, row: Volume, step: Step, now: datetime, *, place: str = "", holder: str = "", reason: str = "", before: str = ""
) -> None:  # fmt: skip
    """The event and the movement of one step."""
    event = leave(
        subject=(SUBJECT, row.id), patient_id=row.patient_id, facility_id=row.facility_id, reason=reason,
        before={"state": before} if before else {}, after={"step": str(step), "state": str(row.state), "revision": row.revision},
    )  # fmt: skip
    movement = Movement.objects.create(
        volume=row, at=now, step=step, place=place[:120], holder=holder[:200], due_on=row.due_on if row.state == State.OUT else None,
        reason=reason, actor_id=actor.id, actor_name=actor.name, event_id=event.id,
    )  # fmt: skip
    stands(row, movement)


def _locked(actor: Actor, volume_id: UUID, revision: int | None) -> Volume:
    queries.volume(actor, volume_id)
    row = Volume.objects.select_for_update(of=("self",)).select_related("facility").get(id=volume_id)
    permissions.check_move(actor, row)
    permissions.check_revision(row, revision)
    return row


def _moved(actor: Actor, row: Volume, step: Step, *, reason: str = "", place: str = "", holder: str = "") -> Volume:
    """Take a locked volume through a step and write where it is now."""
    now, before = clock.now(), row.state
    row.state = permissions.check_step(row, step)
    row.since, row.revision = now, row.revision + 1
    row.place, row.holder = (place.strip()[:120], holder.strip()[:200]) if row.state == State.OUT else ("", "")
    row.due_on = row.due_on if row.state == State.OUT else None
    row.save(update_fields=Volume.changing)
    _note(actor, row, step, now, place=place or (row.home if row.state == State.IN_FILE else ""), holder=holder, reason=reason, before=before)  # fmt: skip
    return row


@action("tracking.request", Lifecycle.WORK)
def request(*, actor: Actor, volume_id: UUID, wanted_on: date, purpose: str) -> Volume:
    """Ask for a volume. It goes into the queue of requests, due at the beginning of ``wanted_on`` at the facility."""
    row = queries.volume(actor, volume_id)
    permissions.check_ask(actor, row)
    permissions.check_said(purpose, "Say what it is needed for.", "purpose")
    permissions.check_step(row, Step.REQUEST)
    if wanted_on < clock.today():
        raise Refused("The day it is wanted lies behind.", where="wanted_on")
    _note(actor, row, Step.REQUEST, clock.now(), reason=purpose)
    item = NewItem(
        queue=REQUESTS, subject=(SUBJECT, str(row.id)), title=f"{row.number} for {actor.name}", reason=purpose, facility_id=row.facility_id,
        patient_id=row.patient_id, due_at=datetime.combine(wanted_on, time(), ZoneInfo(row.facility.zone)),
    )  # fmt: skip
    work.create(actor=actor, items=[item])
    return row


@action("tracking.charge-out", Lifecycle.WORK)
def charge_out(
    *, actor: Actor, volume_id: UUID, holder: str, place: str, due_on: date | None = None, purpose: str = "", revision: int | None = None
) -> Volume:  # fmt: skip
    """Hand a volume out of the file; an out-guide takes its place. ``due_on`` None: as the rule says. Settles its request."""
    return _hand(actor, volume_id, Step.CHARGE_OUT, holder, place, due_on, purpose, revision)


@action("tracking.transfer", Lifecycle.WORK)
def transfer(
    *, actor: Actor, volume_id: UUID, holder: str, place: str, due_on: date | None = None, purpose: str = "", revision: int | None = None
) -> Volume:  # fmt: skip
    """A volume that is out goes on to somebody else, with a due day of its own."""
    return _hand(actor, volume_id, Step.TRANSFER, holder, place, due_on, purpose, revision)


def _hand(
    actor: Actor, volume_id: UUID, step: Step, holder: str, place: str, due_on: date | None, purpose: str, revision: int | None
) -> Volume:  # fmt: skip
    permissions.check_said(holder, "Say who takes it.", "holder")
    row, today = _locked(actor, volume_id, revision), clock.today()
    if due_on is not None and due_on < today:
        raise Refused("The day it is due back lies behind.", where="due_on")
    row.due_on = due_on or queries.in_force(today).policy.due_on(today)
    _moved(actor, row, step, place=place, holder=holder, reason=purpose)
    _settle(actor, row, f"handed to {row.holder}", REQUESTS, RECALLS)
    return row


def _settle(actor: Actor, row: Volume, reason: str, *waiting: str) -> None:
    for queue in waiting:
        work.settle(actor=actor, queue=queue, subjects=[(SUBJECT, str(row.id))], reason=reason)


@action("tracking.return", Lifecycle.WORK)
def take_in(*, actor: Actor, volume_id: UUID, note: str = "", revision: int | None = None) -> Volume:
    """A volume is back at its place in the file."""
    row = _moved(actor, _locked(actor, volume_id, revision), Step.RETURN, reason=note)
    _settle(actor, row, "back in the file", RECALLS)
    return row


@action("tracking.relocate", Lifecycle.AMEND)
def relocate(*, actor: Actor, volume_id: UUID, home: str, revision: int | None = None) -> Volume:
    """Give a volume that is in the file another place there."""
    permissions.check_said(home, "Say where it stands in the file.", "home")
    row = _locked(actor, volume_id, revision)
    permissions.check_step(row, Step.RELOCATE)
    row.home = home.strip()[:120]
    return _moved(actor, row, Step.RELOCATE)


@action("tracking.report-missing", Lifecycle.AMEND)
def report_missing(*, actor: Actor, volume_id: UUID, reason: str, revision: int | None = None) -> Volume:
    """Say that a volume is not where it should be. It is searched for until it is found, and its charts say so."""
    permissions.check_said(reason, "Say how it was noticed.", "reason")
    row = _locked(actor, volume_id, revision)
    last = row.holder or row.home
    _moved(actor, row, Step.MISS, reason=reason, place=last)
    _settle(actor, row, "reported missing", RECALLS)
    item = NewItem(
        queue=SEARCHES, subject=(SUBJECT, str(row.id)), title=f"{row.number}, last at {last}", reason=reason, priority=3,
        citation=queries.in_force(clock.today()).cited("search"), facility_id=row.facility_id, patient_id=row.patient_id,
    )  # fmt: skip
    work.create(actor=actor, items=[item])
    return row


@action("tracking.search", Lifecycle.WORK)
def note_search(*, actor: Actor, volume_id: UUID, place: str, note: str = "", revision: int | None = None) -> Volume:
    """Say where a missing volume was looked for in vain."""
    permissions.check_said(place, "Say where it was looked for.", "place")
    return _moved(actor, _locked(actor, volume_id, revision), Step.SEARCH, place=place, reason=note)


@action("tracking.find", Lifecycle.AMEND)
def find(*, actor: Actor, volume_id: UUID, place: str, note: str = "", revision: int | None = None) -> Volume:
    """A missing volume was found, and is back in the file."""
    permissions.check_said(place, "Say where it was found.", "place")
    row = _moved(actor, _locked(actor, volume_id, revision), Step.FIND, place=place, reason=note)
    _settle(actor, row, f"found: {place}", SEARCHES)
    return row


@action("tracking.recall", Lifecycle.WORK)
def recall_late(*, actor: Actor, today: date) -> int:
    """Call back what was due so long ago as the rule says: once a loan. Returns how many."""
    governs = queries.in_force(today)
    rows = queries.to_recall(governs.policy, today, RECALLED_AT_ONCE)
    if not rows:
        unchanged()
        return 0
    event = leave(subject=("paper-volumes", uuid7()), after={"recalled": [str(row.id) for row in rows]})
    now = clock.now()
    recalls = [
        Movement(volume=row, at=now, step=Step.RECALL, holder=row.holder, place=row.place, due_on=row.due_on, actor_id=actor.id,
                 actor_name=actor.name, event_id=event.id)
        for row in rows
    ]  # fmt: skip
    Movement.objects.bulk_create(recalls)
    stands(*recalls)
    work.create(actor=actor, items=[_recalled(row, governs.cited("loan")) for row in rows])
    return len(rows)


def _recalled(row: Volume, citation: str) -> NewItem:
    assert row.due_on is not None
    return NewItem(
        queue=RECALLS, subject=(SUBJECT, str(row.id)), title=f"{row.number}, with {row.holder}", facility_id=row.facility_id, citation=citation,
        reason=f"Due back on {row.due_on:%d %b %Y}", patient_id=row.patient_id,
        due_at=datetime.combine(row.due_on, time(), ZoneInfo(row.facility.zone)),
    )  # fmt: skip


@action("tracking.print", Lifecycle.OUTPUT)
def note_printed(*, actor: Actor, rows: Sequence[Volume], what: str) -> None:
    """Somebody prints labels or out-guides, which name the patient."""
    for row in rows:
        permissions.check_move(actor, row)
    first = rows[0]
    leave(
        subject=(SUBJECT, first.id), patient_id=first.patient_id, facility_id=first.facility_id,
        after={"printed": what, "volumes": [str(row.id) for row in rows]},
    )  # fmt: skip
