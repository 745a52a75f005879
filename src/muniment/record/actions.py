"""The only writer of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max

from muniment.accounts.models import Facility
from muniment.core import clock, keys
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import later
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.kernel.fhir.descriptions import Description
from muniment.record import blob_files, blobs, filing, permissions, queries
from muniment.record.happenings import Closed, Filed, FoundAstray, Signed
from muniment.record.models import Closure, Entry, Production, Reconciliation, Signature, UsualView, Version
from muniment.record.production import asking
from muniment.record.production.order import OPEN, Order, Standing
from muniment.record.rules import Acceptance, Meaning, SignatureFacts, VersionKind, seal_signature

if TYPE_CHECKING:
    from muniment.record.production.make import Made

SIGNATURE_COLUMNS = tuple(column.attname for column in Signature._meta.concrete_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A resource in canonical form, what the index needs of it, and the bytes it carries."""

    entry_id: UUID
    resource_type: str
    canonical: bytes
    description: Description
    encounter_id: UUID | None = None
    facility_id: UUID | None = None
    author_id: UUID | None = None
    author_name: str = ""
    kind: VersionKind | None = None  # None: original when new, update when not
    reason: str = ""
    source_key: str = ""
    document: bytes | None = field(default=None, repr=False)
    media_type: str = ""
    text: str = field(default="", repr=False)
    signed_by_source: str = ""  # printed name of whoever authenticated it in the sending system
    signed_on_paper: str = ""  # the name under the paper a scan is of, as whoever indexed it read it
    origin: str = ""  # whose record it is, where it is not our own: it then waits to be accepted

    @property
    def authenticated(self) -> str:
        """The printed name of whoever signed it before it came here; empty for nobody."""
        return self.signed_by_source or self.signed_on_paper


@action("record.file", Lifecycle.RECEIVE)
def file(
    *, actor: Actor, patient_id: UUID, versions: Sequence[NewVersion], source_id: UUID | None = None, zone: str = "UTC"
) -> list[tuple[UUID, int]]:
    """File versions of a patient's entries, in bulk. What is filed already, byte for byte, is passed over.

    Returns (entry, number) of each that was filed. The event's digest covers every version's hash and facts, so the chain covers them.
    """
    filing.lock(patient_id)
    rows = filing.number_anew(patient_id, versions)
    if not rows:
        unchanged()
        return []
    first = rows[0]
    event = leave(
        subject=("entry", first.version.entry_id) if len(rows) == 1 else ("entries", source_id or first.version.entry_id),
        patient_id=patient_id, facility_id=first.version.facility_id, reason=first.version.reason,
        after={"entries": len(rows), "sha256": filing.digest(patient_id, rows, source_id), "source": str(source_id or ""), "first": f"{first.version.entry_id}/{first.number}"},
    )  # fmt: skip
    filing.write(patient_id, rows, source_id=source_id, event_id=event.id, at=event.at)
    _keep_signatures(
        _signature(
            row_key=(patient_id, row.version.entry_id, row.number), hashes=(row.sha256, row.document_sha256), signer_id=None,
            practitioner_id=row.version.author_id, printed_name=row.version.authenticated, credential="",
            role="source" if row.version.signed_by_source else "paper", meaning=Meaning.SOURCE if row.version.signed_by_source else Meaning.PAPER, at=event.at, zone=zone, event_id=event.id,
        )
        for row in rows
        if row.version.authenticated
    )  # fmt: skip
    stays = frozenset(row.version.encounter_id for row in rows if row.version.encounter_id)
    announce(
        Filed(
            patient_id=patient_id,
            encounters=stays,
            documents=any(row.version.description.category == "document" for row in rows),
            outside=any(row.version.origin for row in rows),
        )
    )
    return [(row.version.entry_id, row.number) for row in rows]


