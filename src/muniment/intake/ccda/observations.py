"""Results, vital signs, social history and functional status → Observation and DiagnosticReport."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.conditions import notes, stated
from muniment.intake.ccda.datatypes import ABSENT, choice, concept, concepts, identifiers, limits, required, unsaid, value, when
from muniment.intake.ccda.parties import author_of, performers
from muniment.intake.ccda.reading import PATIENT, Reading
from muniment.intake.ccda.tree import Element, attr, kid, kids, null, templates, true, type_of, words

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_US_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
_US = ("functional-status", "cognitive-status")
_STATUS = {
    "completed": "final",
    "active": "registered",
    "held": "registered",
    "suspended": "registered",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "nullified": "entered-in-error",
}
_REPORT_STATUS = _STATUS | {"active": "partial"}
MAX_COMPONENTS = 50
SMOKING = "2.16.840.1.113883.10.20.22.4.78"


def category(name: str) -> list[dict[str, Any]]:
    return [{"coding": [{"system": _US_CATEGORY if name in _US else _CATEGORY, "code": name}]}]


def result_organizer(node: Element, r: Reading) -> None:
    """A battery: a DiagnosticReport over its Observations."""
    members = [key for each in _members(node) if (key := observation(each, r, "laboratory", node))]
    found = when(kid(node, "effectiveTime"), r) or _first_time(node, r)
    resource = {
        "resourceType": "DiagnosticReport",
        "identifier": identifiers(node),
        "status": _REPORT_STATUS.get(attr(kid(node, "statusCode"), "code"), "unknown"),
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}],
        "code": required(kid(node, "code"), r, r.narrative(node) or (r.section if members else "")),
        "subject": PATIENT,
        **choice("effective", found),
        "performer": performers(node),
        "result": [{"reference": f"draft:{key}"} for key in dict.fromkeys(members)],
    }
    r.file(resource, node, author=author_of(node))


def _first_time(node: Element, r: Reading) -> tuple[str, Any] | None:
    return next((found for each in _members(node) if (found := when(kid(each, "effectiveTime"), r))), None)


def _members(node: Element) -> list[Element]:
    return [each for part in kids(node, "component") for each in kids(part, "observation")]


def result(node: Element, r: Reading) -> None:
    observation(node, r, "laboratory")


def vitals(node: Element, r: Reading) -> None:
    for each in _members(node):
        observation(each, r, "vital-signs", node)


def vital(node: Element, r: Reading) -> None:
    observation(node, r, "vital-signs")


def social(node: Element, r: Reading) -> None:
    observation(node, r, "social-history")


def functional(node: Element, r: Reading) -> None:
    """Functional or cognitive status; an organizer's members singly."""
    name = "cognitive-status" if r.section_code == "10190-7" else "functional-status"
    for each in _members(node) or [node]:
        observation(each, r, name, node)


def observation(node: Element, r: Reading, name: str, organizer: Element | None = None) -> str:
    """One Observation; returns its key, or "" where FHIR can't say what the source says."""
    values = list(kids(node, "value"))
    negated = true(node, "negationInd")
    if negated and any(not null(each) for each in values):
        r.remark("a negated finding was left to the document.")
        return ""
    found = when(kid(node, "effectiveTime"), r) or when(kid(organizer, "effectiveTime"), r)
    resource = {
        "resourceType": "Observation",
        "identifier": identifiers(node),
        "status": _STATUS.get(attr(kid(node, "statusCode"), "code"), "unknown"),
        "category": category(name),
        "code": _code(node, r),
        "subject": PATIENT,
        **choice("effective", found),
        "performer": performers(node) or performers(organizer),
        "interpretation": concepts(kids(node, "interpretationCode"), r),
        "bodySite": concept(kid(node, "targetSiteCode"), r),
        "method": concept(kid(node, "methodCode"), r),
        "note": notes(node, r),
        "referenceRange": [said for each in kids(node, "referenceRange") if (said := _range(kid(each, "observationRange"), r))],
        "component": _further(node, values[1:], r),
        **_value(node, values, negated, r),
    }
    return r.file(resource, node, author=author_of(node) or author_of(organizer))


def _code(node: Element, r: Reading) -> dict[str, Any]:
    code = kid(node, "code")
    if SMOKING in templates(node) and attr(code, "code") in ("", "ASSERTION"):
        return {"coding": [{"system": systems.LOINC, "code": "72166-2", "display": "Tobacco smoking status"}]}
    return stated(code, r, node)


def _value(node: Element, values: list[Element], negated: bool, r: Reading) -> dict[str, Any]:
    if negated:
        return {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-performed"}]}}
    found = value(values[0], r) if values else None
    if found:
        return choice("value", found)
    pending = attr(kid(node, "statusCode"), "code") in ("active", "held", "suspended")
    if not values and pending:
        return {}
    return {"dataAbsentReason": unsaid(null(values[0]) if values else "")}


def _further(node: Element, values: list[Element], r: Reading) -> list[dict[str, Any]]:
    """CDA allows several values; FHIR one, so the others become components under the same code."""
    if len(values) > MAX_COMPONENTS:
        r.remark(f"only the first {MAX_COMPONENTS} further values were taken.")
        values = values[:MAX_COMPONENTS]
    code = _code(node, r) if values else {}
    return [{"code": code} | choice("value", found) for each in values if (found := value(each, r))]


def _range(node: Element | None, r: Reading) -> dict[str, Any]:
    said = kid(node, "value")
    bounds = limits(said, r) if said is not None and type_of(said).startswith("IVL") else {}
    words_ = r.said(kid(node, "text"))
    if said is not None and not bounds and not words_:
        words_ = attr(said, "displayName") or words(said) or attr(said, "value")
    meaning = concept(kid(node, "interpretationCode"), r)
    if not bounds and not words_:
        return {}
    return bounds | ({"text": words_} if words_ else {}) | ({"appliesTo": [meaning]} if meaning else {})
