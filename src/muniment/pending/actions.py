"""The only writer of what is done about pending documents; what becomes of the documents themselves, the record writes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility, User
from muniment.accounts.queries import organisation_code
from muniment.accounts.rules import Role
from muniment.completion import actions as completion
from muniment.completion import analysis
from muniment.completion.queries import practitioner_of
from muniment.core import clock
from muniment.core.actions import action, leave, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.fhir.canonical import decode, encode
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.ids import uuid7
from muniment.pending import permissions, queries
from muniment.pending.models import PendingStep
from muniment.pending.queries import Standing
from muniment.pending.queues import AUTHOR, CLOSURE, SUBJECT
from muniment.pending.rules import Stage, Step, to_notify, to_propose
from muniment.record import actions as record
from muniment.record import filing
from muniment.record.actions import NewVersion
from muniment.record.happenings import Signed
from muniment.record.models import Closure, Entry, Signature
from muniment.record.queries import entry_for_update, version
from muniment.record.rules import Meaning, VersionKind
from muniment.ui import dates
from muniment.ui.words import inside
from muniment.work import actions as work
from muniment.work.actions import NewItem

BATCH = 500
QUEUES = (AUTHOR, CLOSURE)


@action("pending.notify", Lifecycle.WORK)
def notify(*, actor: Actor, found: Standing, user: User) -> PendingStep:
    """Tell its author, by an item among their work, that a document of theirs waits for their signature, and until when."""
    until = dates.day(found.clock.close_at.astimezone(ZoneInfo(found.facility.zone)).date())
    reason = f"Not signed for {found.age} days. If it is not signed by {until}, it is proposed for administrative closure."
    row = _step(actor, found.entry, Step.NOTIFY, reason, told=f"{user.given} {user.family}".strip())
    work.create(actor=actor, items=[_item(found, AUTHOR, f"Sign {_called(found)}", reason, owner_id=user.id)])
    return row


@action("pending.propose", Lifecycle.WORK)
def propose(*, actor: Actor, found: Standing) -> PendingStep:
    """Put before the administrators that the rule's time for a document has run out."""
    reason = f"Not signed by its author for {found.age} days; the rule gives {found.days.close_days}."
    row = _step(actor, found.entry, Step.PROPOSE, reason)
    work.create(actor=actor, items=[_item(found, CLOSURE, f"Decide about {_called(found)}", reason)])
    return row


@action("pending.extend", Lifecycle.WORK)
def extend(*, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, until: date, reason: str) -> PendingStep:
    """Give its author more time, up to and with the day before ``until`` (the facility's): nothing is proposed before."""
    entry = _locked(patient_id, entry_id, number)
    permissions.check_administer(actor, entry)
    said = permissions.check_said(reason, "Say why its author gets more time.")
    found = queries.standing_of(entry)
    permissions.check_extension(found, entry, until)
    row = _step(actor, entry, Step.EXTEND, said, until=until)
    work.settle(actor=actor, queue=CLOSURE, subjects=[_subject(entry)], reason=f"More time until {dates.day(until)}")
    return row


def close(*, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, reason: str) -> Closure:
    """Close a document whose time has run out, as it was read (version ``number``). The event is the record's; its chart is analysed at once."""
    with unit_of_work():
        entry = _locked(patient_id, entry_id, number)
        permissions.check_administer(actor, entry)
        found = permissions.check_closable(queries.standing_of(entry), entry)
        said = permissions.check_said(reason, "Say why it is closed without its author’s signature.")
        row = record.close(
            actor=actor, patient_id=patient_id, entry_id=entry_id, number=number, reason=said, citation=found.rule.cited
        )
        _settle(actor, entry, "Closed administratively", done=CLOSURE)
        _analyse(actor, entry)
        return row


def discard(*, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, reason: str) -> None:
    """Retract a pending document that nobody but its author has seen. Nothing is erased: a version says that it is entered in error.

    Raises NotAllowedInState, naming who, where the audit trail says that somebody else has seen it, or may have.
    """
    with unit_of_work():
        entry = _locked(patient_id, entry_id, number)
        seen = queries.seen_by_others(entry, queries.author(entry))
        permissions.check_discardable(actor, entry, practitioner_of(actor), seen)
        said = permissions.check_said(reason, "Say why it is discarded.")
        record.file(actor=actor, patient_id=patient_id, versions=[_retraction(entry, said)])
        _settle(actor, entry, "Discarded", done=CLOSURE if actor.role == Role.ADMINISTRATOR else AUTHOR)
        _analyse(actor, entry)


def sign(*, actor: Actor, patient_id: UUID, entry_id: UUID, number: int) -> Signature:
    """Its author signs it, before or after it was closed. The caller has had the person re-authenticate."""
    with unit_of_work():
        entry = _locked(patient_id, entry_id, number)
        practitioner = permissions.check_author(actor, entry, practitioner_of(actor))
        user = User.objects.get(practitioner=practitioner)
        signature = record.sign(
            actor=actor, patient_id=patient_id, entry_id=entry_id, number=number, meaning=Meaning.AUTHOR,
            printed_name=f"{user.given} {user.family}".strip(), credential=user.credential,
            zone=queries.facility_of(entry).zone, practitioner_id=practitioner.id,
        )  # fmt: skip
        _analyse(actor, entry)
        return signature