@action("record.sign", Lifecycle.ATTEST)
def sign(
    *, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, meaning: Meaning, printed_name: str, credential: str,
    zone: str, practitioner_id: UUID | None = None,
) -> Signature:  # fmt: skip
    """Sign the current version of a document. ``number`` is the version that was read: a newer one raises Conflict.

    The signature is bound to the SHA-256 of the content and of the document's bytes, and sealed.
    """
    filing.lock(patient_id)
    entry = queries.entry_for_update(patient_id, entry_id)
    if entry.number != number:
        raise Conflict(
            f"Version {entry.number} of this document was filed while you read version {number}; nothing was signed.",
            remedy="Read the new version, then sign it.",
        )
    permissions.check_sign(actor, entry, meaning)
    event = leave(
        subject=("entry", entry_id), patient_id=patient_id, facility_id=entry.facility_id, reason=str(meaning),
        after={"version": number, "sha256": bytes(entry.sha256).hex(), "meaning": str(meaning)},
    )  # fmt: skip
    signature = _signature(
        row_key=(patient_id, entry_id, number), hashes=(bytes(entry.sha256), _bytes(entry.document_sha256)), signer_id=actor.id,
        practitioner_id=practitioner_id, printed_name=printed_name, credential=credential, role=actor.role, meaning=meaning,
        at=event.at, zone=zone, event_id=event.id,
    )  # fmt: skip
    _keep_signatures([signature])
    _mark_signed(signature)
    announce(Signed(patient_id=patient_id, encounter_id=entry.encounter_id, entry_id=entry_id, number=number))
    return signature


@action("record.close", Lifecycle.WORK)
def close(*, actor: Actor, patient_id: UUID, entry_id: UUID, number: int, reason: str, citation: str = "") -> Closure:
    """Close a document that its author never authenticated (EHR-S FM RI.1.3.1#01). Its content stays; it says from now on how it stands.

    ``number`` is the version that was read: a newer one raises Conflict. ``citation`` is of the rule that proposed it.
    """
    filing.lock(patient_id)
    entry = queries.entry_for_update(patient_id, entry_id)
    permissions.check_close(actor, entry, number, reason)
    assert actor.id is not None
    said = reason.strip()[:400]
    event = leave(
        subject=("entry", entry_id), patient_id=patient_id, facility_id=entry.facility_id, reason=said,
        after={"version": number, "sha256": bytes(entry.sha256).hex(), "rule": citation[:400]},
    )  # fmt: skip
    row = Closure.objects.create(
        patient_id=patient_id, entry_id=entry_id, number=number, reason=said, facility_id=entry.facility_id, citation=citation[:400], closed_by_id=actor.id,
        closed_by=actor.name, role=actor.role, closed_at=event.at, event_id=event.id,
    )  # fmt: skip
    Entry.objects.filter(patient_id=patient_id, entry_id=entry_id).update(closed_at=event.at)
    announce(Closed(patient_id=patient_id, encounter_id=entry.encounter_id, entry_id=entry_id, number=number))
    return row


@action("record.reconcile", Lifecycle.AMEND)
def reconcile(
    *, actor: Actor, patient_id: UUID, decisions: Mapping[tuple[UUID, int], Acceptance], reason: str = ""
) -> list[Entry]:
    """Decide about entries of somebody else's record: (entry, the version that was read) → what becomes of it.

    A newer version, or one somebody decided about meanwhile as this one was read, raises Conflict; nothing is written then.
    """
    filing.lock(patient_id)
    rows = {entry: queries.entry_for_update(patient_id, entry) for entry, _ in decisions}
    for entry_id, number in decisions:
        permissions.check_reconcile(actor, rows[entry_id], number, decisions[entry_id, number], reason)
    if not rows:
        unchanged()
        return []
    decided = {f"{entry}/{number}": str(said) for (entry, number), said in decisions.items()}
    event = leave(
        subject=("patient", patient_id), patient_id=patient_id, facility_id=next(iter(rows.values())).facility_id, reason=reason,
        before={"standing": {str(one.entry_id): one.standing for one in rows.values()}}, after={"decided": decided},
    )  # fmt: skip
    for (entry_id, number), said in decisions.items():
        Reconciliation.objects.create(
            patient_id=patient_id, entry_id=entry_id, number=number, decision=said, reason=reason[:400], decided_by=actor.name,
            decided_at=event.at, event_id=event.id,
        )  # fmt: skip
        rows[entry_id].standing = said
        Entry.objects.filter(patient_id=patient_id, entry_id=entry_id).update(standing=said)
    stays = frozenset(one.encounter_id for one in rows.values() if one.encounter_id)
    announce(Filed(patient_id=patient_id, encounters=stays, documents=True))
    astray = tuple(entry for (entry, _), said in decisions.items() if said is Acceptance.NOT_PATIENT)
    if astray:
        announce(FoundAstray(patient_id=patient_id, entries=astray))
    return list(rows.values())


