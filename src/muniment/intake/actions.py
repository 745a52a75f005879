"""The only writer of intake: what arrived is filed, or kept in quarantine with the sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.bulk import later
from muniment.core.lifecycle import Lifecycle
from muniment.core.malware import Infected
from muniment.intake import filing, permissions
from muniment.intake.directory import Directory
from muniment.intake.mail import Letter
from muniment.intake.models import Input, Progress
from muniment.intake.outside import waiting
from muniment.intake.queues import OUTSIDE, OUTSIDE_SUBJECT, QUARANTINE
from muniment.intake.rules import Status, titled
from muniment.intake.submission import Submission
from muniment.kernel.errors import Problem
from muniment.kernel.ids import uuid7
from muniment.record import actions as record
from muniment.record.rules import Acceptance
from muniment.work import actions as work

MEDIA_TYPES = {
    "hl7v2": "x-application/hl7-v2+er7",
    "ccda": "application/xml",
    "fhir": "application/fhir+json",
    "mail": "message/rfc822",
    "xdm": "application/zip",
}


UPLOAD, REPLAYED = "upload", "replayed"  # a source, and a place: what they mean for a signature is in ``_by_hand``
UNBELIEVED = (
    "It says that a document in it was authenticated where it comes from. A person brought it, so that counts as no signature."
)
COLUMNS = tuple(field.attname for field in Input._meta.concrete_fields)
QUOTED = tuple(f'"{name}"' for name in COLUMNS)  # one of them is a word of SQL


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Bytes as they arrived."""

    content: bytes = field(repr=False)
    sha256: bytes
    format: str
    source: str
    name: str
    received_at: datetime
    place: str = ""  # a part of a larger input, or "replayed"
    origin: str = ""  # whose records the channel brings
    sender: str = ""  # of an e-mail
    envelope_id: UUID | None = None  # the input of the message it came in
    media_type: str = ""  # where its format does not tell


@action("intake.file", Lifecycle.RECEIVE)
def file(
    *, actor: Actor, arrival: Arrival, submissions: Sequence[Submission], directory: Directory, status: Status = Status.FILED
) -> Input:
    """File an input whole: its original bytes, and every submission in it. Raises Unfileable; then nothing of it is kept."""
    record.keep(content=arrival.content, media_type=arrival.media_type or MEDIA_TYPES[arrival.format])
    input_id = uuid7()
    if _by_hand(actor, arrival):
        submissions = [_without_signatures(one) for one in submissions]
    done = [
        filing.file_submission(
            actor=actor,
            submission=one,
            directory=directory,
            input_id=input_id,
            received_at=arrival.received_at,
            origin=arrival.origin,
        )
        for one in submissions
    ]
    row = _row(arrival, status, submissions[0] if submissions else None, input_id)
    row.entries = sum(one.entries for one in done)
    row.origin = next((one.origin for one in done if one.origin), arrival.origin)[:200]
    row.remarks = [remark for one in submissions for remark in one.remarks][:100]
    first = next((one for one in done if one.patient), None)
    if first and first.patient:
        row.patient_id, row.encounter_id, row.facility_id = first.patient.id, first.encounter_id, first.patient.facility_id
    permissions.check_facility_of(actor, row)
    _insert(row)
    leave(
        subject=("input", row.id), patient_id=row.patient_id, facility_id=row.facility_id,
        after={"sha256": arrival.sha256.hex(), "kind": row.kind, "entries": row.entries, "source": arrival.source},
    )  # fmt: skip
    return row


def _by_hand(actor: Actor, arrival: Arrival) -> bool:
    """Whether a person brought or typed these bytes: not what came over a channel, and waited there to be filed as it came."""
    return actor.id is not None and (arrival.place != REPLAYED or arrival.source == UPLOAD)


def _without_signatures(submission: Submission) -> Submission:
    """Nobody signs for somebody else by writing a message that says they did: only a sending system is believed that."""
    if not any(draft.signed_by_source for draft in submission.drafts):
        return submission
    drafts = tuple(replace(draft, signed_by_source=False) for draft in submission.drafts)
    return replace(submission, drafts=drafts, remarks=(*submission.remarks, UNBELIEVED))


