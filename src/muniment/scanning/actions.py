"""The only writer of scanning, with ``batches.actions`` and ``lots.actions``: pages put in order, documents filed and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.kernel.ids import uuid7
from muniment.record import actions as record
from muniment.record import filing as records
from muniment.record import queries as entries
from muniment.scanning import choosing, filing, making, permissions, queries, worklist
from muniment.scanning.automatic import doubts, why_checked
from muniment.scanning.batches.actions import (
    certify_destruction,
    dismiss,
    note_pages,
    print_sheets,
    refuse,
    resume,
    split_batch,
    stop,
    take,
)
from muniment.scanning.happenings import ScanFiled, ScanOfAnother
from muniment.scanning.lots import actions as lotting
from muniment.scanning.lots import queries as lots
from muniment.scanning.making import Answers
from muniment.scanning.models import Batch, Check, Document, Page
from muniment.scanning.queues import QUALITY
from muniment.scanning.rules import Copy, Policy, State, always_checked, sampled
from muniment.work import actions as work

__all__ = [
    "Answers", "certify_destruction", "check_document", "dismiss", "drop_page", "file_by_rule", "file_document",
    "follow", "judge_copy", "leave_out", "merge_with_previous", "move_page", "note_pages", "note_view", "print_sheets",
    "refuse", "resume", "split_batch", "split_document", "stop", "take", "take_back", "take_out", "turn_page",
]  # fmt: skip


def _locked(actor: Actor, document_id: UUID, revision: int | None) -> Document:
    """A document to be changed, of a batch nobody else changes meanwhile."""
    found = queries.document(actor, document_id)
    Batch.objects.select_for_update().get(id=found.batch_id)
    row = Document.objects.select_for_update(of=("self",)).select_related("batch").get(id=document_id)
    permissions.check_work(actor, row)
    permissions.check_revision(row, revision)
    return row


def _lock_chart(actor: Actor, document_id: UUID) -> None:
    """The record of the patient a document is filed to, or proposed for, before the document: the order in which entries are moved."""
    found = queries.document(actor, document_id)
    patient = found.patient_id or choosing.proposed_patient(found)
    if patient:
        records.lock(patient)


def _save(row: Document) -> None:
    row.revision += 1
    row.save(update_fields=Document.changing)
    stands(row)


def _changed(
    row: Document, before: dict[str, Any], after: dict[str, Any], reason: str = "", *, patient_id: UUID | None = None
) -> None:
    """``patient_id``: whose chart it concerns while the document is nobody's yet."""
    _save(row)
    leave(
        subject=("scan-document", row.id), patient_id=row.patient_id or patient_id, facility_id=row.facility_id, reason=reason,
        before=before, after=after,
    )  # fmt: skip


@action("scanning.turn-page", Lifecycle.WORK)
def turn_page(*, actor: Actor, document_id: UUID, number: int, revision: int | None = None) -> Document:
    """Turn a page a quarter clockwise; its text stays as it was read."""
    row = _waiting(actor, document_id, revision)
    page = _page_of(row, number)
    before, page.turn = page.turn, (page.turn + 90) % 360
    page.save(update_fields=["turn"])
    stands(page)
    _changed(row, {"page": number, "turn": before}, {"page": number, "turn": page.turn})
    return row


@action("scanning.drop-page", Lifecycle.WORK)
def drop_page(*, actor: Actor, document_id: UUID, number: int, revision: int | None = None) -> Document:
    """Leave a page out of the document, or take it back; the original bytes keep it either way."""
    row = _waiting(actor, document_id, revision)
    page = _page_of(row, number)
    page.dropped = not page.dropped
    page.save(update_fields=["dropped"])
    stands(page)
    _changed(row, {"page": number, "dropped": not page.dropped}, {"page": number, "dropped": page.dropped})
    return row


@action("scanning.move-page", Lifecycle.WORK)
def move_page(*, actor: Actor, document_id: UUID, number: int, earlier: bool, revision: int | None = None) -> Document:
    """Put a page one place earlier, or later, in its document. At an end it stays where it is."""
    row = _waiting(actor, document_id, revision)
    pages = queries.pages(row)
    at = pages.index(_page_of(row, number))
    other = at - 1 if earlier else at + 1
    if not 0 <= other < len(pages):
        unchanged()
        return row
    one, two = pages[at], pages[other]
    one.position, two.position = two.position, one.position
    Page.objects.bulk_update([one, two], ["position"])
    stands(one, two)
    _changed(row, {"page": number, "place": at + 1}, {"page": number, "place": other + 1})
    return row