def _signature(
    *, row_key: tuple[UUID, UUID, int], hashes: tuple[bytes, bytes | None], signer_id: UUID | None, practitioner_id: UUID | None,
    printed_name: str, credential: str, role: str, meaning: Meaning, at: datetime, zone: str, event_id: UUID,
) -> Signature:  # fmt: skip
    patient_id, entry_id, number = row_key
    content, document = hashes
    facts = SignatureFacts(
        str(patient_id), str(entry_id), number, content.hex(), document.hex() if document else "", str(signer_id or ""),
        printed_name, credential, role, str(meaning), at.astimezone(UTC), zone,
    )  # fmt: skip
    return Signature(
        patient_id=patient_id, entry_id=entry_id, number=number, content_sha256=content, document_sha256=document,
        signer_id=signer_id, practitioner_id=practitioner_id, printed_name=printed_name, credential=credential, role=role,
        meaning=meaning, signed_at=at, zone=zone, mac=seal_signature(keys.named("signatures"), facts), event_id=event_id,
    )  # fmt: skip


def _keep_signatures(signatures: Iterable[Signature]) -> None:
    later("record_signature", SIGNATURE_COLUMNS, [[getattr(one, name) for name in SIGNATURE_COLUMNS] for one in signatures])


def _mark_signed(signature: Signature) -> None:
    """Show the author's or attester's signature in the index."""
    if signature.meaning in (Meaning.AUTHOR, Meaning.ATTEST):
        found = Entry.objects.filter(patient_id=signature.patient_id, entry_id=signature.entry_id, number=signature.number)
        found.update(signed_at=signature.signed_at)


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


@action("record.view", Lifecycle.ACCESS)
def note_view(*, actor: Actor, patient_id: UUID, subject: tuple[str, str], shown: str, facility_id: UUID | None = None) -> None:
    """Somebody saw something of a chart: which document, list or search. Reading leaves its event too (45 CFR 164.312(b))."""
    leave(subject=subject, patient_id=patient_id, facility_id=facility_id, after={"shown": shown})


@action("record.keep-view", Lifecycle.CONFIGURE)
def keep_view(*, actor: Actor, view: str) -> None:
    """Have charts open in ``view`` for this person."""
    if actor.id is None:
        raise Refused("A view is kept for a person.")
    UsualView.objects.update_or_create(user_id=actor.id, defaults={"view": view})
    leave(subject=("user", actor.id), after={"chart_view": view})


@action("record.rebuild", Lifecycle.VERIFY)
def rebuild(*, actor: Actor, patient_id: UUID) -> int:
    """Make a patient's index anew from the versions. Returns the number of entries."""
    filing.lock(patient_id)
    count = filing.rebuild_index(patient_id)
    leave(subject=("patient", patient_id), patient_id=patient_id, after={"entries": count})
    return count


@action("record.ask-production", Lifecycle.OUTPUT)
def ask_production(*, actor: Actor, patient_id: UUID, facility_id: UUID, order: Order) -> Production:
    """Ask for a certified production. Raises Refused or Unfileable with the reason why it can't be made."""
    patient, facility = asking.patient_for(actor, patient_id), asking.facility_for(actor, facility_id)
    found = asking.check(actor, patient, facility, order)
    now = clock.now()
    row = Production.objects.create(
        number=_production_number(facility, now), patient_id=patient_id, facility=facility, asked_for=order.written(),
        rule_number=found.definition.number, standing=Standing.WAITING, asked_at=now, asked_by_id=actor.id, asked_by=actor.name,
        asked_role=actor.role, changed_at=now, total=len(found.selection.items),
    )  # fmt: skip
    _leave_production(row, reason=order.reason, after={"order": order.written(), "definition": row.rule_number})
    return row


def _production_number(facility: Facility, now: datetime) -> str:
    """The facility's next of the year. Two who ask at once wait for one another."""
    year = now.astimezone(ZoneInfo(facility.zone)).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"production {facility.id}"])
    begun = f"{facility.code}-{year}-"
    last = Production.objects.filter(facility=facility, number__startswith=begun).aggregate(last=Max("number"))["last"]
    return f"{begun}{int(last.removeprefix(begun)) + 1 if last else 1:06}"