@action("intake.quarantine", Lifecycle.RECEIVE)
def quarantine(
    *, actor: Actor, arrival: Arrival, problem: Problem, submission: Submission | None = None, facility_id: UUID | None = None
) -> Input:
    """Keep what could not be filed, with its sentence, and put it before a technician."""
    record.keep(content=arrival.content, media_type=MEDIA_TYPES.get(arrival.format, "application/octet-stream"))
    row = _row(arrival, Status.QUARANTINED, submission, uuid7())
    row.malware = problem.signature if isinstance(problem, Infected) else ""
    row.facility_id = facility_id
    row.reason, row.where, row.remedy = problem.what, problem.where[:300], problem.remedy
    _insert(row)
    leave(
        subject=("input", row.id), facility_id=facility_id, reason=problem.what,
        after={"sha256": arrival.sha256.hex(), "status": "quarantined", "source": arrival.source, **({"malware": row.malware} if row.malware else {})},
    )  # fmt: skip
    work.create(actor=actor, items=[_to_settle(row)])
    return row


@action("intake.keep-package", Lifecycle.RECEIVE)
def keep_package(*, actor: Actor, arrival: Arrival, input_id: UUID, facility: Facility | None, remarks: Sequence[str]) -> Input:
    """Keep a package whole beside the documents that came in it."""
    record.keep(content=arrival.content, media_type=MEDIA_TYPES["xdm"])
    row = _row(arrival, Status.FILED, None, input_id)
    row.kind, row.remarks, row.facility_id = "XDM package", list(remarks)[:100], facility.id if facility else None
    permissions.check_facility_of(actor, row)
    _insert(row)
    leave(
        subject=("input", row.id), facility_id=row.facility_id,
        after={"sha256": arrival.sha256.hex(), "status": row.status, "source": arrival.source},
    )  # fmt: skip
    return row


@action("intake.keep-letter", Lifecycle.RECEIVE)
def keep_letter(
    *, actor: Actor, arrival: Arrival, letter: Letter, input_id: UUID, facility: Facility | None, remarks: Sequence[str], problem: Problem | None = None
) -> Input:  # fmt: skip
    """Keep a message whole beside what came in it, or in quarantine where nothing did. Of its subject only the digest is told."""
    record.keep(content=arrival.content, media_type=MEDIA_TYPES["mail"])
    row = _row(arrival, Status.QUARANTINED if problem else Status.FILED, None, input_id)
    row.kind, row.control_id, row.sender = "E-mail message", letter.message_id[:200], letter.sender[:200]
    row.sent_at, row.remarks, row.facility_id = (
        letter.dated.isoformat() if letter.dated else "",
        list(remarks)[:100],
        facility.id if facility else None,
    )
    if problem:
        row.reason, row.where, row.remedy = problem.what, problem.where[:300], problem.remedy
    permissions.check_facility_of(actor, row)
    _insert(row)
    leave(
        subject=("input", row.id), facility_id=row.facility_id, reason=row.reason,
        after={"sha256": arrival.sha256.hex(), "status": row.status, "source": arrival.source, "subject_sha256": letter.subject_sha256},
    )  # fmt: skip
    if problem:
        work.create(actor=actor, items=[_to_settle(row)])
    return row


def _to_settle(row: Input) -> work.NewItem:
    return work.NewItem(
        queue=QUARANTINE, subject=("input", str(row.id)), facility_id=row.facility_id, reason=row.reason,
        title=titled(row.format, row.kind, row.source) + (", not filed" if row.kind else ", could not be read"),
    )  # fmt: skip