@action("scanning.split-document", Lifecycle.WORK)
def split_document(*, actor: Actor, document_id: UUID, number: int, revision: int | None = None) -> Document:
    """Begin a new document at a page. Returns the new one, which waits in the queue with its own proposals."""
    row = _waiting(actor, document_id, revision)
    pages = queries.pages(row)
    place = next((at for at, one in enumerate(pages) if one.number == number), 0)
    if not place:
        raise Refused("A document is split at a page that is not its first.", where="page")
    if number == row.first_page:
        raise Refused("This document is known by this page.", where="page", remedy="Move the page to the front again first.")
    kept, moved = pages[:place], pages[place:]
    made = Document(
        id=uuid7(), batch=row.batch, facility_id=row.facility_id, first_page=number, waiting_since=row.waiting_since
    )
    facility = Facility.objects.get(id=row.facility_id)
    making.put_proposals(made, facility, moved)
    made.save(force_insert=True)
    stands(made)
    _put(moved, made)
    making.put_proposals(row, facility, kept)
    _changed(row, {"pages": len(pages)}, {"pages": len(pages) - len(moved), "new": str(made.id), "at": number})
    work.create(actor=actor, items=[worklist.waiting(made, row.batch)])
    return made


def _put(pages: Sequence[Page], document: Document) -> None:
    """Have the pages belong to a document."""
    for one in pages:
        one.document = document
    Page.objects.filter(id__in=[one.id for one in pages]).update(document=document)
    stands(*pages)


@action("scanning.merge-documents", Lifecycle.WORK)
def merge_with_previous(*, actor: Actor, document_id: UUID, revision: int | None = None) -> Document:
    """Put a document's pages behind those of the one before it in the batch. Returns that one; this one is left without pages."""
    row = _waiting(actor, document_id, revision)
    before = queries.previous_of(row)
    if before is None or before.state != State.WAITING:
        raise Refused("There is no document before this one that still waits.", remedy="Index this one by itself.")
    _put(queries.pages(row), before)
    making.put_proposals(before, Facility.objects.get(id=row.facility_id), queries.pages(before))
    before.exception = before.exception or row.exception
    _save(before)
    row.state, row.left_out, row.exception = State.LEFT_OUT, "Its pages were put to the document before it.", ""
    _changed(row, {"state": State.WAITING}, {"state": row.state, "into": str(before.id)})
    worklist.settle(actor, row, "put to the document before it")
    return before


@action("scanning.leave-out", Lifecycle.AMEND)
def leave_out(*, actor: Actor, document_id: UUID, reason: str, revision: int | None = None) -> Document:
    """Say that a document belongs in no chart, and why. Its pages stay in the batch."""
    permissions.check_said(reason, "Say why it belongs in no chart.", "reason")
    row = _locked(actor, document_id, revision)
    row.state, row.left_out = permissions.check_step(row, "leave out"), reason
    _changed(row, {"state": State.WAITING}, {"state": row.state}, reason)
    worklist.settle(actor, row, reason)
    return row


@action("scanning.take-back", Lifecycle.AMEND)
def take_back(*, actor: Actor, document_id: UUID, revision: int | None = None) -> Document:
    """Have a document that was left out indexed after all."""
    row = _locked(actor, document_id, revision)
    if not row.page_set.exists():
        raise NotAllowedInState("This document has no pages: they were put to another.")
    row.state, row.left_out = permissions.check_step(row, "take back"), ""
    row.copies = {entry: said for entry, said in row.copies.items() if said["decision"] != Copy.SAME}
    _changed(row, {"state": State.LEFT_OUT}, {"state": row.state})
    work.create(actor=actor, items=[worklist.waiting(row, row.batch)])
    return row