def _leave_production(row: Production, *, reason: str = "", after: dict[str, Any] | None = None) -> None:
    stands(row)
    said = {"number": row.number, "standing": str(row.standing), **(after or {})}
    leave(
        subject=("production", row.id),
        patient_id=row.patient_id,
        facility_id=row.facility_id,
        reason=reason,
        after=said,
    )


def _production_in(production_id: UUID, *standings: Standing) -> Production:
    row = Production.objects.select_for_update(of=("self",)).select_related("facility").get(id=production_id)
    if row.standing not in standings:
        raise NotAllowedInState(f"Production {row.number} is {row.standing}.", remedy="Open it to see what became of it.")
    return row


@action("record.begin-production", Lifecycle.OUTPUT)
def begin_production(*, actor: Actor, production_id: UUID) -> Production:
    """The worker has begun to set it."""
    row = _production_in(production_id, Standing.WAITING)
    row.standing, row.changed_at = Standing.RUNNING, clock.now()
    row.save(update_fields=["standing", "changed_at"])
    _leave_production(row)
    return row


@action("record.note-production", Lifecycle.OUTPUT)
def note_production(*, actor: Actor, production_id: UUID, done: int, total: int) -> None:
    """How far it has come: called every few seconds. Raises NotAllowedInState once somebody has stopped it."""
    row = _production_in(production_id, Standing.RUNNING)
    row.done, row.total, row.changed_at = done, total, clock.now()
    row.save(update_fields=["done", "total", "changed_at"])
    stands(row)
    leave(subject=("production", production_id), after={"done": done})


@action("record.produce", Lifecycle.OUTPUT)
def finish_production(*, actor: Actor, production_id: UUID, made: Made) -> Production:
    """Keep the PDF and its manifest. The event carries digests and counts: what was produced can be proved from the trail."""
    row = _production_in(production_id, Standing.RUNNING)
    row.pdf_sha256 = blob_files.put_file(made.pdf, "application/pdf")
    row.manifest_sha256 = blobs.put(made.manifest, "application/json")
    row.standing, row.finished_at = Standing.READY, clock.now()
    row.changed_at, row.done, row.pages = row.finished_at, row.total, made.pages
    row.size, row.counts, row.contents_sha256 = made.pdf.stat().st_size, made.counts, made.contents_sha256
    row.save(update_fields=Production.changing)
    said = {
        "pages": made.pages,
        "pdf_sha256": made.pdf_sha256.hex(),
        "contents_sha256": made.contents_sha256,
        "counts": made.counts,
    }
    _leave_production(
        row, reason=row.asked_for["reason"], after=said | {"set": row.asked_for["set"], "definition": row.rule_number}
    )
    return row


@action("record.fail-production", Lifecycle.OUTPUT)
def fail_production(*, actor: Actor, production_id: UUID, problem: str) -> None:
    """It could not be made; ``problem`` says why, without anything of the record."""
    row = _production_in(production_id, *OPEN)
    row.standing, row.problem, row.changed_at = Standing.FAILED, problem, clock.now()
    row.save(update_fields=["standing", "problem", "changed_at"])
    _leave_production(row, reason=problem)


@action("record.stop-production", Lifecycle.OUTPUT)
def stop_production(*, actor: Actor, production_id: UUID) -> Production:
    """Stop one that waits or is being set. What was set so far is thrown away."""
    row = _production_in(production_id, *OPEN)
    permissions.check_produce(actor, row.facility_id)
    row.standing, row.changed_at = Standing.STOPPED, clock.now()
    row.save(update_fields=["standing", "changed_at"])
    _leave_production(row)
    return row


@action("record.fetch-production", Lifecycle.OUTPUT)
def fetch_production(*, actor: Actor, production_id: UUID, what: str) -> Production:
    """Somebody takes the PDF or the manifest out of the house's store."""
    row = asking.production_for(actor, production_id)
    if row.standing != Standing.READY:
        raise NotAllowedInState(f"Production {row.number} is {row.standing}: there is nothing to fetch.")
    _leave_production(row, after={"fetched": what})
    return row


def keep(*, content: bytes, media_type: str) -> bytes:
    """Keep bytes inside the running action (intake's originals). Returns their SHA-256."""
    return blobs.put(content, media_type)


__all__ = ["Entry", "NewVersion", "Version", "close", "file", "keep", "note_view", "rebuild", "reconcile", "sign"]