def look(*, actor: Actor) -> tuple[int, int]:
    """What the rule asks for now: authors told, closures proposed. Returns how many of each."""
    settle_gone(actor=actor)
    told = sum(_notify(actor, one) for one in _due(Stage.NOTICE))
    proposed = 0
    for one in _due(Stage.DUE):
        if to_propose(one.clock, one.history, clock.now(), one.today):
            propose(actor=actor, found=one)
            proposed += 1
    return told, proposed


def _due(stage: Stage) -> list[Standing]:
    """Every document past that point, by the facilities one after the other."""
    rules, found = queries.book(), []
    for facility in Facility.objects.order_by("code"):
        rows = list(queries.pending([facility], rules, stage))
        for first in range(0, len(rows), BATCH):
            found += queries.standings(rows[first : first + BATCH], [facility], rules)
    return found


def _notify(actor: Actor, found: Standing) -> bool:
    """Once, and only who has a sign-in: the list says of the others that nobody could be told."""
    if not to_notify(found.clock, found.history, clock.now()):
        return False
    practitioner = queries.author(found.entry)
    if practitioner is None or practitioner.user is None or not practitioner.user.is_active:
        return False
    notify(actor=actor, found=found, user=practitioner.user)
    return True


def settle_gone(*, actor: Actor) -> int:
    """End the work about documents that are pending no more: signed or retracted by whichever way. Returns how many items."""
    gone = queries.no_longer_pending()
    return work.settle(actor=actor, queue=QUEUES, subjects=gone, reason="No longer pending", done=False) if gone else 0


def _locked(patient_id: UUID, entry_id: UUID, number: int) -> Entry:
    """The chart's lock first, then the patient's, in which a deficiency is signed too: two people at one chart never wait crosswise."""
    chart = Entry.objects.filter(patient_id=patient_id, entry_id=entry_id).values_list("encounter_id", flat=True)
    analysis.lock(one for one in chart if one)
    filing.lock(patient_id)
    entry = entry_for_update(patient_id, entry_id)
    permissions.check_version(entry, number)
    return entry


def _step(actor: Actor, entry: Entry, step: Step, reason: str, *, told: str = "", until: date | None = None) -> PendingStep:
    event = leave(
        subject=(SUBJECT, entry.entry_id), patient_id=entry.patient_id, facility_id=entry.facility_id, reason=reason,
        after={"version": entry.number, "told": told, "until": until.isoformat() if until else ""},
    )  # fmt: skip
    return PendingStep.objects.create(
        id=uuid7(), patient_id=entry.patient_id, entry_id=entry.entry_id, number=entry.number, step=step, at=event.at,
        actor_id=actor.id, actor_name=actor.name, told=told[:200], reason=reason[:400], until=until, event_id=event.id,
    )  # fmt: skip


def _called(found: Standing) -> str:
    return inside(found.entry.label or "document")


def _subject(entry: Entry) -> tuple[str, str]:
    return SUBJECT, str(entry.entry_id)


def _item(found: Standing, queue: str, title: str, reason: str, **more: Any) -> NewItem:
    entry = found.entry
    return NewItem(
        queue=queue, subject=_subject(entry), title=title, reason=reason, citation=found.rule.cited, facility_id=entry.facility_id,
        patient_id=entry.patient_id, encounter_id=entry.encounter_id, due_at=found.clock.close_at, **more,
    )  # fmt: skip


def _settle(actor: Actor, entry: Entry, reason: str, *, done: str) -> None:
    """End the work about it: that of the queue ``done`` was done by the actor, the other's is needed no more."""
    for queue in QUEUES:
        work.settle(actor=actor, queue=queue, subjects=[_subject(entry)], reason=reason, done=queue == done)


def signed(happening: Signed) -> None:
    """However it was signed, nothing is left to do. The signature is counted where it was owed, so not here again."""
    actor = Actor.system("pending documents", organisation=organisation_code())
    work.settle(actor=actor, queue=QUEUES, subjects=[(SUBJECT, str(happening.entry_id))], reason="Signed")


def _analyse(actor: Actor, entry: Entry) -> None:
    """For whoever waits at the screen: the stay's deficiencies as the document now leaves them."""
    if entry.encounter_id:
        completion.analyse(actor=actor, encounters=[(entry.patient_id, entry.encounter_id)])


def _retraction(entry: Entry, reason: str) -> NewVersion:
    was = version(entry.patient_id, entry.entry_id, entry.number)
    content: dict[str, Any] = decode(was.content.encode()) | {"status": "entered-in-error"}
    return NewVersion(
        entry_id=entry.entry_id, resource_type=entry.resource_type, canonical=encode(content), description=describe(content),
        encounter_id=entry.encounter_id, facility_id=entry.facility_id, author_id=entry.author_id, author_name=entry.author_name,
        kind=VersionKind.RETRACTION, reason=f"Discarded before it was signed. {reason}", source_key=entry.source_key,
    )  # fmt: skip
