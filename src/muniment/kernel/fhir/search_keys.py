"""What the record index keeps of a resource: what it is, when, by whom, its value, and the keys it is searched by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import msgspec

from muniment.kernel.fhir.elements import elements_of, resource_model
from muniment.kernel.fhir.search_params import parameters_of
from muniment.kernel.fhir.summaries import Concept, concept_of, flag_of, title_of, value_of
from muniment.kernel.moments import Moment

ANY_SYSTEM = "*"
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

Refers = Callable[[str], str]
_Emit = Callable[[list[int], str, Any, Refers], None]
_Indexer = tuple[_Emit, str, tuple[str, ...]]  # how to hash, the parameter, the steps below the top element


class Description(msgspec.Struct, frozen=True):
    """One row of the record index. Empty text means that the resource does not say.

    ``time`` is FHIR text as written, ``at`` its first possible instant (aware). ``keys`` are sorted, distinct signed 64-bit
    integers, see ``key``. ``subject``, ``encounter`` and ``author`` are references as written.
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


@lru_cache(maxsize=65536)
def key(param: str, system: str, code: str) -> int:
    """The search key of a parameter's value: signed 64 bits of BLAKE2b (RFC 7693).

    A token is filed under its system and under ``ANY_SYSTEM``; a reference under system "" and its text without a version
    (``Patient/123``); a string or name under system "" and each of its words in lower case.
    """
    digest = hashlib.blake2b(f"{param}\x1f{system}\x1f{code}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _as_written(reference: str) -> str:
    return reference


def describe(resource: dict[str, Any], refers: Refers = _as_written) -> Description:
    """The index row of a valid resource (see ``structure.validate``). ``refers`` turns a reference into the one to index."""
    name = resource["resourceType"]
    plan = _plan(name)
    what = concept_of(resource)
    time = _time(resource, plan.times)
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
        _keys(resource, plan.indexers, refers),
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
    indexers: dict[str, tuple[_Indexer, ...]]


@cache
def _plan(name: str) -> _Plan:
    kind = resource_model(name)
    if kind is None:
        raise ValueError("not a FHIR R4 resource type")
    return _Plan(
        tuple(each for each in _TIMES if each in elements_of(kind)),
        _reference_paths(kind, _SUBJECTS),
        _reference_paths(kind, _ENCOUNTERS),
        _reference_paths(kind, _AUTHORS),
        _indexers(name, kind),
    )


def _reference_paths(kind: type, candidates: list[str]) -> tuple[tuple[str, ...], ...]:
    paths = (tuple(each.split(".")) for each in candidates)
    return tuple(path for path in paths if _kind_at(kind, path) == "FHIRReference")


def _kind_at(kind: type, path: tuple[str, ...]) -> str:
    """The name of the type at a path below a type, "" where there is no such element."""
    for step in path:
        element = elements_of(kind).get(step) if hasattr(kind, "elementProperties") else None
        if element is None:
            return ""
        kind = element.kind
    return kind.__name__


def _indexers(name: str, kind: type) -> dict[str, tuple[_Indexer, ...]]:
    found: dict[str, list[_Indexer]] = {}
    for param, path in parameters_of(name):
        top, *rest = path.split(".")
        emit = _emitter(param, _kind_at(kind, (top, *rest)))
        if emit is not None:
            found.setdefault(top, []).append((emit, param, tuple(rest)))
    return {top: tuple(rows) for top, rows in found.items()}


def _emitter(param: str, kind: str) -> _Emit | None:
    if param in _PHRASES and kind == "str":
        return _emit_words
    return _emit_patient if param == "patient" else _EMITTERS.get(kind)


def _keys(resource: dict[str, Any], indexers: dict[str, tuple[_Indexer, ...]], refers: Refers) -> list[int]:
    keys: list[int] = []
    for name, value in resource.items():
        for emit, param, steps in indexers.get(name, ()):
            if steps:
                for one in _walk(value, steps) if len(steps) > 1 or type(value) is dict else _step(value, steps[0]):
                    emit(keys, param, one, refers)
            elif type(value) is list:
                for one in value:
                    emit(keys, param, one, refers)
            else:
                emit(keys, param, value, refers)
    return sorted(set(keys))


def _step(values: list[Any], name: str) -> list[Any]:
    found = []
    for value in values:
        one = value.get(name)
        if type(one) is list:
            found += one
        elif one is not None:
            found.append(one)
    return found


def _walk(value: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    if type(value) is list:
        for one in value:
            yield from _walk(one, steps)
    elif not steps:
        yield value
    elif type(value) is dict and steps[0] in value:
        yield from _walk(value[steps[0]], steps[1:])


def _emit_concept(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    for coding in value.get("coding", ()):
        _emit_coding(keys, param, coding, refers)


def _emit_coding(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    code = value.get("code")
    if code:
        keys.append(key(param, value.get("system", ""), code))
        keys.append(key(param, ANY_SYSTEM, code))


def _emit_code(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    if value is not None:
        keys.append(key(param, ANY_SYSTEM, ("true" if value else "false") if type(value) is bool else value))


def _emit_identifier(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    text = value.get("value")
    if text:
        keys.append(key(param, value.get("system", ""), text))
        keys.append(key(param, ANY_SYSTEM, text))


def _emit_reference(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    text = refers(value.get("reference", ""))
    if text:
        keys.append(key(param, "", text.partition("/_history/")[0]))


def _emit_patient(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    """The parameter ``patient`` sees only those references that can be to a patient."""
    text = refers(value.get("reference", ""))
    if "/" not in text or "Patient/" in text:
        _emit_reference(keys, param, value, refers)


def _emit_telecom(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    text = value.get("value")
    if text and param in ("telecom", value.get("system")):
        keys.append(key(param, ANY_SYSTEM, text))


def _emit_words(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    keys.extend(key(param, "", word) for word in words(value or ""))


def _emit_name(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    for part in (value.get("text"), value.get("family"), *value.get("given", ())):
        _emit_words(keys, param, part, refers)


def words(text: str) -> list[str]:
    """The words a string is filed under: case-folded, in order."""
    return text.casefold().split()


_PHRASES = frozenset(
    ["name", "family", "given", "title", "description", "lot-number", "address-city", "address-state", "address-postalcode"]
)
_EMITTERS: dict[str, _Emit] = {
    "CodeableConcept": _emit_concept,
    "Coding": _emit_coding,
    "ContactPoint": _emit_telecom,
    "FHIRReference": _emit_reference,
    "HumanName": _emit_name,
    "Identifier": _emit_identifier,
    "bool": _emit_code,
    "str": _emit_code,
}


def category_of(resource: dict[str, Any]) -> str:
    """Which of ``CATEGORIES`` a valid resource falls under."""
    name = resource["resourceType"]
    if name == "Observation" and any(
        coding.get("code") == "vital-signs" for one in resource.get("category", ()) for coding in one.get("coding", ())
    ):
        return "vital-sign"
    if FINAL_CODING in resource.get("meta", {}).get("tag", ()):
        return "coding"
    return _CATEGORY_OF.get(name, "other")


def _status(resource: dict[str, Any]) -> str:
    """``status``, or the clinical status of a condition or allergy unless it was entered in error."""
    status = resource.get("status") or resource.get("lifecycleStatus")
    if type(status) is str:
        return status
    verification = Concept.of(resource.get("verificationStatus")).code
    return verification if verification == "entered-in-error" else Concept.of(resource.get("clinicalStatus")).code


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
            for one in _walk(resource[path[0]], path[1:]):
                if "reference" in one:
                    text: str = one["reference"]
                    return text
    return ""
