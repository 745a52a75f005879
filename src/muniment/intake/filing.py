"""One submission into the record: whose, which stay, which entries. Called by ``actions.file`` inside its transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.encounters import actions as encounters
from muniment.identity.models import Patient
from muniment.intake.directory import Directory
from muniment.intake.origins import origin_of
from muniment.intake.patients import resolve
from muniment.intake.stays import stay_of, stays_from_resources
from muniment.intake.submission import DocumentBytes, Draft, Submission
from muniment.kernel.fhir.canonical import decode, encode
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.fhir.order_provenance import ORDER_TYPES
from muniment.kernel.ids import derived_id
from muniment.record import actions as record
from muniment.record.models import Entry
from muniment.record.rules import NO_PATIENT, VersionKind

# Resources of no patient: a reference to one that came elsewhere means the directory's entry.
DIRECTORY_TYPES = frozenset(
    [
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "OrganizationAffiliation",
        "Location",
        "HealthcareService",
        "Endpoint",
        "Medication",
        "MedicationKnowledge",
        "Substance",
        "Questionnaire",
        "PlanDefinition",
        "ActivityDefinition",
        "Library",
        "Measure",
        "ValueSet",
        "CodeSystem",
    ]
)
_DRAFT = re.compile(rb'"reference":"(draft:(?:[^"\\]|\\.)*)"')  # canonical text has no white space


@dataclass(slots=True)
class Filed:
    """What one submission came to."""

    patient: Patient | None = None
    encounter_id: UUID | None = None
    entries: int = 0
    origin: str = ""  # whose record it is, where it is not our own
    encounters: dict[str, UUID] = field(default_factory=dict)


def file_submission(
    *, actor: Actor, submission: Submission, directory: Directory, input_id: UUID, received_at: datetime, origin: str = "",
) -> Filed:  # fmt: skip
    """File one submission. ``origin``: whose records its channel brings, where they are not our own.

    Raises Unfileable with a sentence when it can't be; the transaction is then rolled back. What others' records say belongs to no
    stay of ours.
    """
    facility = directory.facility(submission.facility)
    origin = origin_of(submission, directory, origin)
    patient = resolve(actor=actor, submission=submission, facility=facility, directory=directory, outside=bool(origin))
    filed = Filed(patient=patient, origin=origin if patient else "")
    if filed.patient is not None and not origin:
        filed.encounter_id = stay_of(
            actor=actor,
            submission=submission,
            patient=filed.patient,
            facility=facility,
            directory=directory,
            received_at=received_at,
        )
        _file_stays(actor, submission, filed, facility, directory, received_at)
    if submission.drafts:
        filed.entries = _file_drafts(actor, submission, filed, facility, directory, input_id)
    return filed


def _file_stays(
    actor: Actor, submission: Submission, filed: Filed, facility: Facility, directory: Directory, received_at: datetime
) -> None:
    """FHIR Encounters are stays too, under the id their entry has. What a document tells of encounters stays an entry."""
    drafts = [draft for draft in submission.drafts if draft.resource.get("resourceType") == "Encounter"]
    if not drafts or filed.patient is None or submission.format != "fhir":
        return
    ids = {draft.key: entry_id_of(filed.patient.id, submission.source, draft.key) for draft in drafts}
    moves = stays_from_resources(drafts, ids, facility, directory, received_at)
    encounters.move(actor=actor, patient=filed.patient, moves=moves)
    filed.encounters = ids
    if filed.encounter_id is None and len(ids) == 1:
        filed.encounter_id = next(iter(ids.values()))


def entry_id_of(patient_id: UUID, source: str, key: str) -> UUID:
    """The entry that ``key`` of ``source`` names, whenever it arrives. Sources use the same key for different patients."""
    return derived_id("entry", str(patient_id), source, key)


def _file_drafts(
    actor: Actor, submission: Submission, filed: Filed, facility: Facility, directory: Directory, input_id: UUID
) -> int:
    drafted = {draft.key: draft.resource for draft in submission.drafts}
    patient_id = filed.patient.id if filed.patient else NO_PATIENT
    source = f"{submission.source}|{filed.origin}" if filed.origin else submission.source  # two of them never share an entry
    names = _References(source, drafted, patient_id, filed.encounter_id)
    practitioners = directory.practitioners(actor, [draft.author for draft in submission.drafts if draft.author])
    versions = [_version(draft, names, filed, facility, practitioners) for draft in submission.drafts]
    done = record.file(actor=actor, patient_id=patient_id, versions=versions, source_id=input_id, zone=facility.zone)
    return len(done)


@dataclass(slots=True)
class _References:
    """Turns ``draft:…`` into what it means once filed. Few references name many things, so each is worked out once."""

    source: str
    drafted: dict[str, dict[str, Any]]
    patient_id: UUID
    encounter_id: UUID | None
    _texts: dict[str, str] = field(default_factory=dict)
    _written: dict[bytes, bytes] = field(default_factory=dict)

    def resolve(self, canonical: bytes) -> bytes:
        return _DRAFT.sub(self._one, canonical) if b'"reference":"draft:' in canonical else canonical

    @contextmanager
    def resolved(self, references: Sequence[dict[str, Any]]) -> Iterator[None]:
        """Inside, these References say what they mean; afterwards again what the draft says, for it may be filed once more."""
        drafted = [one["reference"] for one in references]
        try:
            for one, reference in zip(references, drafted, strict=True):
                one["reference"] = self.text(reference)
            yield
        finally:
            for one, reference in zip(references, drafted, strict=True):
                one["reference"] = reference

    def text(self, reference: str) -> str:
        """The reference to file; "" for a stay that is not known."""
        if not reference.startswith("draft:"):
            return reference
        found = self._texts.get(reference)
        if found is None:
            found = self._texts[reference] = self._meaning(reference.removeprefix("draft:"))
        return found

    def _meaning(self, key: str) -> str:
        if key == "patient":
            return f"Patient/{self.patient_id}"
        if key == "encounter":
            return f"Encounter/{self.encounter_id}" if self.encounter_id else ""
        kind = self.drafted[key]["resourceType"] if key in self.drafted else key.partition("/")[0]
        owner = NO_PATIENT if kind in DIRECTORY_TYPES and key not in self.drafted else self.patient_id
        return f"{kind}/{entry_id_of(owner, self.source, key)}"

    def _one(self, found: re.Match[bytes]) -> bytes:
        name = found.group(1)
        written = self._written.get(name)
        if written is None:
            text = self.text(decode(b'"' + name + b'"'))
            written = b'"reference":' + encode(text) if text else b'"display":"a stay that is not known"'
            self._written[name] = written
        return written

    def stay(self, resource: dict[str, Any]) -> UUID | None:
        """The stay a resource names for itself, else the submission's. What is said of an order belongs to the order's."""
        if resource["resourceType"] == "Provenance":
            return self._stay_of_target(resource)
        reference = resource.get("encounter") or resource.get("context")
        if isinstance(reference, list):
            reference = reference[0] if reference else None
        if isinstance(reference, dict) and "encounter" in reference:  # DocumentReference.context.encounter
            reference = (reference["encounter"] or [None])[0]
        text = reference.get("reference", "") if isinstance(reference, dict) else ""
        if text.startswith("draft:Encounter/"):
            return entry_id_of(self.patient_id, self.source, text.removeprefix("draft:"))
        return self.encounter_id

    def _stay_of_target(self, provenance: dict[str, Any]) -> UUID | None:
        """That of the first order it is about, whether it came along or was filed before; FHIR gives Provenance none of its own."""
        for target in provenance.get("target", ()):
            key = str(target.get("reference", "")).removeprefix("draft:")
            if key in self.drafted and self.drafted[key]["resourceType"] in ORDER_TYPES:
                return self.stay(self.drafted[key])
            if key.partition("/")[0] in ORDER_TYPES:
                known = Entry.objects.filter(
                    patient_id=self.patient_id, entry_id=entry_id_of(self.patient_id, self.source, key)
                )
                return known.values_list("encounter_id", flat=True).first() or self.encounter_id
        return self.encounter_id


def _version(
    draft: Draft, names: _References, filed: Filed, facility: Facility, practitioners: dict[Any, UUID]
) -> record.NewVersion:
    entry_id = entry_id_of(names.patient_id, names.source, draft.key)
    resource = {**draft.resource, "id": str(entry_id)}
    if draft.document:
        _point_at_bytes(resource, draft.document)
    if draft.references is None:
        canonical, description = names.resolve(encode(resource)), describe(resource, names.text)
    else:
        with names.resolved(draft.references):
            canonical, description = encode(resource), describe(resource)
    author = draft.author
    printed = _printed(draft)
    return record.NewVersion(
        entry_id=entry_id, resource_type=resource["resourceType"], canonical=canonical, description=description,
        encounter_id=None if filed.origin else names.stay(resource), facility_id=facility.id, author_id=practitioners.get(author), author_name=printed,
        kind=VersionKind.RETRACTION if draft.retracts else None, source_key=draft.key,
        reason="retracted by the sending system" if draft.retracts else "",
        document=draft.document.content if draft.document else None, media_type=draft.document.media_type if draft.document else "",
        text=draft.document.text if draft.document else "",
        signed_by_source=(printed or "the sending system") if draft.signed_by_source else "",
        origin=filed.origin[:200],
    )  # fmt: skip


def _point_at_bytes(resource: dict[str, Any], document: DocumentBytes) -> None:
    """Name the kept bytes in the attachment they are of, so that the resource's hash, and whoever signs it, binds them too."""
    facts = {"url": f"Binary/{hashlib.sha256(document.content).hexdigest()}", "size": len(document.content)}
    if resource["resourceType"] == "DocumentReference":
        held = list(resource.get("content") or [{}])
        one = held[document.place]
        held[document.place] = {**one, "attachment": {**one.get("attachment", {}), **facts}}
        resource["content"] = held
    elif resource["resourceType"] == "DiagnosticReport":
        held = list(resource.get("presentedForm") or [{}])
        held[document.place] = {**held[document.place], **facts}
        resource["presentedForm"] = held
    elif resource["resourceType"] == "Media":
        resource["content"] = {**resource.get("content", {}), **facts}


def _printed(draft: Draft) -> str:
    author = draft.author
    if author is None or author.name is None:
        return ""
    name = " ".join([*author.name.given, author.name.family]).strip()
    return f"{name}, {author.credential}" if author.credential else name
