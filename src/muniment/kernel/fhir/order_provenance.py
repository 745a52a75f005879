"""Provenance of an order: how it was given to whoever wrote it down, and who has authenticated it since (HL7 v2 ORC-10 to ORC-12, ORC-30).

FHIR R4 has no element of a request for this. The v2-to-FHIR map of ORC files enterer and verifier in a Provenance of the order; its
``activity`` holds the enterer's authorization mode (table 0483), or says that somebody verified the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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
    if gave_it(resource):
        return True
    verified = any(one.get("system") == PARTICIPANT_SYSTEM and one.get("code") == VERIFIER for one in codings)
    return verified and any(_is_order(one) for one in resource.get("target", ()))


def _is_order(target: dict[str, Any]) -> bool:
    kind = target.get("type") or str(target.get("reference", "")).partition("/")[0]
    return kind in ORDER_TYPES


def gave_it(resource: dict[str, Any]) -> bool:
    """Whether a Provenance says how an order was given."""
    return any(one.get("system") == MODE_SYSTEM for one in _activity(resource))


def _mode(resource: dict[str, Any]) -> str:
    words = next((MODES[one["code"]] for one in _activity(resource) if one.get("code") in MODES), "order verified")
    return f"{words[:1].upper()}{words[1:]}"


def who(resource: dict[str, Any]) -> dict[str, Any] | None:
    """The reference to whoever gave an order (the agent of type author), or verified it; None where the resource is about neither."""
    codings = _activity(resource)
    if gave_it(resource):
        return _agent(resource, "author")
    if any(one.get("system") == PARTICIPANT_SYSTEM and one.get("code") == VERIFIER for one in codings):
        return _agent(resource, VERIFIER)
    return None


def _agent(resource: dict[str, Any], role: str) -> dict[str, Any]:
    for agent in resource.get("agent", ()):
        if any(one.get("code") == role for one in agent.get("type", {}).get("coding", ())):
            found: dict[str, Any] = agent.get("who", {})
            return found
    return {}


def unnamed(resource: dict[str, Any]) -> list[str]:
    """The orders it is about that it does not name in words, as references."""
    targets = [str(one.get("reference", "")) for one in resource.get("target", ()) if not one.get("display")]
    return [one for one in targets if one.partition("/")[0] in ORDER_TYPES]


def as_text(resource: dict[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The Provenance of an order in lines that a person reads before signing it. ``names``: words for references without any."""
    activity = resource.get("activity") or {}  # its text begins with how, and goes on after a colon with the order
    named = (str(one.get("display") or names.get(str(one.get("reference", "")), "")) for one in resource.get("target", ()))
    lines = ["ORDER:", *filter(None, named), ""]
    lines += ["HOW IT WAS GIVEN:", str(activity.get("text", "")).partition(":")[0] or _mode(resource)]
    for agent in resource.get("agent", ()):
        code = next((one.get("code", "") for one in agent.get("type", {}).get("coding", ())), "")
        who = agent.get("who", {}).get("display", "")
        if who and code in _ROLES:
            lines += ["", f"{_ROLES[code].upper()}:", str(who)]
    return "\n".join(lines).strip() + "\n"
