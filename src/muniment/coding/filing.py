"""Final codes as entries of the record: a Condition per diagnosis and a Procedure per procedure (FHIR R4)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.coding.stay import StayFacts
from muniment.kernel.codes import dotted
from muniment.kernel.fhir.canonical import encode
from muniment.kernel.fhir.descriptions import FINAL_CODING, describe
from muniment.kernel.ids import derived_id
from muniment.record.actions import NewVersion
from muniment.record.rules import VersionKind
from muniment.terminology.rules import System

POA_URL, RANK_URL = "urn:muniment:fhir:present-on-admission", "urn:muniment:fhir:diagnosis-rank"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_TYPE = "http://terminology.hl7.org/CodeSystem/ex-diagnosistype"
_TYPES = {"principal": "principal", "secondary": "discharge", "admitting": "admitting"}


def versions(
    facts: StayFacts, content: dict[str, Any], before: dict[str, Any] | None, *, coder: str, at: datetime
) -> list[NewVersion]:
    """The entries of a final coding; those of the former one that are no longer coded are retracted."""
    now = _resources(facts, content, at)
    was = _resources(facts, before, at) if before else {}
    reason, corrected, original = content["reason"], VersionKind.CORRECTION, None
    filed = [_version(facts, key, one, coder, reason, corrected if key in was else original) for key, one in now.items()]
    gone = [(key, _withdrawn(one)) for key, one in was.items() if key not in now]
    return filed + [_version(facts, key, one, coder, reason, VersionKind.RETRACTION) for key, one in gone]


def _resources(facts: StayFacts, content: dict[str, Any], at: datetime) -> dict[UUID, dict[str, Any]]:
    """By entry: the same code of the same stay is the same entry, however often the stay is coded again."""
    seen: Counter[str] = Counter()
    found = {}
    for line in content["codes"]:
        name = f"{'admitting ' if line['role'] == 'admitting' else ''}{line['code']}"
        entry = derived_id("coding", str(facts.patient_id), str(facts.encounter_id), name, str(seen[name]))
        seen[name] += 1
        found[entry] = (_procedure if line["role"] == "procedure" else _condition)(facts, entry, line, at)
    return found


def _common(facts: StayFacts, kind: str, entry: UUID, line: dict[str, Any]) -> dict[str, Any]:
    system = System(line["system"])
    written = dotted(line["code"]) if system is System.ICD10CM else line["code"]
    return {
        "resourceType": kind, "id": str(entry), "meta": {"tag": [FINAL_CODING]},
        "code": {"coding": [{"system": system.uri, "code": written, "display": line["title"]}]},
        "subject": {"reference": f"Patient/{facts.patient_id}"}, "encounter": {"reference": f"Encounter/{facts.encounter_id}"},
    }  # fmt: skip


def _condition(facts: StayFacts, entry: UUID, line: dict[str, Any], at: datetime) -> dict[str, Any]:
    kind = {"system": _TYPE, "code": _TYPES[line["role"]]}
    said: list[dict[str, Any]] = [{"url": RANK_URL, "valuePositiveInt": line["sequence"]}]
    if line["poa"]:
        said.append({"url": POA_URL, "valueCode": line["poa"]})
    return _common(facts, "Condition", entry, line) | {
        "extension": said, "verificationStatus": {"coding": [{"system": _VERIFICATION, "code": "confirmed"}]},
        "category": [{"coding": [{"system": _CATEGORY, "code": "encounter-diagnosis"}]}, {"coding": [kind]}],
        "recordedDate": at.isoformat(timespec="seconds"),
    }  # fmt: skip


def _procedure(facts: StayFacts, entry: UUID, line: dict[str, Any], at: datetime) -> dict[str, Any]:
    made = _common(facts, "Procedure", entry, line) | {"status": "completed", "performedDateTime": line["on"]}
    if line["operator"]:
        made["performer"] = [{"actor": {"reference": f"Practitioner/{line['operator']}"}}]
    return made


def _withdrawn(resource: dict[str, Any]) -> dict[str, Any]:
    if resource["resourceType"] == "Procedure":
        return resource | {"status": "entered-in-error"}
    return resource | {"verificationStatus": {"coding": [{"system": _VERIFICATION, "code": "entered-in-error"}]}}


def _version(
    facts: StayFacts, entry: UUID, resource: dict[str, Any], coder: str, reason: str, kind: VersionKind | None
) -> NewVersion:
    return NewVersion(
        entry_id=entry, resource_type=resource["resourceType"], canonical=encode(resource), description=describe(resource),
        encounter_id=facts.encounter_id, facility_id=facts.facility_id, author_name=coder, reason=reason, kind=kind,
    )  # fmt: skip