@action("scanning.file", Lifecycle.ORIGINATE)
def file_document(*, actor: Actor, document_id: UUID, index: choosing.Index, revision: int | None = None) -> Document:
    """File a document into a chart under what was confirmed of it. Raises Refused where fewer identifiers agree than the rule asks
    and no reason is given, and where a document of nearly the same text is not decided on."""
    found = queries.document(actor, document_id)
    former = found.patient_id if found.attempt else None  # whose chart it was taken out of
    records.lock(index.patient_id, *([former] if former else []))
    row = _waiting(actor, document_id, revision)
    pages = [one for one in queries.pages(row) if not one.dropped]
    governs = queries.in_force(clock.today())
    chosen = choosing.check(actor, row, index, pages, governs.policy, now=clock.now())
    choosing.apply(row, index, chosen, actor, clock.now())
    _put_into_chart(actor, row, pages, chosen, _how_checked(actor, row, governs.policy), index.said)
    if former and former != chosen.patient.id:
        _was_anothers(actor, row, former)
    return row


def _was_anothers(actor: Actor, row: Document, former: UUID) -> None:
    """It was taken out of a chart and belongs into another: that chart says so, if it did not from the first, and who read it there is told."""
    left = queries.left_behind(row, former)
    if left is None or filing.says_anothers(left.content):
        return
    again = filing.retraction_of(row, left, left.reason, anothers=True)
    record.file(actor=actor, patient_id=former, versions=[again], source_id=row.id)
    announce(
        ScanOfAnother(
            actor=actor, document=row, patient_id=former, entry_id=left.entry_id, number=left.number - 1, reason=left.reason
        )
    )


def _how_checked(actor: Actor, row: Document, policy: Policy) -> str:
    """Why it is checked, in words; empty where it is not, or where its lot will say. It joins its lot."""
    if row.attempt:
        return "filed again after it was taken out of a chart"
    before, username = queries.filed_before(actor), choosing.username(actor)
    governing = lots.policy(clock.today())
    if governing is None or actor.id is None:
        return sampled(policy, row.id, operator=username, type_code=row.type_code, filed_before=before)
    why = always_checked(policy, operator=username, type_code=row.type_code, filed_before=before)
    if not why:
        lotting.join(actor=actor, row=row, policy=governing)
    return why


@action("scanning.file-by-rule", Lifecycle.ORIGINATE)
def file_by_rule(*, actor: Actor, document_id: UUID) -> Document:
    """File a document without a person, where the rule of automatic filing is in force today and nothing of it is in doubt.

    Raises Refused with every doubt else, and leaves the document to a person. What is filed so names the rule and its evidence.
    """
    _lock_chart(actor, document_id)
    row = _waiting(actor, document_id, None)
    pages = [one for one in queries.pages(row) if not one.dropped]
    governs = queries.in_force(clock.today())
    rule, index = governs.rules.get("scanning.automatic"), choosing.proposed(row, governs.rules.get("scanning.automatic"))
    if rule is None or governs.automatic is None:
        raise Refused("No rule lets a document be filed without a person.")
    found = queries.known(
        row, pages, len(choosing.undecided(actor, row, index.patient_id, pages, governs.policy)) if index else 0
    )
    if (doubtful := doubts(found, governs.automatic)) or index is None:
        raise Refused(" ".join(doubtful) or "Nothing is proposed.", remedy="Somebody indexes it.")
    chosen = choosing.check(actor, row, index, pages, governs.policy, now=clock.now())
    choosing.apply(row, index, chosen, actor, clock.now())
    row.automatic = choosing.evidence_of(row, rule)
    always = row.type_code in governs.policy.always_types
    why = "every document of this type is checked" if always else why_checked(row.id, governs.automatic)
    return _put_into_chart(actor, row, pages, chosen, why, f"Filed by rule {rule.code}, version {rule.number}")


