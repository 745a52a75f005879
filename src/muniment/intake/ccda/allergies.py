"""Allergies and intolerances → AllergyIntolerance, with "no known" kept apart from "not said"."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.conditions import SEVERITY, coded, notes
from muniment.intake.ccda.datatypes import concept, identifiers, unsaid
from muniment.intake.ccda.parties import author_of
from muniment.intake.ccda.reading import PATIENT, Reading, author_time
from muniment.intake.ccda.tree import Element, attr, down, first_related, kid, kids, null, related, templates, true, words

_T = "2.16.840.1.113883.10.20.22.4."
ALLERGY, STATUS, REACTION, CRITICALITY = _T + "7", _T + "28", _T + "9", _T + "145"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"

# SNOMED CT kind of propensity → (FHIR type, FHIR category, SNOMED CT code and name of its "no known …")
_NO_ALLERGY = ("716186003", "No known allergy")
_NO_DRUG = ("409137002", "No known drug allergy")
_NO_FOOD = ("429625007", "No known food allergy")
_NO_PLACE = ("428607008", "No known environmental allergy")
_KINDS = {
    "420134006": ("", "", _NO_ALLERGY),
    "418038007": ("", "", _NO_ALLERGY),
    "419199007": ("allergy", "", _NO_ALLERGY),
    "782197009": ("intolerance", "", _NO_ALLERGY),
    "419511003": ("", "medication", _NO_DRUG),
    "416098002": ("allergy", "medication", _NO_DRUG),
    "59037007": ("intolerance", "medication", _NO_DRUG),
    "418471000": ("", "food", _NO_FOOD),
    "414285001": ("allergy", "food", _NO_FOOD),
    "235719002": ("intolerance", "food", _NO_FOOD),
    "426232007": ("allergy", "environment", _NO_PLACE),
}
_STATUSES = {"55561003": "active", "73425007": "inactive", "413322009": "resolved"}
_SEVERITIES = {
    "255604002": "mild",
    "371923003": "moderate",
    "6736007": "moderate",
    "371924009": "severe",
    "24484000": "severe",
    "399166001": "severe",
}
_CRITICALITIES = {"CRITH": "high", "CRITL": "low", "CRITU": "unable-to-assess"}


def concern(act: Element, r: Reading) -> None:
    found = [each for link in kids(act, "entryRelationship") for each in kids(link, "observation")]
    allergies = [each for each in found if ALLERGY in templates(each)] or found
    if not allergies:
        r.remark("an allergy without an observation was left to the document.")
    for each in allergies:
        allergy(each, r, act)


def allergy(observation: Element, r: Reading, act: Element | None = None) -> None:
    kind, category, none_known = _KINDS.get(attr(kid(observation, "value"), "code"), ("", "", _NO_ALLERGY))
    time = kid(observation, "effectiveTime")
    resource: dict[str, Any] = {
        "resourceType": "AllergyIntolerance",
        "identifier": identifiers(observation),
        "type": kind,
        "category": [category] if category else None,
        "patient": PATIENT,
        "onsetDateTime": r.date_time(kid(time, "low")) or r.date_time(time),
        "recordedDate": author_time(observation, r) or (author_time(act, r) if act is not None else ""),
        "criticality": _CRITICALITIES.get(attr(kid(first_related(observation, CRITICALITY), "value"), "code")),
        "reaction": _reactions(observation, r),
        "note": notes(observation, r),
    }
    resource |= _substance(observation, r, none_known) | _standing(observation, act)
    r.file(resource, observation, author=author_of(observation) or author_of(act))


def _agent(observation: Element) -> Element | None:
    return next(
        (
            found
            for each in kids(observation, "participant")
            if (found := down(each, "participantRole", "playingEntity")) is not None
        ),
        None,
    )


def _substance(observation: Element, r: Reading, none_known: tuple[str, str]) -> dict[str, Any]:
    agent = _agent(observation)
    said = concept(kid(agent, "code"), r) or ({"text": text} if (text := words(kid(agent, "name"))) else None)
    negated = true(observation, "negationInd")
    if said and "coding" not in said and negated and null(kid(agent, "code")) == "NA":
        said = None
    if said:
        refuted = {"verificationStatus": coded(_VERIFICATION, "refuted")} if negated else {}
        return {"code": said} | refuted
    if negated:
        code, name = none_known
        return {"code": {"coding": [{"system": systems.SNOMED, "code": code, "display": name}]}}
    text = r.narrative(observation)
    return {"code": {"text": text} if text else concept(kid(observation, "value"), r) or unsaid()}


def _standing(observation: Element, act: Element | None) -> dict[str, Any]:
    statuses = (attr(kid(observation, "statusCode"), "code"), attr(kid(act, "statusCode"), "code"))
    if "nullified" in statuses:
        return {"verificationStatus": coded(_VERIFICATION, "entered-in-error")}
    stated = _STATUSES.get(attr(kid(first_related(observation, STATUS, _T + "6"), "value"), "code"))
    ended = down(observation, "effectiveTime", "high")
    over = ended is not None and (bool(attr(ended, "value")) or null(ended) == "UNK")
    past = "resolved" if over else "inactive" if statuses[1] in ("completed", "suspended", "aborted") else "active"
    return {"clinicalStatus": coded(_CLINICAL, stated or past)}


def _reactions(observation: Element, r: Reading) -> list[dict[str, Any]]:
    overall = _severity(observation)
    found = (_reaction(each, overall, r) for each in related(observation, REACTION))
    return [each for each in found if each]


def _reaction(observation: Element, overall: str, r: Reading) -> dict[str, Any] | None:
    text = r.narrative(observation)
    shown = concept(kid(observation, "value"), r) or ({"text": text} if text else None)
    if not shown:
        return None
    time = kid(observation, "effectiveTime")
    said = {
        "manifestation": [shown],
        "severity": _severity(observation) or overall,
        "onset": r.date_time(kid(time, "low")) or r.date_time(time),
    }
    return {name: each for name, each in said.items() if each}


def _severity(observation: Element) -> str:
    return _SEVERITIES.get(attr(kid(first_related(observation, SEVERITY), "value"), "code"), "")
