"""The only writer of corrective actions: decided, carried out, judged by what was measured since."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility, User
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.openreview import permissions
from muniment.openreview.corrections import queries
from muniment.openreview.models import CorrectiveAction
from muniment.openreview.parameters import Question
from muniment.openreview.queries import book, today_at
from muniment.openreview.queues import ACTION, ACTIONS
from muniment.openreview.rules import ACTION_TRANSITIONS, LEAST_MEASURED, ActionState
from muniment.work import actions as work
from muniment.work.actions import NewItem


@action("openreview.decide-action", Lifecycle.WORK)
def decide(*, actor: Actor, facility: Facility, question: str, what: str, owner: User, due_on: date) -> CorrectiveAction:
    """Decide what is done about a question at a facility, by whom and until when. What was measured up to now stands with it."""
    permissions.check_administer(actor, facility.id)
    said, asked = permissions.check_said(what, "Say what is done.", "what"), _asked(facility, question)
    if due_on < today_at(facility):
        raise Refused("The day by which it is done must lie ahead.", where="due_on")
    before = queries.measured(facility.id, question, since=None)
    row = CorrectiveAction(
        facility=facility, question=question, text=asked.text, what=said, owner=owner, due_on=due_on, threshold=asked.threshold,
        before_yes=before.yes, before_no=before.no, opened_by=actor.name, revision=0,
    )  # fmt: skip
    row.opened_at = clock.now()
    _save(row, {}, reason=said, new=True)
    work.create(actor=actor, items=[_item(row, f"Carry out: {said}", due_on)])
    return row


def _asked(facility: Facility, code: str) -> Question:
    version = book().worksheet(today_at(facility))
    found = version.worksheet.question(code) if version and version.worksheet else None
    if found is None:
        raise Refused("The worksheet in force has no such question.", where="question")
    return found


@action("openreview.carry-out-action", Lifecycle.WORK)
def carry_out(*, actor: Actor, action_id: UUID, words: str, revision: int | None = None) -> CorrectiveAction:
    """Say that it is carried out, and what was done. From now on the question is measured for it."""
    row = _locked(actor, action_id, revision)
    if actor.id != row.owner_id:
        permissions.check_administer(actor, row.facility_id)
    row.done_what = permissions.check_said(words, "Say what was done.", "words")
    before = _step(row, "carry out")
    row.done_at, row.done_by = clock.now(), actor.name
    _save(row, before, reason=row.done_what)
    work.settle(actor=actor, queue=ACTIONS, subjects=[(ACTION, str(row.id))], reason="Carried out")
    work.create(actor=actor, items=[_item(row, f"Say whether it was effective: {row.what}", None)])
    return row


@action("openreview.judge-action", Lifecycle.WORK)
def judge(*, actor: Actor, action_id: UUID, effective: bool, reason: str, revision: int | None = None) -> CorrectiveAction:
    """Say whether it was effective. Refused while too little was measured since, and against what was measured."""
    row = _locked(actor, action_id, revision)
    permissions.check_administer(actor, row.facility_id)
    said = permissions.check_said(reason, "Say what you conclude from it.")
    if row.done_at is not None:
        _check_measured(row, effective)
    before = _step(row, "effective" if effective else "not effective")
    row.closed_at, row.closed_by, row.closed_why = clock.now(), actor.name, said
    _save(row, before, reason=said)
    work.settle(actor=actor, queue=ACTIONS, subjects=[(ACTION, str(row.id))], reason=f"{row.state.capitalize()}: {said}")
    return row


def _check_measured(row: CorrectiveAction, effective: bool) -> None:
    since = queries.measured(row.facility_id, row.question, since=row.done_at)
    if since.asked < LEAST_MEASURED:
        raise NotAllowedInState(
            f"Only {since.asked} answers were given since it was carried out; {LEAST_MEASURED} are needed.",
            remedy="Wait for more reviews.",
        )
    if effective and since.percent is not None and since.percent < row.threshold:
        raise Refused(
            f"Since it was carried out compliance is {since.percent:.1f} %, below {row.threshold:g} %.", where="effective"
        )


def _step(row: CorrectiveAction, step: str) -> dict[str, Any]:
    before = {"state": str(row.state)}
    reached = ACTION_TRANSITIONS.get((ActionState(row.state), step))
    if reached is None:
        raise NotAllowedInState(f"This action is {row.state}; that can't be said of it now.", remedy="Open it again.")
    row.state = reached
    return before


def _locked(actor: Actor, action_id: UUID, revision: int | None) -> CorrectiveAction:
    queries.one(actor, action_id)
    row = CorrectiveAction.objects.select_for_update().get(id=action_id)
    permissions.check_revision(row, revision, row.done_by)
    return row


def _save(row: CorrectiveAction, before: dict[str, Any], *, reason: str, new: bool = False) -> None:
    event = leave(
        subject=(ACTION, row.id), facility_id=row.facility_id, reason=reason, before=before, after={"state": row.state, "question": row.question}
    )  # fmt: skip
    row.event_id, row.revision = event.id, row.revision + 1
    row.save(force_insert=new)
    stands(row)


def _item(row: CorrectiveAction, title: str, due_on: date | None) -> NewItem:
    due_at: datetime | None = datetime.combine(due_on, time(23, 59), ZoneInfo(row.facility.zone)) if due_on else None
    return NewItem(
        queue=ACTIONS, subject=(ACTION, str(row.id)), title=title, reason=row.text, facility_id=row.facility_id, owner_id=row.owner_id, due_at=due_at
    )  # fmt: skip