def _put_into_chart(
    actor: Actor, row: Document, pages: Sequence[Page], chosen: choosing.Chosen, why: str, reason: str
) -> Document:
    """File what was confirmed or found certain: the PDF, its text, the work that follows."""
    from muniment.scanning import assembly

    row.state = permissions.check_step(row, "file, sampled" if why else "file")
    row.sampled, row.checked_at = why, None
    pdf = assembly.assemble(
        queries.bytes_of(row.batch), row.batch.media_type, [assembly.Leaf(one.number, one.turn) for one in pages]
    )
    version = filing.version_of(row, row.batch, pdf=pdf, text=choosing.text_of(pages), pages=len(pages), at=clock.now())
    filed = record.file(
        actor=actor, patient_id=chosen.patient.id, versions=[version], source_id=row.id, zone=chosen.facility.zone
    )
    row.entry_id, row.entry_number, row.pdf_sha256 = version.entry_id, filed[0][1], hashlib.sha256(pdf).digest()
    _changed(
        row, {"state": State.WAITING},
        {"state": row.state, "entry": str(row.entry_id), "type": row.type_code, "pages": len(pages), "agree": chosen.agreed, "sampled": bool(why)}
        | ({"lot": str(row.lot_id)} if row.lot_id else {}) | ({"by_rule": row.automatic} if row.automatic else {}),
        reason,
    )  # fmt: skip
    worklist.settle(actor, row, "filed")
    announce(ScanFiled(document=row, codes=tuple(queries.codes(pages))))
    if why:
        work.create(actor=actor, items=[worklist.to_check(row, why)])
    return row


@action("scanning.judge-copy", Lifecycle.VERIFY)
def judge_copy(
    *, actor: Actor, document_id: UUID, entry_id: UUID, patient_id: UUID, decision: Copy, revision: int | None = None
) -> Document:
    """Decide on a document of nearly the same text in the chart: the same one (this one is left out, with that reason), a new version
    of it (filed as replacing it), or a different one. Raises Refused where the texts are not so near."""
    row = _waiting(actor, document_id, revision)
    found = choosing.copy_of(actor, row, patient_id, entry_id, queries.in_force(clock.today()).policy)
    before = {"state": row.state, "decision": row.copies.get(str(entry_id), {}).get("decision", "")}
    row.copies = row.copies | {
        str(entry_id): {"decision": decision, "share": round(found.share, 2), "by": actor.name, "patient": str(patient_id)}
    }
    if decision is Copy.SAME:
        row.state = permissions.check_step(row, "leave out")
        row.left_out = f"The same document is in the chart: {found.entry.label}, {found.entry.occurred[:10]}; {found.per_cent} % the same text."
    after = {"state": row.state, "entry": str(entry_id), "decision": decision, "share": round(found.share, 2)}
    _changed(row, before, after, row.left_out, patient_id=patient_id)
    if decision is Copy.SAME:
        worklist.settle(actor, row, "the same document is in the chart")
    return row


def _waiting(actor: Actor, document_id: UUID, revision: int | None) -> Document:
    row = _locked(actor, document_id, revision)
    permissions.check_step(row, "file")
    return row


def _page_of(row: Document, number: int) -> Page:
    found = row.page_set.filter(number=number).first()
    if found is None:
        raise Refused("This document has no such page.", remedy="Open the document again.")
    return found


@action("scanning.check", Lifecycle.VERIFY)
def check_document(*, actor: Actor, document_id: UUID, answers: Answers, revision: int | None = None) -> Document:
    """Pass a filed scan, or fail it: then it is retracted from the chart and waits to be indexed again, first in its queue."""
    _lock_chart(actor, document_id)
    row = _locked(actor, document_id, revision)
    now = clock.now()
    permissions.check_checker(actor, row, queries.in_force(clock.today()).policy)
    if not answers.passed:
        permissions.check_said(answers.reason, "Say what is wrong with it.", "reason")
    row.state = permissions.check_step(row, "pass" if answers.passed else "fail")
    before, whose = {"state": State.CHECKING, "entry": str(row.entry_id)}, row.patient_id
    event = leave(
        subject=("scan-document", row.id), patient_id=whose, facility_id=row.facility_id, reason=answers.reason, before=before,
        after={"state": row.state, "right_patient": answers.right_patient, "complete": answers.complete, "legible": answers.legible},
    )  # fmt: skip
    assert row.entry_id is not None
    said = Check.objects.create(
        document=row, entry_id=row.entry_id, operator_id=row.indexed_by_id, checker_id=actor.id, checker_name=actor.name,
        right_patient=answers.right_patient, complete=answers.complete, legible=answers.legible, reason=answers.reason, at=now, event_id=event.id,
    )  # fmt: skip
    stands(said)
    row.checked_at = now
    if row.lot_id:
        lotting.note_check(actor=actor, row=row, passed=answers.passed)
    worklist.settle(actor, row, "passed" if answers.passed else answers.reason, QUALITY)
    if not answers.passed:
        _send_back(actor, row, answers.reason, anothers=not answers.right_patient)
        row.exception = f"Failed its check: {answers.reason}"
        work.create(actor=actor, items=[worklist.failed(row, answers.reason)])
    _save(row)
    return row


