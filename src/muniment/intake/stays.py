"""Which stay? Movements out of ADT events and out of FHIR Encounters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.encounters import actions as encounters
from muniment.encounters.rules import Kind, Move
from muniment.identity.models import Patient
from muniment.intake.directory import Directory
from muniment.intake.submission import Draft, EncounterFacts, IdentifierFact, MovementKind, PractitionerFacts, Submission
from muniment.kernel.errors import Unfileable
from muniment.kernel.ids import derived_id
from muniment.kernel.moments import Moment

KINDS = {
    MovementKind.ADMIT: Kind.ADMIT,
    MovementKind.TRANSFER: Kind.TRANSFER,
    MovementKind.DISCHARGE: Kind.DISCHARGE,
    MovementKind.REGISTER: Kind.REGISTER,
    MovementKind.PREADMIT: Kind.PREADMIT,
    MovementKind.CHANGE_TO_INPATIENT: Kind.CHANGE_CLASS,
    MovementKind.CHANGE_TO_OUTPATIENT: Kind.CHANGE_CLASS,
    MovementKind.UPDATE: Kind.UPDATE,
    MovementKind.CANCEL_ADMIT: Kind.CANCEL_ADMIT,
    MovementKind.CANCEL_TRANSFER: Kind.CANCEL_TRANSFER,
    MovementKind.CANCEL_DISCHARGE: Kind.CANCEL_DISCHARGE,
    MovementKind.CANCEL_PREADMIT: Kind.CANCEL_PREADMIT,
}
NEEDS_VISIT = frozenset(KINDS) - {MovementKind.UPDATE}
STARTED = ("arrived", "triaged", "in-progress", "onleave")


def stay_of(
    *, actor: Actor, submission: Submission, patient: Patient, facility: Facility, directory: Directory, received_at: datetime
) -> UUID | None:
    """The stay a message belongs to, moved as it says. A result or document of a stay not heard of yet opens it."""
    facts, movement = submission.encounter, submission.movement
    kind = KINDS.get(movement.kind) if movement else None
    if facts is None or facts.identifier is None or not facts.identifier.value:
        if movement and movement.kind in NEEDS_VISIT:
            raise Unfileable(
                "It does not say which stay it means.",
                where="visit number (PV1-19)",
                remedy="Ask the sender to fill the visit number; correct the message and replay it.",
            )
        return None
    visit = visit_of(facts.identifier, facility, directory)
    remembered = (patient.id, facility.id, *visit)
    if kind is None:
        if remembered in directory.stays:
            return directory.stays[remembered]
        known = encounters.known_stay(patient.id, facility.id, visit)
        if known:
            directory.stays[remembered] = known
            return known
        if submission.format == "ccda":
            return None  # a summary tells of a stay, here or elsewhere; it does not open one
        kind = Kind.UPDATE
    zone = ZoneInfo(facility.zone)
    sent = submission.sent_at.at(zone) if submission.sent_at else received_at
    occurred = movement.occurred_at.at(zone) if movement and movement.occurred_at else _natural_time(kind, facts, zone) or sent
    people = directory.practitioners(actor, [one for one in (facts.attending,) if one])
    new = encounters.NewMove(
        facility=facility, visit=visit, movement=_move(submission, kind, facts, occurred, sent, zone, people),
        account=facts.account.value[:120] if facts.account else "", reason=facts.reason,
    )  # fmt: skip
    stay = encounters.move(actor=actor, patient=patient, moves=[new])[0]
    directory.stays[remembered] = stay.id
    return stay.id


def visit_of(number: IdentifierFact, facility: Facility, directory: Directory) -> tuple[str, str]:
    """(assigner, visit number) as stays are known by."""
    return directory.assigner(number.system, facility), number.value.strip()[:120]


def _natural_time(kind: Kind, facts: EncounterFacts, zone: ZoneInfo) -> datetime | None:
    told = {Kind.DISCHARGE: facts.discharged_at, Kind.ADMIT: facts.admitted_at, Kind.REGISTER: facts.admitted_at}.get(kind)
    return told.at(zone) if told else None


def _move(
    submission: Submission, kind: Kind, facts: EncounterFacts, occurred: datetime, sent: datetime, zone: ZoneInfo,
    people: dict[PractitionerFacts, UUID],
) -> Move:  # fmt: skip
    place = facts.location
    attending = people.get(facts.attending) if facts.attending else None
    return Move(
        key=derived_id("movement", submission.source, submission.control_id, kind, occurred.isoformat()).hex,
        kind=kind, occurred_at=occurred, recorded_at=sent, class_=facts.class_[:10], service=facts.service[:120],
        unit=place.unit[:80] if place else "", room=place.room[:40] if place else "", bed=place.bed[:40] if place else "",
        attending=str(attending or ""), disposition=facts.disposition[:20],
        admitted_at=facts.admitted_at.at(zone) if facts.admitted_at else None,
        discharged_at=facts.discharged_at.at(zone) if facts.discharged_at and kind is Kind.DISCHARGE else None,
    )  # fmt: skip


def stays_from_resources(
    drafts: Sequence[Draft], ids: dict[str, UUID], facility: Facility, directory: Directory, received_at: datetime
) -> list[encounters.NewMove]:
    """FHIR Encounters as movements: begun at ``period.start``, ended at ``period.end`` when finished."""
    zone = ZoneInfo(facility.zone)
    moves = []
    for draft in drafts:
        moves.extend(_encounter_moves(draft, ids[draft.key], facility, zone, received_at))
    return moves


def _encounter_moves(
    draft: Draft, encounter_id: UUID, facility: Facility, zone: ZoneInfo, received_at: datetime
) -> list[encounters.NewMove]:
    resource = draft.resource
    period = resource.get("period") or {}
    begun, ended = _time(period.get("start"), zone), _time(period.get("end"), zone)
    status = resource.get("status", "")
    visit = _visit(resource, draft.key)
    facts: dict[str, Any] = {
        "class_": str((resource.get("class") or {}).get("code", ""))[:10],
        "service": _text(resource.get("serviceType"))[:120],
        "disposition": _coded((resource.get("hospitalization") or {}).get("dischargeDisposition"))[:20],
    }

    def new(kind: Kind, at: datetime, **more: Any) -> encounters.NewMove:
        key = derived_id("movement", str(encounter_id), kind, at.isoformat(), status).hex
        movement = Move(
            key=key, kind=kind, occurred_at=at, recorded_at=max(at, begun or at), admitted_at=begun, **facts, **more
        )
        reason = _text((resource.get("reasonCode") or [None])[0])
        return encounters.NewMove(facility=facility, visit=visit, movement=movement, reason=reason, encounter_id=encounter_id)

    moves = [new(Kind.ADMIT if status in (*STARTED, "finished") else Kind.PREADMIT, begun or received_at)]
    if status == "finished":
        moves.append(new(Kind.DISCHARGE, ended or begun or received_at, discharged_at=ended))
    if status in ("cancelled", "entered-in-error"):
        moves.append(new(Kind.CANCEL_PREADMIT, received_at))
    return moves


def _visit(resource: dict[str, Any], key: str) -> tuple[str, str]:
    for one in resource.get("identifier") or ():
        if one.get("value"):
            return str(one.get("system", ""))[:200], str(one["value"])[:120]
    return "urn:source", key[:120]


def _time(text: Any, zone: ZoneInfo) -> datetime | None:
    try:
        return Moment.from_fhir(text).at(zone) if text else None
    except ValueError:
        return None


def _text(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    coding = (concept.get("coding") or [{}])[0]
    return str(concept.get("text") or coding.get("display") or coding.get("code") or "")


def _coded(concept: Any) -> str:
    coding = (concept.get("coding") or [{}])[0] if isinstance(concept, dict) else {}
    return str(coding.get("code") or "")
