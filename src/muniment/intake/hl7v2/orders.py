"""ORC with OBR, RXO or RXE → ServiceRequest, MedicationRequest (HL7 v2.8 chapter 4, 4A)."""

from __future__ import annotations

from typing import Any

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.authorisations import authorisations
from muniment.intake.hl7v2.context import Context, notes
from muniment.intake.hl7v2.datatypes import (
    concept,
    concepts,
    entity,
    entity_identifier,
    first_practitioner,
    number,
    person_reference,
    quantity,
)
from muniment.intake.hl7v2.groups import Group
from muniment.intake.hl7v2.parse import Composite, Segment
from muniment.intake.hl7v2.results import named, observations, specimen


def service_order(group: Group, context: Context) -> None:
    """ORC and OBR as an order, with its questions at order entry (OBX) and specimens."""
    obr = group.lead
    assert obr is not None
    order = context.order_number(group.orc, obr)
    service_request(group, context, placed=True)
    observations(group, context, order)
    for spm in group.specimens:
        specimen(spm, order, context)


def service_request(group: Group, context: Context, *, placed: bool = False) -> None:
    """The order a group speaks of. Its key is the placer's number, so that order and result name the same.

    ``placed``: the message is about the order itself, not about its results.
    """
    obr, orc = group.lead, group.orc
    assert obr is not None
    resource = context.about("ServiceRequest")
    resource["status"] = _status(orc, obr)
    resource["intent"] = "order"
    resource["code"] = named(concept(obr.first(4)), "OBR-4", obr, context)
    identifiers = _identifiers(orc, obr)
    if identifiers:
        resource["identifier"] = identifiers
    priority = _priority(group, obr)
    if priority:
        resource["priority"] = priority
    _placed(resource, orc, obr, context)
    context.date(resource, "occurrenceDateTime", obr, 36)
    reasons = concepts(obr, 31)
    if reasons:
        resource["reasonCode"] = reasons
    said = notes(group.notes)
    if said:
        resource["note"] = said
    number, what = _placer(orc, obr) or context.fallback, obr.text(4) or obr.first(4).whole(2)
    key = context.key("SR", number, what)
    context.add(key, resource)
    if placed:
        authorisations(orc, key, resource, f"{number}|{what}", context)


def _placer(orc: Segment | None, obr: Segment | None) -> str:
    for place in (2, 3):
        for segment in (obr, orc):
            if segment is not None and segment[place]:
                found = entity(segment.first(place))
                if found:
                    return found
    return ""


def _identifiers(orc: Segment | None, obr: Segment | None) -> list[dict[str, Any]]:
    found = []
    for place, kind in ((2, "PLAC"), (3, "FILL")):
        said = entity_identifier(obr.first(place), kind) if obr is not None else None
        if not said and orc is not None:
            said = entity_identifier(orc.first(place), kind)
        if said:
            found.append(said)
    return found


def _status(orc: Segment | None, obr: Segment | None = None) -> str:
    """ORC-1 when it ends or holds the order, else ORC-5, else what the result status implies, else active."""
    if orc is not None:
        said = tables.ORDER_CONTROL.get(orc.text(1).upper()) or tables.ORDER_STATUS.get(orc.text(5).upper())
        if said:
            return said
    result = tables.REPORT_STATUS.get(obr.text(25).upper(), "") if obr is not None else ""
    if result == "cancelled":
        return "revoked"
    return "completed" if result in ("final", "corrected", "amended") else "active"


def _priority(group: Group, obr: Segment) -> str:
    timing = group.other("TQ1")
    said = [timing.text(9)] if timing else []
    said += [obr.first(27)[6], obr.text(5), group.orc.first(7)[6] if group.orc else ""]
    return next((known for each in said if (known := tables.PRIORITY.get(each.upper()))), "")


def _placed(resource: dict[str, Any], orc: Segment | None, obr: Segment | None, context: Context) -> None:
    if orc is not None:
        context.date(resource, "authoredOn", orc, 9)
    who = first_practitioner(orc, 12, context.facility) if orc is not None else None
    if who is None and obr is not None:
        who = first_practitioner(obr, 16, context.facility)
    if who:
        resource["requester"] = person_reference(who)


def medication_order(group: Group, context: Context) -> None:
    """RXO or RXE (the pharmacy's encoding wins) as a MedicationRequest."""
    lead, orc = group.lead, group.orc
    assert lead is not None
    encoded = lead.name == "RXE"
    drug = lead.first(2 if encoded else 1)
    resource = context.about("MedicationRequest")
    status = _status(orc)
    resource["status"] = tables.MEDICATION_STATUS.get(status, status)
    resource["intent"] = "order"
    resource["medicationCodeableConcept"] = named(concept(drug), f"{lead.name}-{2 if encoded else 1}", lead, context)
    identifiers = _identifiers(orc, None)
    if identifiers:
        resource["identifier"] = identifiers
    _placed(resource, orc, None, context)
    dosage = _dosage(group, lead, encoded)
    if dosage:
        resource["dosageInstruction"] = [dosage]
    dispense = _dispense(lead, encoded)
    if dispense:
        resource["dispenseRequest"] = dispense
    said = notes(group.notes)
    if said:
        resource["note"] = said
    number, what = _placer(orc, None) or context.fallback, drug[1] or drug.whole(2)
    key = context.key("RX", number, what)
    context.add(key, resource)
    authorisations(orc, key, resource, f"{number}|{what}", context)
    observations(group, context, context.order_number(orc, None))


def _dosage(group: Group, lead: Segment, encoded: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    instructions = [said.whole(2) or said.whole(1) for said in lead.repetitions(7)]
    if any(instructions):
        out["text"] = "; ".join(text for text in instructions if text)
    route = group.other("RXR")
    said = concept(route.first(1)) if route else None
    if said:
        out["route"] = said
    low, high, units = (3, 4, 5) if encoded else (2, 3, 4)
    amount = _amount(lead, low, high, lead.first(units))
    if amount:
        out["doseAndRate"] = [amount]
    return out


def _amount(lead: Segment, low: int, high: int, units: Composite) -> dict[str, Any]:
    least, most = number(lead.text(low)), number(lead.text(high))
    if least is None:
        return {}
    if most is None or most == least:
        return {"doseQuantity": quantity(least, units)}
    return {"doseRange": {"low": quantity(least, units), "high": quantity(most, units)}}


def _dispense(lead: Segment, encoded: bool) -> dict[str, Any]:
    amount, units, refills = (10, 11, 12) if encoded else (11, 12, 13)
    out: dict[str, Any] = {}
    exact = number(lead.text(amount))
    if exact is not None:
        out["quantity"] = quantity(exact, lead.first(units))
    said = lead.text(refills)
    if said.isascii() and said.isdigit() and len(said) < 6:
        out["numberOfRepeatsAllowed"] = int(said)
    return out