@action("scanning.take-out", Lifecycle.AMEND)
def take_out(*, actor: Actor, document_id: UUID, reason: str, anothers: bool = False, revision: int | None = None) -> Document:
    """Take a filed document out of its chart again, because it was indexed wrongly: it waits to be indexed anew, with what was said of it.

    ``anothers``: it is known to be another patient's; whoever has read it there is told (``ScanOfAnother``).

    Its entry is retracted with the reason and stays readable. What is filed again is checked, whatever the plan draws; a document drawn
    from a lot counts as failed there, so that nobody mends a sample before it is looked at.
    """
    permissions.check_said(reason, "Say what was indexed wrongly.", "reason")
    _lock_chart(actor, document_id)
    row = _locked(actor, document_id, revision)
    before, drawn = {"state": row.state, "entry": str(row.entry_id)}, row.state == State.CHECKING
    row.state = permissions.check_step(row, "take out")
    if row.lot_id:
        lotting.take_out(actor=actor, row=row, drawn=drawn)
    work.settle(actor=actor, queue=QUALITY, subjects=[("scan-document", str(row.id))], reason=reason, done=False)
    _send_back(actor, row, reason, anothers=anothers)
    work.create(actor=actor, items=[worklist.again(row, reason, actor)])
    _changed(row, before, {"state": row.state}, reason)
    return row


def _send_back(actor: Actor, row: Document, reason: str, *, anothers: bool = False) -> None:
    """Retract the entry, where nobody has, and have the document indexed again. ``anothers``: it is known to be another patient's."""
    assert row.patient_id is not None
    assert row.entry_id is not None
    patient_id, entry_id, number = row.patient_id, row.entry_id, row.entry_number
    if not entries.entry(actor, patient_id, entry_id).retracted:
        retraction = filing.retraction_of(row, entries.version(patient_id, entry_id, number), reason, anothers=anothers)
        record.file(actor=actor, patient_id=patient_id, versions=[retraction], source_id=row.id)
    row.attempt, row.indexed_at = row.attempt + 1, None
    row.lot, row.automatic = None, {}
    row.entry_id, row.entry_number, row.pdf_sha256 = None, 0, None
    if anothers:
        announce(
            ScanOfAnother(actor=actor, document=row, patient_id=patient_id, entry_id=entry_id, number=number, reason=reason)
        )


@action("scanning.follow", Lifecycle.AMEND)
def follow(*, actor: Actor, moved: Mapping[UUID, UUID], patient_id: UUID, encounter_id: UUID | None) -> int:
    """Filed scans were moved into another chart (entry → the entry it became): a check still to come is of that one."""
    rows = list(Document.objects.select_for_update().filter(entry_id__in=moved).order_by("id"))
    if not rows:
        unchanged()
        return 0
    numbers = entries.numbers(patient_id, moved.values())  # their history came along
    for row in rows:
        assert row.entry_id is not None
        entry_id = moved[row.entry_id]
        row.patient_id, row.encounter_id, row.entry_id, row.entry_number = patient_id, encounter_id, entry_id, numbers[entry_id]
        _save(row)
    leave(
        subject=("scan-document", rows[0].id), patient_id=patient_id, facility_id=rows[0].facility_id,
        after={"documents": [str(row.id) for row in rows]},
    )  # fmt: skip
    return len(rows)


@action("scanning.view", Lifecycle.ACCESS)
def note_view(*, actor: Actor, row: Document, shown: str) -> None:
    """Somebody saw the pages of a scanned document (45 CFR 164.312(b))."""
    leave(subject=("scan-document", row.id), patient_id=row.patient_id, facility_id=row.facility_id, after={"shown": shown})