@action("intake.settle", Lifecycle.AMEND)
def settle(*, actor: Actor, input_id: UUID, step: str, reason: str, filed: Input | None = None) -> Input:
    """Take an input out of quarantine: corrected or replayed into ``filed``, or dismissed with a reason. Its bytes stay."""
    row = Input.objects.select_for_update().get(id=input_id)
    permissions.check_settle(actor, row, step, reason)
    row.status = Status.DISMISSED if step == "dismiss" else Status.CORRECTED
    row.corrected_by, row.settled_at = filed, clock.now()
    row.save(update_fields=["status", "corrected_by", "settled_at"])
    stands(row)
    leave(
        subject=("input", row.id), patient_id=filed.patient_id if filed else None, facility_id=row.facility_id, reason=reason,
        before={"status": "quarantined"}, after={"status": row.status, "filed": str(filed.id) if filed else ""},
    )  # fmt: skip
    work.settle(actor=actor, queue=QUARANTINE, subjects=[("input", str(row.id))], reason=reason)
    return row


@action("intake.decide-outside", Lifecycle.WORK)
def decide_outside(
    *, actor: Actor, patient_id: UUID, decisions: Mapping[tuple[UUID, int], Acceptance], reason: str = ""
) -> int:
    """Decide lines of others' records, as ``record.reconcile``; the item is done when none waits. Returns how many still do."""
    done = record.reconcile(actor=actor, patient_id=patient_id, decisions=decisions, reason=reason)
    left = waiting(patient_id).count()
    if not left:
        work.settle(actor=actor, queue=OUTSIDE, subjects=[(OUTSIDE_SUBJECT, str(patient_id))], reason="Every line is decided.")
    leave(
        subject=("patient", patient_id), patient_id=patient_id, facility_id=done[0].facility_id if done else None,
        after={"decided": len(done), "waiting": left},
    )  # fmt: skip
    return left


@action("intake.view", Lifecycle.ACCESS)
def note_view(*, actor: Actor, row: Input, shown: str) -> None:
    """Somebody saw an input's original bytes (45 CFR 164.312(b)). ``shown`` says how: "on screen", "downloaded"."""
    leave(subject=("input", row.id), patient_id=row.patient_id, facility_id=row.facility_id, after={"shown": shown})


@action("intake.take-out-infected", Lifecycle.SECURITY)
def take_out_infected(*, actor: Actor, input_id: UUID, reason: str) -> Input:
    """Somebody takes the bytes of an infected input out, for whoever looks into it. Raises Refused for all but administrators."""
    row = Input.objects.get(id=input_id)
    permissions.check_take_out(actor, row, reason)
    leave(
        subject=("input", row.id), facility_id=row.facility_id, reason=reason,
        after={"malware": row.malware, "sha256": bytes(row.sha256).hex()},
    )  # fmt: skip
    return row


@action("intake.note-progress", Lifecycle.RECEIVE)
def note_progress(*, actor: Actor, path: str, fingerprint: str, units: int, finished: bool) -> None:
    """Remember how far a run over a large file has come."""
    Progress.objects.update_or_create(
        path=path, defaults={"fingerprint": fingerprint, "units": units, "finished": finished, "changed_at": clock.now()}
    )
    leave(subject=("intake-run", path[-200:]), after={"units": units, "finished": finished})


def _insert(row: Input) -> None:
    """With the others of its unit of work: a row is written for every message that arrives."""
    for name in COLUMNS:
        setattr(row, name, _plain(getattr(row, name)))
    later("intake_input", QUOTED, [[_cell(getattr(row, name)) for name in COLUMNS]])
    stands(row)


def _plain(value: object) -> object:
    """Without the character with the number 0, which senders write and the database does not hold."""
    if isinstance(value, str):
        return value.replace("\0", "") if "\0" in value else value
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _cell(value: object) -> object:
    return Jsonb(value) if isinstance(value, list) else value


def _row(arrival: Arrival, status: Status, submission: Submission | None, input_id: UUID) -> Input:
    return Input(
        id=input_id, sha256=arrival.sha256, place=arrival.place[:200], format=arrival.format, source=arrival.source[:120], name=arrival.name[:300],
        origin=arrival.origin[:200], sender=arrival.sender[:200], envelope_id=arrival.envelope_id,
        size=len(arrival.content), received_at=arrival.received_at, status=status,
        kind=submission.kind[:120] if submission else "", control_id=submission.control_id[:200] if submission else "",
        sent_at=submission.sent_at.to_fhir() if submission and submission.sent_at else "",
    )  # fmt: skip
