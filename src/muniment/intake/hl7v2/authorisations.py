"""ORC-10, -11, -12, -30 → Provenance of the order: given by word of mouth to whom, verified by whom (HL7 v2.8 §4.5.1, v2-to-FHIR ORC[Provenance]).

Two facts, two entries: a message that verifies an order takes nothing from the one that said how it was given, in whatever
order they come, and need not repeat ORC-30.
"""

from __future__ import annotations

from typing import Any

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.datatypes import coded, first_practitioner, person_reference
from muniment.intake.hl7v2.parse import Segment
from muniment.intake.submission import PractitionerFacts
from muniment.kernel.fhir import order_provenance as said
from muniment.kernel.moments import Moment


def authorisations(orc: Segment | None, order: str, resource: dict[str, Any], number: str, context: Context) -> None:
    """File what ``orc`` says about how an order was given. ``order`` is the draft key of its ``resource``, ``number`` its own number."""
    if orc is None:
        return
    recorded = _recorded(orc, context)
    mode = orc.first(30)[1].upper()
    if mode in said.SPOKEN and orc.text(1).upper() in tables.ORDERS_PLACED and recorded:
        _spoken(orc, mode, recorded, _target(order, resource), number, context)
    if orc[11] and recorded:
        _verified(orc, recorded, _target(order, resource), number, context)


def _recorded(orc: Segment, context: Context) -> Moment | None:
    """ORC-9, else the time of the message: to the second, or no instant of FHIR."""
    found = (context.clock.field(orc, 9), context.clock.field(context.message.header, 7))
    return next((one for one in found if one and one.has_time), None)


def _target(order: str, resource: dict[str, Any]) -> dict[str, Any]:
    """The order, in words too: they are part of what is signed."""
    kind = resource["resourceType"]
    name = (resource.get("code") or resource.get("medicationCodeableConcept") or {}).get("text", "")
    dosage, note = _first(resource, "dosageInstruction"), _first(resource, "note").get("text", "")
    words = [name, _rate(dosage), dosage.get("text", ""), dosage.get("route", {}).get("text", ""), note]
    return {"reference": f"draft:{order}", "type": kind, "display": ", ".join(" ".join(one.split()) for one in words if one)}


def _first(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = (holder.get(name) or [{}])[0]
    return found


def _rate(dosage: dict[str, Any]) -> str:
    quantity = _first(dosage, "doseAndRate").get("doseQuantity", {})
    return f"{quantity['value']} {quantity.get('unit', '')}".strip() if "value" in quantity else ""


def _agent(role: str, person: PractitionerFacts | None) -> list[dict[str, Any]]:
    return [{"type": coded(role, said.PARTICIPANT_SYSTEM), "who": person_reference(person)}] if person else []


def _spoken(orc: Segment, mode: str, recorded: Moment, target: dict[str, Any], number: str, context: Context) -> None:
    ordered = first_practitioner(orc, 12, context.facility)
    enterer = first_practitioner(orc, 10, context.facility)
    happened = context.clock.field(orc, 15) or recorded
    words = said.MODES[mode]
    resource = _provenance(
        target, recorded, happened, _agent("author", ordered) + _agent("enterer", enterer),
        coded(mode, said.MODE_SYSTEM) | {"text": f"{words[:1].upper()}{words[1:]}: {target['display']}"[:400]},
    )  # fmt: skip
    context.add(context.key("ORC-30", number), resource, author=ordered)


def _verified(orc: Segment, recorded: Moment, target: dict[str, Any], number: str, context: Context) -> None:
    verifier = first_practitioner(orc, 11, context.facility)
    if verifier is None:
        return
    activity = coded(said.VERIFIER, said.PARTICIPANT_SYSTEM) | {"text": f"Order verified: {target['display']}"[:400]}
    resource = _provenance(target, recorded, recorded, _agent(said.VERIFIER, verifier), activity)
    context.add(context.key("ORC-11", number, context.fallback), resource, author=verifier)


def _provenance(
    target: dict[str, Any], recorded: Moment, happened: Moment, agents: list[dict[str, Any]], activity: dict[str, Any]
) -> dict[str, Any]:
    """FHIR wants an agent: where the message names nobody, that is said."""
    nobody = [{"who": {"display": "not said by the sending system"}}]
    return {
        "resourceType": "Provenance", "target": [target], "occurredDateTime": happened.to_fhir(), "recorded": recorded.to_fhir(),
        "activity": activity, "agent": agents or nobody,
    }  # fmt: skip
