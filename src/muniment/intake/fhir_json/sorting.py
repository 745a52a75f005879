"""Sorting a parcel by patient: who owns each resource, which document it holds, what its references mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from muniment.intake.fhir_json.attachments import check_bytes, linked_binaries, take_document
from muniment.intake.fhir_json.parcels import Item, Parcel
from muniment.intake.fhir_json.patients import (
    identifier_fact,
    owner_references,
    patient_facts,
    practitioner_facts,
    searched_identifier,
    source_identifier,
)
from muniment.intake.fhir_json.references import Directory, rewrite, text_of
from muniment.intake.submission import DocumentBytes, Draft, IdentifierFact, PatientFacts, PractitionerFacts, Submission
from muniment.kernel.errors import Problem, Unfileable
from muniment.kernel.fhir.descriptions import category_of
from muniment.kernel.fhir.order_provenance import gave_it, tells_of_an_order, who

# Through these a resource that names no patient still shows whose it is.
_TIES = ("encounter", "context", "target", "focus", "basedOn", "partOf", "derivedFrom", "result")
_NOBODYS = frozenset(["other", "practitioner"])  # categories of which a resource may well be no patient's
_DOCUMENTS = frozenset(["Composition", "DiagnosticReport", "DocumentReference"])


class Sorter:
    """Works through one parcel; problems it meets are added to the parcel's."""

    def __init__(self, parcel: Parcel, source: str) -> None:
        self._parcel = parcel
        self._source = source
        self._directory = Directory()
        self._items: dict[str, Item] = {}
        self._owners: dict[str, str] = {}  # the item's key → the patient's key or reference
        self._facts: dict[str, IdentifierFact] = {}  # a patient who is only referred to → how
        for item in parcel.items:
            self._directory.add(item.key, item.full_url)
            self._items[item.key] = item

    def submissions(self) -> Iterator[Submission]:
        """One for what is no patient's, then one for each patient, in the order of first mention."""
        self._find_owners()
        documents = self._linked_documents()
        groups: dict[str, list[Draft]] = {"": []}
        remarks: dict[str, list[str]] = {}
        for item in self._parcel.items:
            if item.resource["resourceType"] == "Binary" and item.key in documents:
                continue  # it travels with the resource that points to it
            owner = self._owners.get(item.key, "")
            try:
                draft, notes = self._draft(item, owner, documents)
            except Problem as problem:
                self._parcel.problems.append(_placed(problem, item))
                continue
            groups.setdefault(owner, []).append(draft)
            remarks.setdefault(owner, []).extend(notes)
        for owner, drafts in groups.items():
            if drafts:
                yield self._submission(owner, drafts, remarks.get(owner, []))

    def _find_owners(self) -> None:
        strays = [item for item in self._parcel.items if not self._own(item)]
        for _ in range(2):  # an entry may be tied to another that is itself only tied
            strays = [item for item in strays if not self._own_through_ties(item)]
        patients = set(self._owners.values())
        if len(patients) == 1:  # FHIR gives Provenance no patient: of an order that came before, it is the unit's only one's
            self._owners.update({item.key: next(iter(patients)) for item in strays if tells_of_an_order(item.resource)})
        if self._parcel.is_document and self._parcel.items:
            subject = self._owners.get(self._parcel.items[0].key, "")
            self._owners.update({item.key: subject for item in strays if _must_have_owner(item) and subject})

    def _own(self, item: Item) -> bool:
        if item.resource["resourceType"] == "Patient":
            self._owners[item.key] = item.key
            return True
        for reference in owner_references(item.resource):
            owner = self._patient_of(reference)
            if owner:
                self._owners[item.key] = owner
                return True
        return False

    def _patient_of(self, reference: dict[str, Any]) -> str:
        """The key or reference of the patient that a Reference names, "" when it names none."""
        text = text_of(reference)
        key = self._directory.key_of(text)
        if key.startswith("Patient/"):
            self._facts.setdefault(key, source_identifier(self._source, key))
            return key
        if key or text.startswith("#"):
            return ""
        return self._foreign_patient(reference, text)

    def _foreign_patient(self, reference: dict[str, Any], text: str) -> str:
        """A patient outside the source's own names: a search, an absolute URL, or an identifier alone."""
        fact: IdentifierFact | None = None
        if text.startswith("Patient?"):
            fact = searched_identifier(text)
        elif "/Patient/" in text:
            fact = source_identifier(self._source, text.partition("/_history/")[0])
        elif not text and reference.get("type", "Patient") == "Patient":
            fact = identifier_fact(reference["identifier"]) if "identifier" in reference else None
        if fact is None:
            return ""
        owner = text or f"identifier:{fact.system}|{fact.value}"
        self._facts.setdefault(owner, fact)
        return owner

    def _own_through_ties(self, item: Item) -> bool:
        for name in _TIES:
            value = item.resource.get(name)
            for one in value if isinstance(value, list) else [value]:
                tied = self._directory.key_of(text_of(one))
                if tied in self._owners:
                    self._owners[item.key] = self._owners[tied]
                    return True
        return False

    def _linked_documents(self) -> dict[str, DocumentBytes | Problem]:
        """The Binary resources that a document of the unit points to, by key; of a broken one, what is wrong with it."""
        found: dict[str, DocumentBytes | Problem] = {}
        for item in self._parcel.items:
            for _, attachment in linked_binaries(item.resource):
                binary = self._items.get(self._directory.key_of(attachment["url"]))
                if binary is None or binary.resource["resourceType"] != "Binary" or binary.key in found:
                    continue
                if (taken := self._take(binary)) is not None:
                    found[binary.key] = taken
        return found

    @staticmethod
    def _take(item: Item) -> DocumentBytes | Problem | None:
        try:
            return take_document(item.resource)
        except Problem as problem:
            return problem

    def _draft(self, item: Item, owner: str, documents: dict[str, DocumentBytes | Problem]) -> tuple[Draft, list[str]]:
        resource = item.resource
        if not owner and _must_have_owner(item):
            raise Unfileable(
                f"The {resource['resourceType']} does not say whose it is.",
                where=item.where,
                remedy="Send it in one bundle with its order, or with its patient alone."
                if resource["resourceType"] == "Provenance"
                else "Name the patient in its subject or patient element.",
            )
        document = take_document(resource) or self._pointed_document(resource, documents)
        author = self._author(resource)
        unresolved = rewrite(item.references, self._directory, owner)
        return Draft(
            key=item.key,
            resource=resource,
            document=document,
            retracts=_retracts(resource),
            author=author,
            signed_by_source=_signed(resource),
            references=item.references,
        ), [f"{item.key}: {note}" for note in self._notes(resource, document, unresolved)]

    @staticmethod
    def _notes(resource: dict[str, Any], document: DocumentBytes | None, unresolved: int) -> Iterator[str]:
        if unresolved:
            yield f"{unresolved} references lead to nothing in the bundle."
        if document is None and any(True for _ in linked_binaries(resource)):
            yield "its document is elsewhere and did not come with it; only what is said of it was filed."

    def _pointed_document(
        self, resource: dict[str, Any], documents: dict[str, DocumentBytes | Problem]
    ) -> DocumentBytes | None:
        """Raises Problem where its document came and is broken, or is not of the size and hash said: it is not filed without."""
        for place, attachment in linked_binaries(resource):
            document = documents.get(self._directory.key_of(attachment["url"]))
            if isinstance(document, Problem):
                raise document
            if document is not None:
                check_bytes(attachment, document.content)
                attachment.setdefault("size", len(document.content))
                return replace(document, place=place)
        return None

    def _author(self, resource: dict[str, Any]) -> PractitionerFacts | None:
        """The practitioner of the unit who wrote a document, gave an order by word of mouth or verified one."""
        for reference in self._authors(resource):
            text = text_of(reference).removeprefix("draft:")  # of a resource that was drafted before this one
            item = self._items.get(self._directory.key_of(text))
            if item is not None and item.resource["resourceType"] == "Practitioner":
                return practitioner_facts(item.resource)
        return None

    def _authors(self, resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if resource["resourceType"] in _DOCUMENTS:
            yield from resource.get("author") or resource.get("performer") or ()
        elif resource["resourceType"] == "Provenance" and (said := who(resource)) is not None:
            yield said
            if gave_it(resource):  # the order itself may say who ordered it
                orders = [self._items.get(self._directory.key_of(text_of(target))) for target in resource["target"]]
                yield from (one.resource["requester"] for one in orders if one is not None and "requester" in one.resource)

    def _submission(self, owner: str, drafts: list[Draft], remarks: list[str]) -> Submission:
        return Submission(
            format="fhir",
            kind=self._parcel.kind,
            source=self._source,
            control_id=self._parcel.control_id,
            sent_at=self._parcel.sent_at,
            patient=self._patient(owner) if owner else None,
            drafts=tuple(drafts),
            remarks=tuple(remarks),
        )

    def _patient(self, owner: str) -> PatientFacts:
        item = self._items.get(owner)
        if item is None:
            return PatientFacts(identifiers=(self._facts[owner],))
        return patient_facts(item.resource, source_identifier(self._source, owner) if "sha256:" not in owner else None)


def _must_have_owner(item: Item) -> bool:
    return category_of(item.resource) not in _NOBODYS


def _retracts(resource: dict[str, Any]) -> bool:
    """Whether the source says that it was entered in error (FHIR R4, the status of that name)."""
    if resource.get("status") == "entered-in-error":
        return True
    codings = (resource.get("verificationStatus") or {}).get("coding", ())
    return any(coding.get("code") == "entered-in-error" for coding in codings)


def _signed(resource: dict[str, Any]) -> bool:
    """Whether the sending system holds it as authenticated."""
    if resource["resourceType"] == "Composition":
        return any(one.get("mode") in ("legal", "professional", "official") for one in resource.get("attester", ()))
    return resource["resourceType"] == "DocumentReference" and "authenticator" in resource


def _placed(problem: Problem, item: Item) -> Problem:
    return type(problem)(problem.what, where=item.where or item.key.partition("/")[0], remedy=problem.remedy)
