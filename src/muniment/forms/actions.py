"""The only writer of the inventory of forms: proposed, approved by another, reviewed, replaced, retired; nothing is ever lost."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.forms import making, permissions, queries, worklist
from muniment.forms.making import Said
from muniment.forms.models import Form, FormVersion, TypeInUse
from muniment.forms.queues import APPROVALS, REVIEWS
from muniment.forms.rules import State, Step, ended_by
from muniment.kernel.errors import Conflict, Refused
from muniment.kernel.ids import uuid7
from muniment.record import actions as record
from muniment.work import actions as work

PDF = "application/pdf"


@action("forms.propose", Lifecycle.CONFIGURE)
def propose(
    *, actor: Actor, number: str, said: Said, facility: Facility | None = None, follows: int | None = None
) -> FormVersion:
    """Propose a form or a new version of one. It is in force once somebody else approves it.

    ``follows`` is the number of the last version that was read, 0 for a new form: with a newer one there, raises Conflict.
    """
    author = permissions.check_propose(actor, facility.id if facility else None)
    making.check(said)
    form = _form(actor, number, facility)
    before = FormVersion.objects.filter(form=form).order_by("-number").first()
    last = before.number if before else 0
    if follows is not None and follows != last:
        raise _overtaken(form.number, last)
    made = making.blank_of(form, last + 1, said, before)
    row = FormVersion(
        form=form, number=last + 1, state=State.DRAFT, title=said.title.strip()[:200], type_code=said.type_code, medium=said.medium, owner=said.owner.strip()[:200],
        used_in=list(said.used_in), downtime=said.downtime, changes=said.changes.strip(), layout="" if made.original else said.layout, pages=made.pages,
        original_sha256=record.keep(content=made.original, media_type=PDF) if made.original else None,
        sha256=record.keep(content=made.printed, media_type=PDF) if made.printed else None, effective_from=said.effective_from,
        proposed_by_id=author, proposed_at=clock.now(),
    )  # fmt: skip
    _insert(row)
    _leave(row, reason=row.changes, after={"sha256": bytes(row.sha256).hex() if row.sha256 else "", "type": row.type_code})
    work.create(actor=actor, items=[worklist.to_approve(row)])
    return row


def _form(actor: Actor, number: str, facility: Facility | None) -> Form:
    """The form of this number, made where there is none. A form keeps the facility it began with."""
    number = number.strip().upper()
    permissions.check_said(number, "Give the form a number.", "number")
    found = Form.objects.select_related("facility").filter(number=number).first()
    if found is None:
        made = Form.objects.create(number=number[:40], facility=facility, registered_at=clock.now())
        stands(made)
        return made
    permissions.check_propose(actor, found.facility_id)
    return found


def _insert(row: FormVersion) -> None:
    """The numbers are unique: of two who propose at once, the second waits for the first and is told."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "form_version_numbered_once" not in str(error):
            raise
        raise _overtaken(row.form.number, row.number) from error


def _overtaken(form: str, number: int) -> Conflict:
    return Conflict(
        f"Somebody else proposed version {number} of {form} in the meantime; nothing of yours was written." if number
        else f"{form} is not in the inventory.",
        remedy="Read that version, then propose yours again if it is still wanted.",
    )  # fmt: skip


def _leave(
    row: FormVersion, *, reason: str = "", after: dict[str, object] | None = None, also: tuple[FormVersion, ...] = ()
) -> None:
    leave(
        subject=("form", row.form.number), facility_id=row.form.facility_id, reason=reason,
        before={"ended": [one.number for one in also]} if also else {},
        after={"version": row.number, "state": str(row.state), "from": row.effective_from.isoformat(), **(after or {})},
    )  # fmt: skip
    stands(row, *also)


def _locked(actor: Actor, version_id: UUID) -> FormVersion:
    found = queries.version(actor, version_id)
    list(FormVersion.objects.select_for_update().filter(form_id=found.form_id).order_by("id"))
    return queries.version(actor, version_id)


