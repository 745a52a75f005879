"""Encounters: the kind of stay a code means, and encounter activities → Encounter with their diagnoses."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.conditions import condition, problems, reasons
from muniment.intake.ccda.datatypes import coding, concept, identifiers, period
from muniment.intake.ccda.parties import author_of, performers, sdtc
from muniment.intake.ccda.reading import PATIENT, Reading
from muniment.intake.ccda.tree import Element, attr, down, kid, kids, templates, true, words

_DIAGNOSIS = "2.16.840.1.113883.10.20.22.4.80"
_V3 = {"AMB": "AMB", "EMER": "EMER", "FLD": "FLD", "HH": "HH", "IMP": "IMP", "ACUTE": "IMP", "NONAC": "IMP"} | {
    each: each for each in ("OBSENC", "PRENC", "SS", "VR")
}
_SNOMED = {
    "32485007": "IMP",  # hospital admission
    "183452005": "IMP",  # emergency hospital admission
    "8715000": "IMP",  # hospital admission, elective
    "4525004": "EMER",  # emergency department patient visit
    "50849002": "EMER",  # emergency room admission
    "185349003": "AMB",  # encounter for check up
    "185345009": "AMB",  # encounter for symptom
    "308335008": "AMB",  # patient encounter procedure
    "439708006": "HH",  # home visit
}
# CPT evaluation and management ranges (AMA CPT, section E/M)
_CPT = (
    (99202, 99215, "AMB"),
    (99201, 99201, "AMB"),
    (99217, 99220, "OBSENC"),
    (99221, 99239, "IMP"),
    (99241, 99245, "AMB"),
    (99251, 99255, "IMP"),
    (99281, 99288, "EMER"),
    (99341, 99350, "HH"),
    (99381, 99397, "AMB"),
)
_STATUS = {"active": "in-progress", "cancelled": "cancelled", "aborted": "cancelled", "nullified": "entered-in-error"}


def class_of(code: Element | None) -> str:
    """HL7 v3 ActEncounterCode of an encounter's code or one of its translations; "" where none says."""
    for each in () if code is None else (code, *kids(code, "translation")):
        system, value = attr(each, "codeSystem"), attr(each, "code").upper()
        found = _V3.get(value, "") if system == "2.16.840.1.113883.5.4" else _coded_class(system, value)
        if found:
            return found
    return ""


def _coded_class(system: str, value: str) -> str:
    if system == "2.16.840.1.113883.6.96":
        return _SNOMED.get(value, "")
    if system == "2.16.840.1.113883.6.12" and value.isascii() and value.isdigit():
        return next((kind for low, high, kind in _CPT if low <= int(value) <= high), "")
    return ""


def encounter(node: Element, r: Reading) -> None:
    """An encounter activity; a planned one is an Encounter in status planned."""
    planned = attr(node, "moodCode") not in ("EVN", "")
    code, time = kid(node, "code"), kid(node, "effectiveTime")
    point = r.date_time(time)
    kind = concept(code, r)
    resource = {
        "resourceType": "Encounter",
        "identifier": identifiers(node),
        "status": _status(node, planned),
        "class": _class(code),
        "type": [kind] if kind else None,
        "subject": PATIENT,
        "participant": [{"individual": each} for each in performers(node)],
        "period": period(time, r) or ({"start": point} if point else None),
        "reasonCode": reasons(node, r),
        "diagnosis": _diagnoses(node, r),
        "hospitalization": _hospitalization(node, r),
        "location": [{"location": each} for each in _locations(node)],
    }
    r.file(resource, node, author=author_of(node))


def _status(node: Element, planned: bool) -> str:
    if true(node, "negationInd"):
        return "cancelled"
    otherwise = "planned" if planned else "finished"
    said = attr(kid(node, "statusCode"), "code")
    return otherwise if planned and said == "active" else _STATUS.get(said, otherwise)


def _class(code: Element | None) -> dict[str, Any]:
    known = class_of(code)
    return {"system": systems.ACT_CODE, "code": known} if known else {"system": systems.NULL_FLAVOR, "code": "UNK"}


def _diagnoses(node: Element, r: Reading) -> list[dict[str, Any]]:
    acts = [each for link in kids(node, "entryRelationship") for each in kids(link, "act") if _DIAGNOSIS in templates(each)]
    keys = [condition(each, r, act) for act in acts for each in problems(act)]
    return [{"condition": {"reference": f"draft:{key}"}} for key in dict.fromkeys(keys) if key]


def _hospitalization(node: Element, r: Reading) -> dict[str, Any] | None:
    said = concept(sdtc(node, "dischargeDispositionCode"), r)
    return {"dischargeDisposition": said} if said else None


def _locations(node: Element) -> list[dict[str, Any]]:
    roles = [kid(each, "participantRole") for each in kids(node, "participant") if attr(each, "typeCode") == "LOC"]
    texts = (words(down(role, "playingEntity", "name")) or _display(kid(role, "code")) for role in roles)
    return [{"display": text} for text in texts if text]


def _display(code: Element | None) -> str:
    said = coding(code) or {}
    return str(said.get("display", ""))
