"""The writer of scanned batches: taken and read, split into documents, their paper let go; separator sheets printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core import clock, keys
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import NotAllowedInState, Problem, Refused
from muniment.kernel.ids import uuid7
from muniment.record import actions as record
from muniment.scanning import choosing, making, permissions, queries, typeset, worklist
from muniment.scanning.making import Arrival, Destruction
from muniment.scanning.models import Batch, Document, Page
from muniment.scanning.queues import EXCEPTIONS
from muniment.scanning.rules import BatchState, free_from, missing_for_destruction
from muniment.scanning.splitting import Leaf, split
from muniment.work import actions as work

if TYPE_CHECKING:  # what they stand on (pikepdf, PDFium) is loaded by the process that needs it
    from muniment.scanning.checking import Checked
    from muniment.scanning.reader import Reading


@action("scanning.take", Lifecycle.RECEIVE)
def take(*, actor: Actor, arrival: Arrival, checked: Checked) -> Batch:
    """Keep a batch's original bytes and have it read. The same bytes twice raise IntegrityError: ask ``queries.by_hash`` first."""
    record.keep(content=arrival.content, media_type=checked.media_type)
    row = making.batch_of(arrival, BatchState.READING)
    if checked.working is not None:
        row.working_sha256 = record.keep(content=checked.working, media_type=checked.media_type)
    row.media_type, row.pages, row.remarks = checked.media_type, checked.pages, checked.remarks
    permissions.check_work(actor, row)
    row.save(force_insert=True)
    stands(row)
    leave(
        subject=("scan-batch", row.id), facility_id=row.facility_id,
        after={"sha256": arrival.sha256.hex(), "pages": row.pages, "source": row.source, "taken_out": bool(checked.working)},
    )  # fmt: skip
    return row


@action("scanning.refuse", Lifecycle.RECEIVE)
def refuse(*, actor: Actor, arrival: Arrival, problem: Problem) -> Batch:
    """Keep a file that can't be read, with its sentence, and put it before a technician."""
    record.keep(content=arrival.content, media_type="application/octet-stream")
    row = making.batch_of(arrival, BatchState.REFUSED)
    row.reason, row.where, row.remedy = problem.what, problem.where[:300], problem.remedy
    permissions.check_work(actor, row)
    row.save(force_insert=True)
    stands(row)
    leave(
        subject=("scan-batch", row.id), facility_id=row.facility_id, reason=problem.what,
        after={"sha256": arrival.sha256.hex(), "state": row.state, "source": row.source},
    )  # fmt: skip
    work.create(actor=actor, items=[worklist.refused(row)])
    return row


@action("scanning.dismiss", Lifecycle.AMEND)
def dismiss(*, actor: Actor, batch_id: UUID, reason: str) -> Batch:
    """Settle a refused file: it was scanned again, or belongs nowhere. Its bytes stay."""
    permissions.check_said(reason, "Say what was done about it.", "reason")
    row = _step_batch(actor, batch_id, "dismiss", reason)
    work.settle(actor=actor, queue=EXCEPTIONS, subjects=[("scan-batch", str(row.id))], reason=reason)
    return row


@action("scanning.stop", Lifecycle.WORK)
def stop(*, actor: Actor, batch_id: UUID, trouble: str = "") -> Batch:
    """Stop the reading of a batch after the page that is being read. With ``trouble`` it is put before a technician."""
    row = _step_batch(actor, batch_id, "stop", trouble)
    if trouble:
        work.create(actor=actor, items=[worklist.stopped(row, trouble)])
    return row


@action("scanning.resume", Lifecycle.WORK)
def resume(*, actor: Actor, batch_id: UUID) -> Batch:
    """Go on reading where it was stopped."""
    row = _step_batch(actor, batch_id, "resume", "")
    work.settle(actor=actor, queue=EXCEPTIONS, subjects=[("scan-batch", str(row.id))], reason="reading goes on")
    return row


def _step_batch(actor: Actor, batch_id: UUID, step: str, reason: str) -> Batch:
    row = _locked_batch(actor, batch_id)
    before, row.state = row.state, permissions.check_batch_step(row, step)
    _changed_batch(row)
    leave(
        subject=("scan-batch", row.id),
        facility_id=row.facility_id,
        reason=reason,
        before={"state": before},
        after={"state": row.state},
    )
    return row


