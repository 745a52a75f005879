"""Which entries can be moved, and how their content changes on the way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muniment.kernel.fhir.summaries import MOVED_TO

MOVED_FROM = "urn:muniment:fhir:moved-from"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ALLERGY_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
# whose ``status`` has the code entered-in-error in FHIR R4
BY_STATUS = frozenset(
    {
        "Composition", "DiagnosticReport", "DocumentManifest", "DocumentReference", "ImagingStudy", "Immunization", "Media",
        "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement", "Observation", "Procedure",
        "QuestionnaireResponse", "ServiceRequest",
    }
)  # fmt: skip
BY_VERIFICATION = {"Condition": VERIFICATION, "AllergyIntolerance": ALLERGY_VERIFICATION}
MOVABLE = BY_STATUS | set(BY_VERIFICATION)
# what a reference may go on naming: it is nobody's in particular
SHARED = frozenset(
    {
        "Binary", "Device", "HealthcareService", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole",
        "Substance",
    }
)  # fmt: skip
NAMING = frozenset({"Patient", "Encounter"})  # what is written beside these references may name the wrong patient
STAYS = {"display": "a stay of the chart it was moved from"}
BEHIND = {"display": "an entry of the chart it was moved from"}


def in_error(resource: Mapping[str, Any], became: str) -> dict[str, Any]:
    """The content that stays in the wrong chart: entered in error, and the entry it ``became`` ("DocumentReference/…")."""
    said = _extended(resource, MOVED_TO, became)
    kind = resource["resourceType"]
    if kind in BY_VERIFICATION:
        said["verificationStatus"] = {"coding": [{"system": BY_VERIFICATION[kind], "code": "entered-in-error"}]}
        said.pop("clinicalStatus", None)  # none where it was entered in error (FHIR R4 con-5, ait-2)
        return said
    return (
        said | {"status": "entered-in-error"} if kind in BY_STATUS else said
    )  # Provenance has none: its version is the retraction


def as_moved(resource: Mapping[str, Any], names: Mapping[str, str], entry: str) -> dict[str, Any]:
    """The content of the right chart. ``names``: reference → the reference that takes its place, "" for a stay there is none for.

    ``entry`` is the reference of the entry it was ("DocumentReference/…").
    """
    said: dict[str, Any] = {name: _rewritten(value, names) for name, value in resource.items()}
    said["id"] = names[entry].partition("/")[2]
    for holder in (said, said.get("context")):
        if isinstance(holder, dict) and _is_stay(holder.get("encounter")):
            del holder["encounter"]
    return _extended(said, MOVED_FROM, entry)


def _is_stay(value: Any) -> bool:
    return value == STAYS or value == [STAYS]


def _rewritten(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_rewritten(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("reference"), str):
        return _referring(value, names)
    return {name: _rewritten(one, names) for name, one in value.items()}


def _referring(value: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    text: str = value["reference"]
    kind, slash, _ = text.partition("/")
    if text in names:
        words = {} if kind in NAMING else {name: value[name] for name in ("type", "display") if name in value}
        return words | {"reference": names[text]} if names[text] else dict(STAYS)
    if not slash or kind in SHARED or not kind.isalpha():  # contained, or of another system's address
        return value
    return dict(STAYS) if kind == "Encounter" else dict(BEHIND)


def _extended(resource: Mapping[str, Any], url: str, reference: str) -> dict[str, Any]:
    kept = [one for one in resource.get("extension", []) if one.get("url") not in (url, MOVED_TO)]
    return dict(resource) | {"extension": [*kept, {"url": url, "valueReference": {"reference": reference}}]}
