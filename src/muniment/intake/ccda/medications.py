"""Medication activities → MedicationStatement; planned and supplied ones → MedicationRequest; immunizations → Immunization."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.conditions import notes, reasons
from muniment.intake.ccda.datatypes import (
    begins,
    choice,
    concept,
    identifiers,
    period,
    quantity,
    unsaid,
    when,
)
from muniment.intake.ccda.dosage import dosage
from muniment.intake.ccda.parties import author_of, organization_reference, performers, reference
from muniment.intake.ccda.reading import PATIENT, Reading, author_time
from muniment.intake.ccda.tree import Element, attr, down, first_related, kid, kids, null, related, true, type_of, words

_T = "2.16.840.1.113883.10.20.22.4."
SUPPLY_ORDER, REFUSAL, SERIES = _T + "17", _T + "53", _T + "46"
_MEDICATION_LIST = "10160-0"
_ANY_DRUG = ("410942007", "763158003")  # SNOMED CT: drug or medicament, medicinal product
_NONE_KNOWN = {"coding": [{"system": systems.SNOMED, "code": "787481004", "display": "No known medications"}]}
_TAKEN = {
    "active": "active",
    "completed": "completed",
    "aborted": "stopped",
    "cancelled": "stopped",
    "suspended": "on-hold",
    "held": "on-hold",
    "nullified": "entered-in-error",
    "new": "intended",
}
_ORDERED = _TAKEN | {"new": "active", "cancelled": "cancelled"}
_GIVEN = {"nullified": "entered-in-error", "aborted": "not-done", "cancelled": "not-done"}


def medication(node: Element, r: Reading) -> None:
    """A medication activity in any mood, and the supply orders within it."""
    none = true(node, "negationInd") and _no_drug_in_particular(node, r)
    if none and r.section_code != _MEDICATION_LIST:
        r.remark("a statement that there are no medications was left to the document.")
        return
    if none or attr(node, "moodCode") in ("EVN", ""):
        _statement(node, r)
    else:
        request(node, r)
    for each in related(node, SUPPLY_ORDER):
        supply(each, r, node)


def inside(act: Element, r: Reading) -> None:
    """Admission and discharge medication acts hold medication activities."""
    for link in kids(act, "entryRelationship"):
        for each in kids(link, "substanceAdministration"):
            medication(each, r)


def product(node: Element, r: Reading) -> dict[str, Any]:
    """The drug or vaccine of a substance administration or supply."""
    text = r.narrative(node)
    return _named(node, r) or ({"text": text} if text else unsaid(null(kid(_material(node), "code"))))


def _material(node: Element) -> Element | None:
    made = down(node, "consumable", "manufacturedProduct")
    if made is None:
        made = down(node, "product", "manufacturedProduct")
    material = kid(made, "manufacturedMaterial")
    return kid(made, "manufacturedLabeledDrug") if material is None else material


def _named(node: Element, r: Reading) -> dict[str, Any] | None:
    material = _material(node)
    name = words(kid(material, "name"))
    return concept(kid(material, "code"), r) or ({"text": name} if name else None)


def _span(node: Element, r: Reading) -> tuple[str, Any] | None:
    """The effective time that is no frequency."""
    for each in kids(node, "effectiveTime"):
        if type_of(each) in ("IVL_TS", "TS", "") and (found := when(each, r)):
            return found
    return None


def _no_drug_in_particular(node: Element, r: Reading) -> bool:
    named = _named(node, r)
    return named is None or attr(kid(_material(node), "code"), "code") in _ANY_DRUG


def _statement(node: Element, r: Reading) -> None:
    status = _TAKEN.get(attr(kid(node, "statusCode"), "code"), "unknown")
    dose, negated = dosage(node, r), true(node, "negationInd")
    # A negated activity without a drug says that none is taken; with one, that this one is not.
    drug = _NONE_KNOWN if negated and _no_drug_in_particular(node, r) else product(node, r)
    resource = {
        "resourceType": "MedicationStatement",
        "identifier": identifiers(node),
        "status": "not-taken" if negated else status,
        "medicationCodeableConcept": drug,
        "subject": PATIENT,
        **choice("effective", _span(node, r)),
        "dateAsserted": author_time(node, r),
        "informationSource": reference(down(node, "informant", "assignedEntity")),
        "reasonCode": reasons(node, r),
        "note": notes(node, r),
        "dosage": [dose] if dose else None,
    }
    r.file(resource, node, author=author_of(node))


def request(node: Element, r: Reading) -> None:
    """A medication somebody plans or orders."""
    order = attr(node, "moodCode") == "RQO"
    dose = dosage(node, r)
    span = _span(node, r)
    if span and span[0] == "Period":
        dose = dose or {}
        dose.setdefault("timing", {}).setdefault("repeat", {})["boundsPeriod"] = span[1]
    resource = {
        "resourceType": "MedicationRequest",
        "identifier": identifiers(node),
        "status": _ORDERED.get(attr(kid(node, "statusCode"), "code"), "unknown"),
        "intent": "order" if order else "proposal" if attr(node, "moodCode") in ("PRP", "PRMS") else "plan",
        "doNotPerform": True if true(node, "negationInd") else None,
        "medicationCodeableConcept": product(node, r),
        "subject": PATIENT,
        "authoredOn": author_time(node, r),
        "requester": reference(down(node, "author", "assignedAuthor")),
        "reasonCode": reasons(node, r),
        "note": notes(node, r),
        "dosageInstruction": [dose] if dose else None,
    }
    r.file(resource, node, author=author_of(node))


def supply(node: Element, r: Reading, activity: Element | None = None) -> None:
    """A medication supply order: what may be dispensed, how much and how often."""
    named = node if activity is None or kid(node, "product") is not None else activity
    resource = {
        "resourceType": "MedicationRequest",
        "identifier": identifiers(node),
        "status": _ORDERED.get(attr(kid(node, "statusCode"), "code"), "unknown"),
        "intent": "order",
        "medicationCodeableConcept": product(named, r),
        "subject": PATIENT,
        "authoredOn": author_time(node, r),
        "requester": reference(down(node, "author", "assignedAuthor")),
        "dispenseRequest": _dispense(node, r),
    }
    r.file(resource, node, author=author_of(node))


def _dispense(node: Element, r: Reading) -> dict[str, Any]:
    fills = attr(kid(node, "repeatNumber"), "value")
    said: dict[str, Any] = {
        "validityPeriod": next((found for each in kids(node, "effectiveTime") if (found := period(each, r))), None),
        "quantity": quantity(kid(node, "quantity"), r),
    }
    # CDA counts all fills, FHIR the repeats after the first.
    if fills.isascii() and fills.isdigit() and 0 < int(fills) < 1000:
        said["numberOfRepeatsAllowed"] = int(fills) - 1
    return {name: each for name, each in said.items() if each is not None}


def immunization(node: Element, r: Reading) -> None:
    """An immunization given, or not given with its reason; a planned one is a MedicationRequest."""
    if attr(node, "moodCode") not in ("EVN", ""):
        request(node, r)
        return
    made = down(node, "consumable", "manufacturedProduct")
    resource = {
        "resourceType": "Immunization",
        "identifier": identifiers(node),
        "status": "not-done" if true(node, "negationInd") else _GIVEN.get(attr(kid(node, "statusCode"), "code"), "completed"),
        "statusReason": concept(kid(first_related(node, REFUSAL), "code"), r),
        "vaccineCode": product(node, r),
        "patient": PATIENT,
        "recorded": author_time(node, r),
        "manufacturer": organization_reference(kid(made, "manufacturerOrganization")),
        "lotNumber": words(down(made, "manufacturedMaterial", "lotNumberText")),
        "site": concept(kid(node, "approachSiteCode"), r),
        "route": concept(kid(node, "routeCode"), r),
        "doseQuantity": quantity(kid(node, "doseQuantity"), r),
        "performer": [{"actor": each} for each in performers(node)],
        "reasonCode": reasons(node, r),
        "note": notes(node, r),
        "protocolApplied": _series(node, r),
    }
    r.file(resource | _occurrence(node, r), node, author=author_of(node))


def _occurrence(node: Element, r: Reading) -> dict[str, str]:
    found = next((text for each in kids(node, "effectiveTime") if (text := begins(each, r))), "")
    return {"occurrenceDateTime": found} if found else {"occurrenceString": "unknown"}


def _series(node: Element, r: Reading) -> list[dict[str, Any]]:
    text = attr(kid(first_related(node, SERIES), "value"), "value") or attr(kid(node, "repeatNumber"), "value")
    if text.isascii() and text.isdigit() and 0 < int(text) < 1000:
        return [{"doseNumberPositiveInt": int(text)}]
    return []
