"""The only writer of clinician queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from muniment.accounts.models import Practitioner, User
from muniment.coding.queues import CODING
from muniment.coding.queues import SUBJECT as CODED_STAY
from muniment.completion.queries import practitioner_of
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.kernel.errors import Refused
from muniment.kernel.fhir.canonical import digest, encode
from muniment.kernel.ids import uuid7
from muniment.querying import documents, permissions, queries, quoting
from muniment.querying.linting import Check, lint
from muniment.querying.models import Query, QueryStep, QueryVersion
from muniment.querying.parameters import policy_of, response_of
from muniment.querying.queues import ANSWER, ESCALATED, ROUTING, SUBJECT
from muniment.querying.rules import State, Step, Timing, Written, words_of_answer
from muniment.record import actions as record
from muniment.record import filing
from muniment.record.models import Entry
from muniment.record.rules import Category, Meaning
from muniment.rulebook import queries as rulebook
from muniment.ui import dates
from muniment.work import actions as work
from muniment.work.actions import NewItem
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

QUEUES = (ANSWER, ROUTING, ESCALATED)
ASIDE = " Query: "  # begins what a query adds to the reason of its stay's coding item


@action("querying.ask", Lifecycle.ORIGINATE)
def ask(
    *,
    actor: Actor,
    patient_id: UUID,
    encounter_id: UUID,
    written: Written,
    responsible_id: UUID,
    follows_id: UUID | None = None,
) -> Query:
    """Send a query to the clinician who is responsible for its matter.

    Quotations are looked up in the record anew and the linter judges by the rule of today: nothing is sent that it stops
    (NotAllowedInState). The query is due by the rule of today; it concerns the first document of the stay that it quotes.
    """
    stay = Encounter.objects.select_related("facility").get(patient_id=patient_id, id=encounter_id)
    permissions.check_ask(actor, stay)
    now = clock.now()
    book = rulebook.at(now.astimezone(ZoneInfo(stay.facility.zone)).date())
    rule, policy = policy_of(book)
    kept = msgspec.structs.replace(written, indicators=quoting.quoted(actor, stay, written.indicators))
    permissions.check_compliant(lint(kept, policy))
    timing = Timing.RETROSPECTIVE if stay.status == Status.FINISHED else Timing.CONCURRENT
    due_by, response = response_of(book)
    days = response.retrospective_days if timing is Timing.RETROSPECTIVE else response.concurrent_days
    query = Query(
        patient_id=patient_id, encounter_id=encounter_id, facility_id=stay.facility_id, service=stay.service, title=kept.title.strip()[:120],
        form=kept.form, timing=timing, follows_id=follows_id, entry_id=_document_of(kept, stay), responsible=_clinician(responsible_id),
        asked_by_id=actor.id, asked_by=actor.name, asked_at=now, due_at=now + timedelta(days=days), citation=due_by.cited[:400],
    )  # fmt: skip
    _send(actor, query, kept, f"{rule.code} {rule.number}")
    return query


def _clinician(practitioner_id: UUID) -> Practitioner:
    found = Practitioner.objects.select_related("user").filter(id=practitioner_id).first()
    if found is None:
        raise Refused("Choose the clinician who is asked.", where="responsible")
    return found


def _document_of(written: Written, stay: Encounter) -> UUID | None:
    ids = [UUID(one.entry_id) for one in written.indicators]
    found = set(
        Entry.objects.filter(
            patient_id=stay.patient_id, entry_id__in=ids, encounter_id=stay.id, category=Category.DOCUMENT
        ).values_list("entry_id", flat=True)
    )
    return next((one for one in ids if one in found), None)


def _send(actor: Actor, query: Query, written: Written, checked_by: str) -> None:
    canonical = encode(msgspec.to_builtins(written))
    event = leave(
        subject=(SUBJECT, query.id), patient_id=query.patient_id, facility_id=query.facility_id,
        after={"encounter": str(query.encounter_id), "version": 1, "sha256": digest(canonical).hex(), "checked_by": checked_by},
    )  # fmt: skip
    query.save(force_insert=True)
    QueryVersion.objects.create(
        patient_id=query.patient_id, query_id=query.id, number=1, content=canonical.decode(), sha256=digest(canonical),
        checked_by=checked_by, checks={one.value: [] for one in Check}, at=event.at, actor_id=actor.id, actor_name=actor.name,
        event_id=event.id,
    )  # fmt: skip
    _step(query, Step.SEND, actor, event)
    stands(query)
    work.create(actor=actor, items=[_item(query)])
    _tell_coder(actor, query, f"awaiting the answer to “{query.title}”.")


def _step(query: Query, step: Step, actor: Actor, event: Any, reason: str = "", said: dict[str, str] | None = None) -> None:
    row = QueryStep.objects.create(
        patient_id=query.patient_id, id=uuid7(), query_id=query.id, step=step, at=event.at, actor_id=actor.id, actor_name=actor.name,
        responsible=str(query.responsible or ""), reason=reason[:400], said=said or {}, event_id=event.id,
    )  # fmt: skip
    stands(row)


def _item(query: Query, reason: str = "") -> NewItem:
    """In the inbox of who is asked; without a sign-in of theirs, before whoever finds another."""
    user = query.responsible.user if query.responsible else None
    theirs = user is not None and user.is_active
    asked = f"{query.asked_by} asks about this {query.timing} chart."
    nobody = f"{query.responsible or 'Nobody'} has no sign-in." if query.responsible else "Nobody is named to answer it."
    return NewItem(
        queue=ANSWER if theirs else ROUTING, subject=(SUBJECT, str(query.id)), title=f"Answer the query “{query.title}”",
        reason=reason or (asked if theirs else nobody), citation=query.citation, facility_id=query.facility_id,
        patient_id=query.patient_id, encounter_id=query.encounter_id, due_at=query.due_at, owner_id=user.id if theirs and user else None,
    )  # fmt: skip


@action("querying.answer", Lifecycle.ATTEST)
def answer(*, actor: Actor, query_id: UUID, version: int, choice: str, words: str) -> Query:
    """Answer a query as it was read (``version``). The caller has had the person re-authenticate.

    The answer is filed as an addendum to the document it concerns, or as a document of its own, and signed by its author.
    """
    query = _locked(query_id)
    practitioner = permissions.check_answer(actor, query, practitioner_of(actor))
    permissions.check_open(query)
    permissions.check_version(query, version)
    written = queries.written(query)
    permissions.check_said(written, choice, words)
    query.response_id = _file(actor, query, practitioner, words_of_answer(written, choice, words))
    query.state, query.answered_at, query.answered_by = State.ANSWERED, clock.now(), actor.name
    query.supported = written.is_supported(choice)
    said = {"choice": choice, "words": words.strip(), "document": str(query.response_id), "version": str(version)}
    _change(query, Step.ANSWER, actor, said=said)
    work.settle(actor=actor, queue=ANSWER, subjects=[(SUBJECT, str(query.id))], reason="Answered")
    work.settle(actor=actor, queue=(ROUTING, ESCALATED), subjects=[(SUBJECT, str(query.id))], reason="Answered", done=False)
    when = dates.moment(query.answered_at, ZoneInfo(query.facility.zone))
    _tell_coder(actor, query, f"“{query.title}” was answered by {query.answered_by}, {when}.")
    return query


def _file(actor: Actor, query: Query, practitioner: Practitioner, text: str) -> UUID:
    """File the answer and sign it."""
    stay = Encounter.objects.select_related("facility").get(patient_id=query.patient_id, id=query.encounter_id)
    charted = Entry.objects.filter(patient_id=query.patient_id, retracted=False)
    concerned = charted.filter(entry_id=query.entry_id).first() if query.entry_id else None
    version = documents.version_of(documents.Answer(query, stay, practitioner, text, clock.now(), concerned))
    record.file(actor=actor, patient_id=query.patient_id, versions=[version], zone=stay.facility.zone)
    user = User.objects.get(practitioner=practitioner)
    record.sign(
        actor=actor, patient_id=query.patient_id, entry_id=version.entry_id, number=1, meaning=Meaning.AUTHOR,
        printed_name=f"{user.given} {user.family}".strip(), credential=user.credential, zone=stay.facility.zone,
        practitioner_id=practitioner.id,
    )  # fmt: skip
    return version.entry_id


@action("querying.decline", Lifecycle.WORK)
def decline(*, actor: Actor, query_id: UUID, reason: str) -> Query:
    """Say that a query is not one's own to answer, and why. A coder finds out whose it is."""
    query = _locked(query_id)
    permissions.check_answer(actor, query, practitioner_of(actor))
    permissions.check_open(query)
    said = permissions.check_reason(reason, "Say why it is not yours to answer.")
    query.responsible = None
    _change(query, Step.DECLINE, actor, said)
    _hand_on(actor, query, "Declined", f"Declined by {actor.name}: {said}")
    return query