def _changed_batch(row: Batch) -> None:
    row.revision, row.changed_at = row.revision + 1, clock.now()
    row.save(update_fields=Batch.changing)
    stands(row)


@action("scanning.note-pages", Lifecycle.RECEIVE)
def note_pages(*, actor: Actor, batch_id: UUID, readings: Sequence[Reading]) -> Batch:
    """Keep what was read of some pages. What was read before is passed over, so a page is read once whatever was killed."""
    row = Batch.objects.select_for_update().get(id=batch_id)
    known = set(row.page_set.values_list("number", flat=True))
    made = [making.page_of(row, one) for one in readings if one.number not in known]
    Page.objects.bulk_create(made)
    stands(*made)
    row.pages_read = len(known) + len(made)
    _changed_batch(row)
    leave(
        subject=("scan-batch", row.id), facility_id=row.facility_id,
        after={"read": row.pages_read, "of": row.pages, "first": made[0].number if made else 0},
    )  # fmt: skip
    return row


@action("scanning.split", Lifecycle.WORK)
def split_batch(*, actor: Actor, batch_id: UUID) -> list[Document]:
    """Put a batch that is read to its end into documents, propose what they are, and put them into their queues."""
    row = Batch.objects.select_for_update().get(id=batch_id)
    row.state = permissions.check_batch_step(row, "split")
    found = {one.number: one for one in row.page_set.all()}
    if len(found) < row.pages:
        raise NotAllowedInState(f"{row.pages - len(found)} pages of this batch are not read yet.")
    facility = Facility.objects.get(id=row.facility_id)
    leaves = [Leaf(one.number, one.text, tuple(one.codes), one.blank) for _, one in sorted(found.items())]
    runs = split(leaves, keys.named("separators"), facility.code)
    made = [making.document_of(row, run, facility, found) for run in runs]
    Document.objects.bulk_create(made)
    stands(*made)
    Page.objects.bulk_update(found.values(), ["document", "dropped"])
    stands(*found.values())
    _changed_batch(row)
    leave(subject=("scan-batch", row.id), facility_id=row.facility_id, after={"documents": len(made), "state": row.state})
    work.create(actor=actor, items=[worklist.waiting(one, row) for one in made])
    return made


def _locked_batch(actor: Actor, batch_id: UUID) -> Batch:
    queries.batch(actor, batch_id)
    row = Batch.objects.select_for_update().get(id=batch_id)
    permissions.check_work(actor, row)
    return row


@action("scanning.certify-destruction", Lifecycle.DESTROY)
def certify_destruction(*, actor: Actor, batch_id: UUID, said: Destruction, today: date) -> Batch:
    """Certify that a batch's paper was destroyed. Raises Refused with everything that is missing; the scans stay."""
    row = _locked_batch(actor, batch_id)
    policy = queries.in_force(today).policy
    reached, before = permissions.check_batch_step(row, "certify destruction"), row.state
    standing = queries.standing(row)
    if lacking := missing_for_destruction(policy, standing, today):
        raise Refused(" ".join(lacking), remedy="The paper stays until then.")
    choosing.check_destruction(said, actor.name, first=free_from(policy, standing) or row.scanned_on, today=today)
    row.state = reached
    row.destruction = {"on": said.on.isoformat(), "how": said.how, "witness": said.witness, "by": actor.name}
    pdf = typeset.certificate(row, Facility.objects.get(id=row.facility_id), list(row.documents.order_by("first_page")))
    row.certificate_sha256 = record.keep(content=pdf, media_type="application/pdf")
    _changed_batch(row)
    leave(
        subject=("scan-batch", row.id), facility_id=row.facility_id, reason=said.how, before={"state": before},
        after={"state": row.state, "certificate": bytes(row.certificate_sha256).hex()} | row.destruction,
    )  # fmt: skip
    return row


@action("scanning.print-sheets", Lifecycle.OUTPUT)
def print_sheets(
    *, actor: Actor, facility: Facility, sheets: Sequence[typeset.Printed], patient_id: UUID | None = None
) -> bytes:
    """Set separator sheets as a PDF to be printed. Raises Refused for a facility that is not the actor's."""
    permissions.check_work(actor, Batch(facility_id=facility.id))
    if not sheets:
        unchanged()
        raise Refused("There is no sheet to print.")
    leave(subject=("separator-sheets", uuid7()), patient_id=patient_id, facility_id=facility.id, after={"sheets": len(sheets)})
    return typeset.sheets(sheets, keys.named("separators"))
