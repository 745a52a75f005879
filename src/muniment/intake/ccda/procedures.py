"""Procedures → Procedure; plans and orders → ServiceRequest and Goal; equipment → DeviceUseStatement."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda.conditions import notes, reasons, stated
from muniment.intake.ccda.datatypes import begins, choice, concept, concepts, identifiers, value, when
from muniment.intake.ccda.observations import observation
from muniment.intake.ccda.parties import author_of, performers, reference
from muniment.intake.ccda.reading import PATIENT, Reading, author_time
from muniment.intake.ccda.tree import Element, attr, down, kid, kids, local, null, true

_DONE = {
    "completed": "completed",
    "active": "in-progress",
    "aborted": "stopped",
    "cancelled": "not-done",
    "held": "on-hold",
    "suspended": "on-hold",
    "nullified": "entered-in-error",
}
_PLANNED = {
    "completed": "completed",
    "aborted": "revoked",
    "cancelled": "revoked",
    "held": "on-hold",
    "suspended": "on-hold",
    "nullified": "entered-in-error",
    "normal": "active",
}
_INTENTS = {"RQO": "order", "PRP": "proposal", "PRMS": "proposal"}
_GOAL = {
    "completed": "completed",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "held": "on-hold",
    "nullified": "entered-in-error",
}
_USED = {
    "completed": "completed",
    "nullified": "entered-in-error",
    "aborted": "stopped",
    "cancelled": "stopped",
    "held": "on-hold",
}


def procedure(node: Element, r: Reading) -> None:
    """A procedure, act or observation of the procedures section; one not yet done is a ServiceRequest."""
    if attr(node, "moodCode") not in ("EVN", ""):
        plan(node, r)
        return
    if local(node) == "observation" and any(not null(each) for each in kids(node, "value")):
        observation(node, r, "procedure")
    resource = {
        "resourceType": "Procedure",
        "identifier": identifiers(node),
        "status": "not-done" if true(node, "negationInd") else _DONE.get(attr(kid(node, "statusCode"), "code"), "unknown"),
        "code": stated(kid(node, "code"), r, node),
        "subject": PATIENT,
        **choice("performed", when(kid(node, "effectiveTime"), r)),
        "performer": [{"actor": each} for each in performers(node)],
        "reasonCode": reasons(node, r),
        "bodySite": concepts(kids(node, "targetSiteCode"), r),
        "note": notes(node, r),
        "focalDevice": [{"manipulated": each} for each in _devices(node)],
    }
    r.file(resource, node, author=author_of(node))


def _devices(node: Element) -> list[dict[str, Any]]:
    roles = [kid(each, "participantRole") for each in kids(node, "participant") if attr(each, "typeCode") in ("DEV", "PRD")]
    return [said for role in roles if (said := _device(role))]


def _device(role: Element | None) -> dict[str, Any]:
    known = identifiers(role)
    text = attr(down(role, "playingDevice", "code"), "displayName")
    return ({"identifier": known[0]} if known else {}) | ({"display": text} if text else {})


def plan(node: Element, r: Reading) -> None:
    """Something planned, proposed or ordered."""
    if attr(node, "moodCode") == "GOL":
        goal(node, r)
        return
    resource = {
        "resourceType": "ServiceRequest",
        "identifier": identifiers(node),
        "status": _PLANNED.get(attr(kid(node, "statusCode"), "code"), "active"),
        "intent": _INTENTS.get(attr(node, "moodCode"), "plan"),
        "doNotPerform": True if true(node, "negationInd") else None,
        "code": stated(kid(node, "code"), r, node),
        "subject": PATIENT,
        **choice("occurrence", when(kid(node, "effectiveTime"), r)),
        "authoredOn": author_time(node, r),
        "requester": reference(down(node, "author", "assignedAuthor")),
        "performer": performers(node),
        "reasonCode": reasons(node, r),
        "bodySite": concepts(kids(node, "targetSiteCode"), r),
        "note": notes(node, r),
    }
    r.file(resource, node, author=author_of(node))


def goal(node: Element, r: Reading) -> None:
    code = stated(kid(node, "code"), r, node)
    resource = {
        "resourceType": "Goal",
        "identifier": identifiers(node),
        "lifecycleStatus": _GOAL.get(attr(kid(node, "statusCode"), "code"), "active"),
        "description": _described(node, r, code),
        "subject": PATIENT,
        "startDate": begins(kid(node, "effectiveTime"), r)[:10],
        "expressedBy": reference(down(node, "author", "assignedAuthor")),
        "target": _targets(node, r, code),
        "note": notes(node, r),
    }
    r.file(resource, node, author=author_of(node))


def _described(node: Element, r: Reading, code: dict[str, Any]) -> dict[str, Any]:
    """The goal in words where the source has them: the code alone often names only what is measured."""
    found = value(kid(node, "value"), r)
    if found and found[0] == "String":
        return {**code, "text": found[1]}
    return code


def _targets(node: Element, r: Reading, code: dict[str, Any]) -> list[dict[str, Any]]:
    found = value(kid(node, "value"), r)
    if not found or found[0] not in ("Quantity", "Range", "CodeableConcept", "Boolean", "Integer", "Ratio"):
        return []
    return [{"measure": code} | choice("detail", found)]


def equipment(node: Element, r: Reading) -> None:
    """A device the patient uses; one of which nothing is said but that it was supplied stays in the document."""
    roles = [kid(each, "participantRole") for each in kids(node, "participant") if attr(each, "typeCode") in ("PRD", "DEV")]
    device = next((said for role in roles if (said := _device(role))), None)
    if device is None or attr(node, "moodCode") not in ("EVN", ""):
        r.remark("equipment without a device was left to the document.")
        return
    resource = {
        "resourceType": "DeviceUseStatement",
        "identifier": identifiers(node),
        "status": _USED.get(attr(kid(node, "statusCode"), "code"), "active"),
        "subject": PATIENT,
        **choice("timing", when(kid(node, "effectiveTime"), r)),
        "recordedOn": author_time(node, r),
        "device": device,
        "bodySite": concept(kid(node, "targetSiteCode"), r),
    }
    r.file(resource, node, author=author_of(node))