@action("querying.reassign", Lifecycle.WORK)
def reassign(*, actor: Actor, query_id: UUID, practitioner_id: UUID, reason: str, revision: int | None = None) -> Query:
    """Give a query to another clinician. Its due date stays."""
    query = _locked(query_id)
    permissions.check_manage(actor, query)
    permissions.check_open(query, revision)
    said = permissions.check_reason(reason, "Say why somebody else answers it.")
    if query.responsible_id == practitioner_id:
        raise Refused("It is theirs already.", where="practitioner", remedy="Choose somebody else.")
    query.responsible = _clinician(practitioner_id)
    _change(query, Step.REASSIGN, actor, said)
    _hand_on(actor, query, "Reassigned")
    return query


def _hand_on(actor: Actor, query: Query, ended: str, reason: str = "") -> None:
    work.settle(actor=actor, queue=QUEUES, subjects=[(SUBJECT, str(query.id))], reason=ended, done=False)
    work.create(actor=actor, items=[_item(query, reason)])


@action("querying.withdraw", Lifecycle.WORK)
def withdraw(*, actor: Actor, query_id: UUID, reason: str, revision: int | None = None) -> Query:
    """End a query without an answer. It stays with its reason; the stay is held by it no longer."""
    query = _locked(query_id)
    permissions.check_manage(actor, query)
    permissions.check_open(query, revision)
    said = permissions.check_reason(reason, "Say why it is withdrawn.")
    query.state = State.WITHDRAWN
    _change(query, Step.WITHDRAW, actor, said)
    work.settle(actor=actor, queue=QUEUES, subjects=[(SUBJECT, str(query.id))], reason="Withdrawn", done=False)
    _tell_coder(actor, query, f"“{query.title}” was withdrawn.")
    return query