@action("forms.approve", Lifecycle.CONFIGURE)
def approve(*, actor: Actor, version_id: UUID) -> FormVersion:
    """Approve what somebody else proposed. The version in force until then ends the day this one begins."""
    row = _locked(actor, version_id)
    person = permissions.check_approve(actor, row)
    others = FormVersion.objects.filter(form_id=row.form_id, state=State.APPROVED).select_related("form")
    ended = tuple(ended_by(row, others))
    permissions.check_first_day(row, ended, clock.today())
    for one in ended:
        one.state, one.effective_to = permissions.check_step(one, Step.SUPERSEDE), row.effective_from
        one.save(update_fields=["state", "effective_to"])
    row.state, row.approved_by_id, row.approved_at = State.APPROVED, person, clock.now()
    row.review_due = queries.policy(clock.today()).policy.review_on(max(row.effective_from, clock.today()))
    row.save(update_fields=["state", "approved_by", "approved_at", "review_due"])
    _leave(row, also=ended)
    _settle(actor, row, "approved", APPROVALS)
    for one in ended:
        _settle(actor, one, f"replaced by version {row.number}", REVIEWS)
    return row


def _settle(actor: Actor, row: FormVersion, reason: str, *waiting: str) -> None:
    work.settle(actor=actor, queue=list(waiting), subjects=[(worklist.SUBJECT, str(row.id))], reason=reason)


@action("forms.withdraw", Lifecycle.CONFIGURE)
def withdraw(*, actor: Actor, version_id: UUID, reason: str) -> FormVersion:
    """Take a draft back, or turn it down. It stays readable."""
    permissions.check_said(reason, "Say why it is not wanted.", "reason")
    row = _locked(actor, version_id)
    permissions.check_propose(actor, row.form.facility_id)
    row.state, row.ended_why = permissions.check_step(row, Step.WITHDRAW), reason.strip()
    row.save(update_fields=["state", "ended_why"])
    _leave(row, reason=reason)
    _settle(actor, row, reason, APPROVALS)
    return row


@action("forms.retire", Lifecycle.DEPRECATE)
def retire(*, actor: Actor, version_id: UUID, on: date, reason: str) -> FormVersion:
    """Take a form out of use: ``on`` is the first day on which nobody begins it any more, today or later."""
    permissions.check_said(reason, "Say why it is retired.", "reason")
    row = _locked(actor, version_id)
    permissions.check_retire(actor, row)
    if on < clock.today():
        raise Refused("This day lies behind: what was written since was written on a form in force.", where="on")
    if on < row.effective_from:
        raise Refused(f"It is in force only from {row.effective_from:%d %b %Y}.", where="on")
    row.state, row.effective_to, row.ended_why = permissions.check_step(row, Step.RETIRE), on, reason.strip()
    row.save(update_fields=["state", "effective_to", "ended_why"])
    _leave(row, reason=reason, after={"to": on.isoformat()})
    _settle(actor, row, "retired", REVIEWS)
    return row


@action("forms.review", Lifecycle.VERIFY)
def review(*, actor: Actor, version_id: UUID, remark: str) -> FormVersion:
    """Say that a form in force was looked at and stays as it is. Its next review is due as the rule says."""
    permissions.check_said(remark, "Say what was looked at, and with whom.", "remark")
    row = _locked(actor, version_id)
    person = permissions.check_propose(actor, row.form.facility_id)
    permissions.check_step(row, Step.REVIEW)
    today = clock.today()
    row.reviewed_by_id, row.reviewed_at, row.review_due = person, clock.now(), queries.policy(today).policy.review_on(today)
    row.save(update_fields=["reviewed_by", "reviewed_at", "review_due"])
    _leave(row, reason=remark, after={"review_due": row.review_due.isoformat()})
    _settle(actor, row, remark, REVIEWS)
    return row


@action("forms.ask-reviews", Lifecycle.WORK)
def ask_reviews(*, actor: Actor, today: date) -> int:
    """Put the reviews that the rule asks for into their queue. Returns how many are new."""
    governs = queries.policy(today)
    rows = queries.to_review(governs.policy.asks_until(today), today)
    made = work.create(actor=actor, items=[worklist.to_review(row, governs.cited) for row in rows]) if rows else []
    if not made:
        unchanged()
        return 0
    leave(subject=("forms", uuid7()), after={"reviews": [str(one.subject_id) for one in made]})
    return len(made)


@action("forms.count-types", Lifecycle.VERIFY)
def count_types(*, actor: Actor) -> int:
    """Count anew which types of document the charts hold. Returns how many of them no form answers for."""
    now = clock.now()
    rows = [
        TypeInUse(facility_id=facility, code=code, label=label, documents=documents, last=last, counted_at=now)
        for facility, code, label, documents, last in queries.documents_by_type()
    ]
    TypeInUse.objects.all().delete()
    TypeInUse.objects.bulk_create(rows)
    open_ones = len(queries.uncovered(actor, clock.today()))
    leave(subject=("document-types", uuid7()), after={"types": len(rows), "uncovered": open_ones})
    return open_ones
