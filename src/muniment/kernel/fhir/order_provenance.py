"""Provenance of an order: how it was given to whoever wrote it down, and who has authenticated it since (HL7 v2 ORC-10 to ORC-12, ORC-30).

FHIR R4 has no element of a request for this. The v2-to-FHIR map of ORC files enterer and verifier in a Provenance of the order; its
``activity`` holds the enterer's authorization mode (table 0483), or says that somebody verified the order.
"""

from __future__ import annotations

from typing import Any

MODE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0483"
PARTICIPANT_SYSTEM = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
VERIFIER = "verifier"
ORDER_TYPES = ("DeviceRequest", "MedicationRequest", "NutritionOrder", "ServiceRequest")
MODES = {
    "PH": "telephone order",
    "VO": "verbal order",
    "VC": "video conference order",
    "IP": "order given in person",
    "FX": "faxed order",
    "EM": "e-mailed order",
    "MA": "mailed order",
    "PA": "order on paper",
    "RE": "reflexive order",
    "EL": "electronic order",
}
SPOKEN = ("VO", "PH", "VC", "IP")  # nothing written stands behind the words
_ROLES = {"author": "Ordered by", "enterer": "Written down by", VERIFIER: "Verified by"}


def _activity(resource: dict[str, Any]) -> list[dict[str, Any]]:
    activity = resource.get("activity")
    codings = activity.get("coding", []) if isinstance(activity, dict) else []
    return [one for one in codings if isinstance(one, dict)]


def tells_of_an_order(resource: dict[str, Any]) -> bool:
    """Whether a resource is the Provenance of an order: how it was given, or that it was verified."""
    if resource.get("resourceType") != "Provenance":
        return False
    codings = _activity(resource)
    if any(one.get("system") == MODE_SYSTEM for one in codings):
        return True
    verified = any(one.get("system") == PARTICIPANT_SYSTEM and one.get("code") == VERIFIER for one in codings)
    return verified and any(_is_order(one) for one in resource.get("target", ()))


def _is_order(target: dict[str, Any]) -> bool:
    kind = target.get("type") or str(target.get("reference", "")).partition("/")[0]
    return kind in ORDER_TYPES


def as_text(resource: dict[str, Any]) -> str:
    """The Provenance of an order in lines that a person reads before signing it."""
    activity = resource.get("activity") or {}  # its text begins with how, and goes on after a colon with the order
    lines = ["ORDER:", *(str(one.get("display", "")) for one in resource.get("target", ()) if one.get("display")), ""]
    lines += ["HOW IT WAS GIVEN:", str(activity.get("text", "")).partition(":")[0]]
    for agent in resource.get("agent", ()):
        code = next((one.get("code", "") for one in agent.get("type", {}).get("coding", ())), "")
        who = agent.get("who", {}).get("display", "")
        if who and code in _ROLES:
            lines += ["", f"{_ROLES[code].upper()}:", str(who)]
    return "\n".join(lines).strip() + "\n"