@action("querying.defer", Lifecycle.WORK)
def defer(*, actor: Actor, query_id: UUID, until: datetime, reason: str) -> WorkItem:
    """Set a query aside until then, saying why. It comes back into the clinician's inbox by itself; its due date stays."""
    query = _locked(query_id)
    permissions.check_answer(actor, query, practitioner_of(actor))
    permissions.check_open(query)
    said = permissions.check_reason(reason, "Say why it waits.")
    item = WorkItem.objects.get(queue_id=ANSWER, subject_type=SUBJECT, subject_id=str(query.id), state__in=ACTIVE)
    done = work.defer(actor=actor, item_id=item.id, until=until, reason=said)
    _change(query, Step.DEFER, actor, said)
    return done


@action("querying.escalate", Lifecycle.WORK)
def escalate(*, actor: Actor, query_id: UUID) -> Query:
    """Put a query that is past its due date by the rule's days before an administrator."""
    query = _locked(query_id)
    permissions.check_open(query)
    query.escalated_at = clock.now()
    reason = f"{query.responsible or 'Nobody named'} has not answered; it was due on {dates.day(query.due_at.astimezone(ZoneInfo(query.facility.zone)).date())}."
    _change(query, Step.ESCALATE, actor, reason)
    work.create(actor=actor, items=[replace(_item(query, reason), queue=ESCALATED, owner_id=None)])
    return query


def look(*, actor: Actor) -> int:
    """Escalate what the rule of the day it was asked wants escalated now. Returns how many."""
    now, count = clock.now(), 0
    overdue = Query.objects.filter(state=State.OPEN, due_at__lt=now, escalated_at__isnull=True).select_related("facility")
    for one in overdue.order_by("due_at", "id"):
        _, response = response_of(rulebook.at(one.asked_at.astimezone(ZoneInfo(one.facility.zone)).date()))
        if one.due_at + timedelta(days=response.escalate_days) <= now:
            escalate(actor=actor, query_id=one.id)
            count += 1
    return count


def _locked(query_id: UUID) -> Query:
    """The patient's lock first, in which answers are filed, then the row as it stands under it."""
    patient = Query.objects.filter(id=query_id).values_list("patient_id", flat=True).first()
    if patient is None:
        raise Refused("There is nothing here that you may see.")
    filing.lock(patient)
    found = Query.objects.select_for_update(of=("self",)).select_related("facility", "responsible__user")
    return found.get(patient_id=patient, id=query_id)


def _change(query: Query, step: Step, actor: Actor, reason: str = "", said: dict[str, str] | None = None) -> None:
    event = leave(
        subject=(SUBJECT, query.id), patient_id=query.patient_id, facility_id=query.facility_id, reason=reason,
        after={"state": str(query.state), "responsible": str(query.responsible_id or ""), "response": str(query.response_id or "")},
    )  # fmt: skip
    query.revision += 1
    query.save()
    stands(query)
    _step(query, step, actor, event, reason, said)


def _tell_coder(actor: Actor, query: Query, words: str) -> None:
    """Have the stay's coding item say how its query stands."""
    item = WorkItem.objects.filter(
        queue_id=CODING, subject_type=CODED_STAY, subject_id=str(query.encounter_id), state__in=ACTIVE
    ).first()
    if item is None:
        return
    said = {
        "queue": CODING,
        "subject": (CODED_STAY, item.subject_id),
        "title": item.title,
        "citation": item.citation,
        "due_at": item.due_at,
    }
    before = NewItem(reason=item.reason, **said)  # type: ignore[arg-type]
    after = NewItem(reason=item.reason.partition(ASIDE)[0] + ASIDE + words, **said)  # type: ignore[arg-type]
    work.restate(actor=actor, changed=[(before, after)], reason="Its query stands otherwise now")
