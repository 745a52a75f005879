"""What the record index keeps of a resource: what it is, when, by whom, its value, and the keys it is searched by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from muniment.kernel.fhir.elements import elements_of
from muniment.kernel.fhir.order_provenance import tells_of_an_order
from muniment.kernel.fhir.search_keys import Refers, as_written, keys_of, kind_at, known_model, walk
from muniment.kernel.fhir.summaries import Concept, concept_of, flag_of, title_of, value_of
from muniment.kernel.moments import Moment

CATEGORIES = (
    "document",
    "result",
    "diagnosis",
    "procedure",
    "medication",
    "allergy",
    "immunisation",
    "vital-sign",
    "order",
    "coding",
    "encounter",
    "patient",
    "practitioner",
    "other",
)
FINAL_CODING = {"system": "urn:muniment:entry", "code": "final-coding"}  # a meta.tag: put there by coders, not clinicians
# meta.tags of what was written, and signed, on paper: it was scanned, or typed off the paper
SCANNED_PAPER = {"system": "urn:muniment:entry", "code": "scanned-paper", "display": "Scanned paper"}
LATE_ENTRY = {"system": "urn:muniment:entry", "code": "late-entry", "display": "Late entry, from downtime paper"}
_CATEGORY_OF = {
    "AllergyIntolerance": "allergy",
    "Composition": "document",
    "Condition": "diagnosis",
    "DeviceRequest": "order",
    "DiagnosticReport": "result",
    "DocumentManifest": "document",
    "DocumentReference": "document",
    "Encounter": "encounter",
    "ImagingStudy": "result",
    "Immunization": "immunisation",
    "Media": "document",
    "MedicationAdministration": "medication",
    "MedicationDispense": "medication",
    "MedicationRequest": "medication",
    "MedicationStatement": "medication",
    "NutritionOrder": "order",
    "Observation": "result",
    "Patient": "patient",
    "Practitioner": "practitioner",
    "PractitionerRole": "practitioner",
    "Procedure": "procedure",
    "QuestionnaireResponse": "document",
    "ServiceRequest": "order",
}
# The clinically relevant time first, the time of writing it down last; each type uses those it has.
_TIMES = [
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "occurredDateTime",
    "onsetDateTime",
    "onsetPeriod",
    "startDate",
    "started",
    "start",
    "period",
    "whenHandedOver",
    "whenPrepared",
    "billablePeriod",
    "detected",
    "effective",
    "authoredOn",
    "authored",
    "createdDateTime",
    "date",
    "dateTime",
    "recordedDate",
    "statusDate",
    "dateAsserted",
    "issued",
    "sent",
    "recorded",
    "created",
]
_AUTHORS = [
    "author",
    "authorReference",
    "requester",
    "recorder",
    "asserter",
    "orderer",
    "performer.actor",
    "performer",
    "participant.individual",
    "resultsInterpreter",
    "operator",
    "provider",
    "assessor",
    "informationSource",
    "interpreter",
    "sender",
    "agent.who",
    "expressedBy",
]
_SUBJECTS = ["subject", "patient", "beneficiary", "individual", "for"]
_ENCOUNTERS = ["encounter", "context", "context.encounter"]


class Description(msgspec.Struct, frozen=True):
    """One row of the record index. Empty text means that the resource does not say.

    ``time`` is FHIR text as written, ``at`` its first possible instant (aware). ``keys`` are sorted, distinct signed 64-bit
    integers, see ``search_keys.key``. ``subject``, ``encounter`` and ``author`` are references as written.
    """

    resource_type: str
    category: str
    system: str
    code: str
    display: str
    time: str
    at: datetime | None
    status: str
    subject: str
    encounter: str
    author: str
    value: str
    flag: str
    keys: list[int]

    @property
    def moment(self) -> Moment | None:
        """``time`` with its precision."""
        return Moment.from_fhir(self.time) if self.time else None


def describe(resource: dict[str, Any], refers: Refers = as_written) -> Description:
    """The index row of a valid resource (see ``structure.validate``). ``refers`` turns a reference into the one to index."""
    name = resource["resourceType"]
    plan = _plan(name)
    what = concept_of(resource)
    time = _time(resource, plan.times) or _documented(resource)
    return Description(
        name,
        category_of(resource),
        what.system,
        what.code,
        what.display or title_of(resource),
        time,
        instant_of(time),
        _status(resource),
        refers(_reference(resource, plan.subjects)),
        refers(_reference(resource, plan.encounters)),
        refers(_reference(resource, plan.authors)),
        value_of(resource),
        flag_of(resource),
        keys_of(resource, refers),
    )


def instant_of(text: str) -> datetime | None:
    """The first possible instant of a FHIR date or time; None for "" and for one Python's calendar lacks, in UTC too.

    The database could keep such a one and not give it back.
    """
    if not text:
        return None
    try:
        if len(text) > 10:
            exact = datetime.fromisoformat(text)
            return exact if exact.year not in (1, 9999) else Moment.of(exact).value
        return Moment.from_fhir(text).value if len(text) < 10 else datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return _moment_value(text)


def _moment_value(text: str) -> datetime | None:
    try:
        return Moment.from_fhir(text).value
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where to look in resources of one type."""

    times: tuple[str, ...]
    subjects: tuple[tuple[str, ...], ...]
    encounters: tuple[tuple[str, ...], ...]
    authors: tuple[tuple[str, ...], ...]


@cache
def _plan(name: str) -> _Plan:
    kind = known_model(name)
    return _Plan(
        tuple(each for each in _TIMES if each in elements_of(kind)),
        _reference_paths(kind, _SUBJECTS),
        _reference_paths(kind, _ENCOUNTERS),
        _reference_paths(kind, _AUTHORS),
    )


def _reference_paths(kind: type, candidates: list[str]) -> tuple[tuple[str, ...], ...]:
    paths = (tuple(each.split(".")) for each in candidates)
    return tuple(path for path in paths if kind_at(kind, path) == "FHIRReference")


def category_of(resource: dict[str, Any]) -> str:
    """Which of ``CATEGORIES`` a valid resource falls under."""
    name = resource["resourceType"]
    if name == "Observation" and any(
        coding.get("code") == "vital-signs" for one in resource.get("category", ()) for coding in one.get("coding", ())
    ):
        return "vital-sign"
    if FINAL_CODING in resource.get("meta", {}).get("tag", ()):
        return "coding"
    if tells_of_an_order(resource):
        return "order"
    return _CATEGORY_OF.get(name, "other")


def _status(resource: dict[str, Any]) -> str:
    """``status``, or the clinical status of a condition or allergy unless it was entered in error."""
    status = resource.get("status") or resource.get("lifecycleStatus")
    if type(status) is str:
        return status
    verification = Concept.of(resource.get("verificationStatus")).code
    return verification if verification == "entered-in-error" else Concept.of(resource.get("clinicalStatus")).code


def _documented(resource: dict[str, Any]) -> str:
    """When what a document speaks of took place, where the document does not say when it was written: as exact as it is known."""
    context = resource.get("context")
    period = context.get("period") if isinstance(context, dict) else None
    return str(period.get("start") or period.get("end") or "") if isinstance(period, dict) else ""


def _time(resource: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = resource.get(name)
        if type(value) is dict:
            value = value.get("start") or value.get("end")
        if type(value) is str:
            return value
    return ""


def _reference(resource: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> str:
    for path in paths:
        if path[0] in resource:
            for one in walk(resource[path[0]], path[1:]):
                if "reference" in one:
                    text: str = one["reference"]
                    return text
    return ""
