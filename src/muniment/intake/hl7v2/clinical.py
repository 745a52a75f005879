"""DG1, AL1, IAM, PR1, PRB, RXA, NK1, IN1 → Condition, AllergyIntolerance, Procedure, Immunization, RelatedPerson, Coverage."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.context import Context, notes
from muniment.intake.hl7v2.datatypes import (
    address,
    code_system,
    coded,
    concept,
    concepts,
    entity,
    fhir_identifier,
    first_practitioner,
    identifiers,
    name,
    number,
    person_reference,
    quantity,
    telecom,
)
from muniment.intake.hl7v2.groups import Group
from muniment.intake.hl7v2.parse import Segment
from muniment.intake.hl7v2.results import observation
from muniment.intake.submission import AddressFact, NameFact, TelecomFact

_CLINICAL = tables.TERMINOLOGY + "condition-clinical"
_VERIFIED = tables.TERMINOLOGY + "condition-ver-status"
_ALLERGY_CLINICAL = tables.TERMINOLOGY + "allergyintolerance-clinical"
_ALLERGY_VERIFIED = tables.TERMINOLOGY + "allergyintolerance-verification"
_DIAGNOSIS_VERIFICATION = MappingProxyType({"W": "provisional", "F": "confirmed"})  # table 0052
_PROBLEM_CLINICAL = frozenset({"active", "recurrence", "relapse", "inactive", "remission", "resolved"})
_PROBLEM_VERIFIED = frozenset({"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"})
_NO_VACCINE = frozenset({"998"})
_UNKNOWN_AMOUNT = frozenset({"999", "999.0"})


def diagnosis(dg1: Segment, context: Context) -> None:
    """DG1 → Condition of the encounter-diagnosis kind; DG1-21 D retracts."""
    said = _diagnosis_code(dg1)
    if not said:
        context.remarks.append(f"DG1-3, line {dg1.number}, names no diagnosis; the segment was left to the original.")
        return
    resource = context.about("Condition")
    kind = dg1.text(6).upper()
    retracts = dg1.text(21).upper() == "D"
    resource["category"] = [coded("encounter-diagnosis", tables.TERMINOLOGY + "condition-category")]
    if kind in ("A", "W", "F"):
        resource["category"].append(coded(kind, tables.TERMINOLOGY + "v2-0052"))
    verification = "entered-in-error" if retracts else _DIAGNOSIS_VERIFICATION.get(kind)
    if verification:
        resource["verificationStatus"] = coded(verification, _VERIFIED)
    resource["code"] = said
    context.date(resource, "onsetDateTime", dg1, 5)
    context.date(resource, "recordedDate", dg1, 19)
    who = first_practitioner(dg1, 16, context.facility)
    if who:
        resource["asserter"] = person_reference(who)
    own = entity(dg1.first(20)) if dg1[20] else ""
    scope = context.visit_key or context.patient_key
    key = context.key("DG1", own) if own else context.key("DG1", scope, dg1.text(3) or said["text"], kind)
    context.add(key, resource, retracts=retracts)


def _diagnosis_code(dg1: Segment) -> dict[str, Any] | None:
    said = concept(dg1.first(3), code_system(dg1.text(2)))
    words = dg1.text(4)
    if said is None:
        return {"text": words} if words else None
    if words and "display" not in said.get("coding", [{}])[0]:
        said["text"] = words
    return said


def allergy(al1: Segment, context: Context) -> None:
    """AL1 → AllergyIntolerance."""
    said = concept(al1.first(3))
    if not said:
        context.remarks.append(f"AL1-3, line {al1.number}, names no allergen; the segment was left to the original.")
        return
    severity = al1.text(4).upper()
    resource = _allergy(said, al1.text(2).upper(), severity, context)
    reactions = concepts(al1, 5)
    _reaction(resource, reactions, severity)
    context.date(resource, "onsetDateTime", al1, 6)
    context.add(context.key("AL1", context.patient_key, al1.text(3) or said["text"]), resource)


def adverse_reaction(iam: Segment, context: Context) -> None:
    """IAM → AllergyIntolerance; IAM-6 D or IAM-17 E retracts."""
    said = concept(iam.first(3))
    if not said:
        context.remarks.append(f"IAM-3, line {iam.number}, names no allergen; the segment was left to the original.")
        return
    status = iam.text(17).upper()
    retracts = iam.text(6).upper() == "D" or status == "E"
    severity = iam.text(4).upper()
    resource = _allergy(said, iam.text(2).upper(), severity, context)
    verification = "entered-in-error" if retracts else tables.ALLERGY_VERIFICATION.get(status)
    if verification:
        resource["verificationStatus"] = coded(verification, _ALLERGY_VERIFIED)
    if verification == "entered-in-error":
        del resource["clinicalStatus"]
    elif status == "I":
        resource["clinicalStatus"] = coded("inactive", _ALLERGY_CLINICAL)
    _reaction(resource, concepts(iam, 5), severity)
    context.date(resource, "onsetDateTime", iam, 11)
    context.date(resource, "recordedDate", iam, 20)
    own = entity(iam.first(7)) if iam[7] else ""
    key = context.key("IAM", own) if own else context.key("AL1", context.patient_key, iam.text(3) or said["text"])
    context.add(key, resource, retracts=retracts)


def _allergy(said: dict[str, Any], kind: str, severity: str, context: Context) -> dict[str, Any]:
    resource: dict[str, Any] = context.about("AllergyIntolerance", "patient")
    resource["clinicalStatus"] = coded("active", _ALLERGY_CLINICAL)
    resource["code"] = said
    if kind in tables.ALLERGY_CATEGORY:
        resource["category"] = [tables.ALLERGY_CATEGORY[kind]]
    if severity in tables.CRITICALITY:
        resource["criticality"] = tables.CRITICALITY[severity]
    return resource


def _reaction(resource: dict[str, Any], reactions: list[dict[str, Any]], severity: str) -> None:
    if not reactions:
        return
    reaction: dict[str, Any] = {"manifestation": reactions}
    if severity in tables.REACTION_SEVERITY:
        reaction["severity"] = tables.REACTION_SEVERITY[severity]
    resource["reaction"] = [reaction]


def procedure(pr1: Segment, context: Context) -> None:
    """PR1 → Procedure; PR1-20 D retracts."""
    said = concept(pr1.first(3), code_system(pr1.text(2)))
    words = pr1.text(4)
    if not said and not words:
        context.remarks.append(f"PR1-3, line {pr1.number}, names no procedure; the segment was left to the original.")
        return
    said = said or {"text": words}
    resource = context.about("Procedure")
    retracts = pr1.text(20).upper() == "D"
    resource["status"] = "entered-in-error" if retracts else "completed"
    resource["code"] = said
    context.date(resource, "performedDateTime", pr1, 5)
    performers = [who for place in (11, 8, 12) if (who := first_practitioner(pr1, place, context.facility))]
    if performers:
        resource["performer"] = [{"actor": person_reference(who)} for who in dict.fromkeys(performers)]
    reasons = concepts(pr1, 15)
    if reasons:
        resource["reasonCode"] = reasons
    own = entity(pr1.first(19)) if pr1[19] else ""
    scope = context.visit_key or context.patient_key
    when = resource.get("performedDateTime", "")[:10]
    key = context.key("PR1", own) if own else context.key("PR1", scope, pr1.text(3) or said["text"], when)
    context.add(key, resource, retracts=retracts)


def problem(group: Group, context: Context) -> None:
    """PRB → Condition on the problem list; PRB-1 DE retracts."""
    prb = group.lead
    assert prb is not None
    said = concept(prb.first(3))
    if not said:
        context.remarks.append(f"PRB-3, line {prb.number}, names no problem; the segment was left to the original.")
        return
    retracts = prb.text(1).upper() == "DE"
    resource = context.about("Condition")
    resource["category"] = [coded("problem-list-item", tables.TERMINOLOGY + "condition-category")]
    resource["code"] = said
    context.date(resource, "onsetDateTime", prb, 16)
    context.date(resource, "abatementDateTime", prb, 9)
    context.date(resource, "recordedDate", prb, 2)
    verification = "entered-in-error" if retracts else prb.text(13).lower()
    if verification in _PROBLEM_VERIFIED:
        resource["verificationStatus"] = coded(verification, _VERIFIED)
    if verification != "entered-in-error":
        resource["clinicalStatus"] = coded(_problem_status(prb, resource), _CLINICAL)
    remarks = notes(group.notes)
    if remarks:
        resource["note"] = remarks
    own = entity(prb.first(4)) if prb[4] else ""
    key = context.key("PRB", own, prb.text(3)) if own else context.key("PRB", context.patient_key, prb.text(3) or said["text"])
    context.add(key, resource, retracts=retracts)
    for obx, remarks_ in group.observations:
        observation(obx, remarks_, (own or context.fallback, prb.text(3)), {}, context)


def _problem_status(prb: Segment, resource: dict[str, Any]) -> str:
    """PRB-14, kept in line with FHIR con-4: what has abated is not active."""
    said = prb.text(14).lower()
    known = said if said in _PROBLEM_CLINICAL else "active"
    if "abatementDateTime" in resource and known in ("active", "recurrence", "relapse"):
        return "resolved"
    return known


def immunization(group: Group, context: Context) -> None:
    """RXA → Immunization; RXA-21 D retracts. CVX 998 says that nothing was given: only its observations are kept."""
    rxa = group.lead
    assert rxa is not None
    order = context.order_number(group.orc, None)
    shared: dict[str, Any] = {}
    if rxa.text(5) not in _NO_VACCINE:
        key = _vaccine(rxa, group, order, context)
        shared["partOf"] = [{"reference": f"draft:{key}"}]
    context.date(shared, "effectiveDateTime", rxa, 3)
    scope = (order or context.fallback, rxa.text(5))
    for obx, remarks in group.observations:
        observation(obx, remarks, scope, shared, context)


def _vaccine(rxa: Segment, group: Group, order: str, context: Context) -> str:
    resource = context.about("Immunization", "patient")
    retracts = rxa.text(21).upper() == "D"
    completion = tables.IMMUNIZATION_STATUS.get(rxa.text(20).upper(), "completed")
    resource["status"] = "entered-in-error" if retracts else completion
    resource["vaccineCode"] = concept(rxa.first(5)) or {"text": "Not said by the sender"}
    context.date(resource, "occurrenceDateTime", rxa, 3)
    if "occurrenceDateTime" not in resource:
        resource["occurrenceString"] = "Not said by the sender"
    reason = concept(rxa.first(18)) if rxa[18] else None
    if reason and completion == "not-done":
        resource["statusReason"] = reason
    source = rxa.text(9)
    if source in ("00", "01", "02", "03", "04", "05", "06", "07", "08"):
        resource["primarySource"] = source == "00"
    _given(resource, rxa, group, context)
    said = notes(group.notes)
    if said:
        resource["note"] = said
    when = resource.get("occurrenceDateTime", "")[:10]
    scope = (order,) if order and order != "9999" else (context.patient_key, when)
    key = context.key("RXA", *scope, rxa.text(5))
    context.add(key, resource, retracts=retracts)
    return key


def _given(resource: dict[str, Any], rxa: Segment, group: Group, context: Context) -> None:
    amount = number(rxa.text(6))
    if amount is not None and rxa.text(6) not in _UNKNOWN_AMOUNT:
        resource["doseQuantity"] = quantity(amount, rxa.first(7))
    lot = rxa.text(15)
    if lot:
        resource["lotNumber"] = lot
    expires = context.clock.field(rxa, 16)
    if expires:
        resource["expirationDate"] = expires.to_fhir()[:10]
    maker = rxa.first(17)
    label = maker.whole(2) or maker.whole(1)
    if label:
        resource["manufacturer"] = {"type": "Organization", "display": label}
    who = first_practitioner(rxa, 10, context.facility)
    if who:
        resource["performer"] = [{"actor": person_reference(who)}]
    route = group.other("RXR")
    for place, element in ((1, "route"), (2, "site")):
        said = concept(route.first(place)) if route else None
        if said:
            resource[element] = said


def related_person(nk1: Segment, context: Context) -> None:
    """NK1 → RelatedPerson. A row with neither person nor organisation is skipped."""
    person = next((fact for xpn in nk1.repetitions(2) if (fact := name(xpn))), None)
    organisation = nk1.text(13)
    if person is None and not organisation:
        return
    resource: dict[str, Any] = {"resourceType": "RelatedPerson", "patient": {"reference": "draft:patient"}}
    resource["name"] = [human_name(person) if person else {"text": organisation}]
    relation = concept(nk1.first(3), tables.TERMINOLOGY + "v2-0063") if nk1[3] else None
    if relation:
        resource["relationship"] = [relation]
    uses = ((5, "home"), (6, "work"))
    telecoms = [telecom(xtn, use) for place, use in uses for xtn in nk1.repetitions(place)]
    if any(telecoms):
        resource["telecom"] = [contact_point(each) for each in telecoms if each]
    addresses = [address(xad) for xad in nk1.repetitions(4)]
    if any(addresses):
        resource["address"] = [postal_address(each) for each in addresses if each]
    numbers = identifiers(nk1, 33, context.facility)
    if numbers:
        resource["identifier"] = [fhir_identifier(fact) for fact in numbers]
    context.add(context.key("NK1", context.patient_key, nk1.text(1)), resource)


def human_name(fact: NameFact) -> dict[str, Any]:
    """FHIR HumanName; parts the source did not give are left out."""
    parts: dict[str, Any] = {"use": fact.use, "family": fact.family, "given": list(fact.given)}
    parts["prefix"] = [fact.prefix] if fact.prefix else []
    parts["suffix"] = [fact.suffix] if fact.suffix else []
    return {element: said for element, said in parts.items() if said}


def contact_point(fact: TelecomFact) -> dict[str, Any]:
    return {"system": fact.system, "value": fact.value, "use": fact.use}


def postal_address(fact: AddressFact) -> dict[str, Any]:
    parts = {
        "use": fact.use,
        "line": list(fact.lines),
        "city": fact.city,
        "state": fact.state,
        "postalCode": fact.postal_code,
        "country": fact.country,
    }
    return {element: said for element, said in parts.items() if said}


def coverage(in1: Segment, context: Context) -> None:
    """IN1 → Coverage. FHIR wants a payer: without name and number of one the segment is left to the original."""
    company, payer_number = in1.first(4), in1.first(3)
    payer: dict[str, Any] = {"type": "Organization"}
    if payer_number[1]:
        payer["identifier"] = (
            fhir_identifier(identifiers(in1, 3, "")[0]) if identifiers(in1, 3, "") else {"value": payer_number[1]}
        )
    label = company[1] or in1.first(2).whole(2)
    if label:
        payer["display"] = label
    if len(payer) == 1:
        context.remarks.append(f"IN1-3 and IN1-4, line {in1.number}, name no payer; the segment was left to the original.")
        return
    resource: dict[str, Any] = {"resourceType": "Coverage", "status": "active", "beneficiary": {"reference": "draft:patient"}}
    resource["payor"] = [payer]
    kind = concept(in1.first(15), tables.TERMINOLOGY + "v2-0086") if in1[15] else None
    if kind:
        resource["type"] = kind
    relationship = concept(in1.first(17), tables.TERMINOLOGY + "v2-0063") if in1[17] else None
    if relationship:
        resource["relationship"] = relationship
    _policy(resource, in1, context)
    plan = in1.text(2) or in1.first(2).whole(2) or payer_number[1] or label
    context.add(context.key("IN1", context.patient_key, plan, in1.text(36)), resource)


def _policy(resource: dict[str, Any], in1: Segment, context: Context) -> None:
    member = in1.text(49) or in1.text(36)
    if member:
        resource["subscriberId"] = member
    start, end = context.clock.field(in1, 12), context.clock.field(in1, 13)
    period = {side: moment.to_fhir() for side, moment in (("start", start), ("end", end)) if moment}
    if period and not (start and end and end < start):
        resource["period"] = period
    classes = ((8, 9, "group"), (2, 0, "plan"))
    found = [_class(in1, place, label, kind) for place, label, kind in classes if in1.text(place)]
    if found:
        resource["class"] = found


def _class(in1: Segment, place: int, label: int, kind: str) -> dict[str, Any]:
    out: dict[str, Any] = {"type": coded(kind, tables.TERMINOLOGY + "coverage-class"), "value": in1.text(place)}
    words = in1.text(label) if label else in1.first(place).whole(2)
    return out | ({"name": words} if words else {})


SEGMENTS: Final = MappingProxyType[str, Callable[[Segment, Context], None]](
    {
        "DG1": diagnosis,
        "AL1": allergy,
        "IAM": adverse_reaction,
        "PR1": procedure,
        "NK1": related_person,
        "IN1": coverage,
    }
)
