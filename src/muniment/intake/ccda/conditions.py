"""Problems and diagnoses → Condition (C-CDA problem concern act, problem observation and the diagnosis acts)."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.datatypes import choice, concept, concepts, identifiers, quantity, required, unsaid
from muniment.intake.ccda.parties import author_of
from muniment.intake.ccda.reading import ENCOUNTER, PATIENT, Reading, author_time
from muniment.intake.ccda.tree import Element, attr, first_related, kid, kids, local, null, templates, true

_T = "2.16.840.1.113883.10.20.22.4."
PROBLEM, PROBLEM_STATUS, SEVERITY, ONSET_AGE, COMMENT = _T + "4", _T + "6", _T + "8", _T + "31", _T + "64"
DIAGNOSES = (_T + "33", _T + "34", _T + "51", _T + "65", _T + "80")

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_STATUS = {
    "55561003": "active",
    "73425007": "inactive",
    "413322009": "resolved",
    "246455001": "recurrence",
    "263855007": "relapse",
    "277022003": "remission",
}
_ANY_PROBLEM = ("55607006", "404684003", "64572001")  # problem, clinical finding, disease: no problem in particular
_NONE_KNOWN = {"coding": [{"system": systems.SNOMED, "code": "160245001", "display": "No current problems or disability"}]}
_DIAGNOSIS_SECTIONS = {"11535-2", "46241-6", "10219-4", "10218-6", "59769-0", "46240-8"}
_ABATED = ("inactive", "resolved", "remission")


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def concern(act: Element, r: Reading) -> None:
    """A concern or diagnosis act: each problem observation in it is a Condition of its own."""
    found = problems(act)
    if not found:
        r.remark("a problem without an observation was left to the document.")
    for each in found:
        condition(each, r, act)


def problems(act: Element) -> list[Element]:
    return [
        each for link in kids(act, "entryRelationship") for each in kids(link, "observation") if PROBLEM in templates(each)
    ] or [
        each
        for link in kids(act, "entryRelationship")
        if attr(link, "typeCode") == "SUBJ"
        for each in kids(link, "observation")
    ]


def condition(observation: Element, r: Reading, act: Element | None = None) -> str:
    """A problem observation (and the act around it) as a Condition; returns its key."""
    diagnosis = r.section_code in _DIAGNOSIS_SECTIONS or not set(DIAGNOSES).isdisjoint(templates(act))
    resource: dict[str, Any] = {
        "resourceType": "Condition",
        "identifier": identifiers(observation),
        "subject": PATIENT,
        "encounter": ENCOUNTER if diagnosis and r.has_encounter and r.section_code != "46240-8" else None,
        "category": _categories(observation, r, diagnosis),
        "severity": concept(kid(first_related(observation, SEVERITY), "value"), r),
        "bodySite": concepts(kids(observation, "targetSiteCode"), r),
        "recordedDate": author_time(observation, r) or author_time(act if act is not None else observation, r),
        "note": notes(observation, r),
    }
    resource |= _named(observation, r) | _course(observation, act, r)
    _state_verification(resource, observation, act)
    return r.file(resource, observation, author=author_of(observation) or author_of(act))


def _categories(observation: Element, r: Reading, diagnosis: bool) -> list[dict[str, Any]]:
    found = [coded(_CATEGORY, "encounter-diagnosis" if diagnosis else "problem-list-item")]
    kind = kid(observation, "code")
    said = concept(kind, r) if attr(kind, "code") not in ("", "ASSERTION") else None
    return [*found, said] if said else found


def _named(observation: Element, r: Reading) -> dict[str, Any]:
    value = kid(observation, "value")
    said = concept(value, r)
    if true(observation, "negationInd") and (said is None or attr(value, "code") in _ANY_PROBLEM):
        return {"code": _NONE_KNOWN}
    return {"code": said or ({"text": text} if (text := r.narrative(observation)) else unsaid(null(value)))}


def _course(observation: Element, act: Element | None, r: Reading) -> dict[str, Any]:
    """Onset, abatement and clinical status, kept consistent with one another (FHIR R4 con-4)."""
    time = kid(observation, "effectiveTime")
    ended, begun = kid(time, "high"), r.date_time(kid(time, "low")) or r.date_time(time)
    abated = r.date_time(ended)
    status = _status(observation, act, ended is not None and (bool(abated) or null(ended) == "UNK"))
    if abated and status not in _ABATED:
        r.remark("the source gives an end and an active status; the end was taken.")
        status = "resolved"
    said: dict[str, Any] = {"clinicalStatus": coded(_CLINICAL, status)}
    if begun:
        said["onsetDateTime"] = begun
    else:
        said |= choice("onset", _age(observation, r))
    return said | ({"abatementDateTime": abated} if abated else {})


def _age(observation: Element, r: Reading) -> tuple[str, Any] | None:
    return age(first_related(observation, ONSET_AGE), r)


def age(observation: Element | None, r: Reading) -> tuple[str, Any] | None:
    """An age observation as a FHIR Age, which needs a UCUM unit of time."""
    said = quantity(kid(observation, "value"), r)
    if not said or said.get("code") not in ("a", "mo", "wk", "d", "h", "min") or said["value"] <= 0:
        return None
    return "Age", said


def _status(observation: Element, act: Element | None, ended: bool) -> str:
    stated = _STATUS.get(attr(kid(first_related(observation, PROBLEM_STATUS), "value"), "code"))
    if stated:
        return stated
    if ended:
        return "resolved"
    concern_status = attr(kid(act, "statusCode"), "code")
    diagnosis = not set(DIAGNOSES).isdisjoint(templates(act))
    return "inactive" if concern_status in ("completed", "suspended", "aborted") and not diagnosis else "active"


def _state_verification(resource: dict[str, Any], observation: Element, act: Element | None) -> None:
    if "nullified" in (attr(kid(observation, "statusCode"), "code"), attr(kid(act, "statusCode"), "code")):
        resource["verificationStatus"] = coded(_VERIFICATION, "entered-in-error")
        resource.pop("clinicalStatus")
        resource.pop("abatementDateTime", None)
    elif true(observation, "negationInd") and resource["code"] is not _NONE_KNOWN:
        resource["verificationStatus"] = coded(_VERIFICATION, "refuted")


def notes(statement: Element, r: Reading) -> list[dict[str, Any]]:
    """Comment activities as annotations."""
    texts = (
        r.narrative(each)
        for link in kids(statement, "entryRelationship")
        for each in link
        if local(each) == "act" and COMMENT in templates(each)
    )
    return [{"text": text} for text in texts if text]


def reasons(statement: Element, r: Reading) -> list[dict[str, Any]]:
    """Indication observations (4.19) as reason codes."""
    found = (
        kid(each, "value")
        for link in kids(statement, "entryRelationship")
        for each in kids(link, "observation")
        if _T + "19" in templates(each)
    )
    return concepts(found, r)


def stated(node: Element | None, r: Reading, statement: Element) -> dict[str, Any]:
    """A concept FHIR requires: as coded, else the statement's own words, else absent with its reason."""
    return required(node, r, r.narrative(statement))
