"""PV1, PV2, EVN → the stay and what happened to it (HL7 v2.8 §3.3, §3.4.1, §3.4.3, §3.4.4)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.datatypes import first_practitioner, identifier, location, practitioners
from muniment.intake.hl7v2.parse import Segment
from muniment.intake.submission import EncounterFacts, IdentifierFact, LocationFacts, MovementFact, MovementKind

# Trigger events that are another event by an elder or younger name, or only change what is known of the stay.
MOVEMENTS: Final = MappingProxyType(
    {
        **{kind.value: kind for kind in MovementKind},
        "A18": MovementKind.MERGE,
        "A30": MovementKind.MERGE,
        "A34": MovementKind.MERGE,
        "A36": MovementKind.MERGE,
        "A39": MovementKind.MERGE,
        "A28": MovementKind.UPDATE_PERSON,
        "A27": MovementKind.CANCEL_PREADMIT,
        "A14": MovementKind.PREADMIT,
        **dict.fromkeys(
            (
                "A09",
                "A10",
                "A15",
                "A16",
                "A21",
                "A22",
                "A25",
                "A26",
                "A32",
                "A33",
                "A52",
                "A53",
                "A54",
                "A55",
                "A60",
                "A61",
                "A62",
            ),
            MovementKind.UPDATE,
        ),
    }
)


def encounter(pv1: Segment, context: Context) -> EncounterFacts | None:
    """The stay of PV1 and PV2, or None when they say nothing of one.

    Where PV1-19 (and PV1-50) is empty the account number of PID-18 names the stay, as in houses that number by account.
    """
    pid, pv2 = context.message.first("PID"), context.message.first("PV2")
    by = context.facility
    account = _account(pid, context)
    facts = EncounterFacts(
        identifier=_visit_number(pv1, context) or account,
        account=account,
        class_=_class(pv1, context),
        service=pv1.text(10),
        location=_location(pv1, 3),
        prior_location=_location(pv1, 6),
        attending=first_practitioner(pv1, 7, by),
        referring=first_practitioner(pv1, 8, by),
        consulting=tuple(practitioners(pv1, 9, by)),
        admitting=first_practitioner(pv1, 17, by),
        admitted_at=context.clock.field(pv1, 44),
        discharged_at=context.clock.field(pv1, 45),
        expected_at=context.clock.field(pv2, 8) if pv2 else None,
        admit_source=pv1.text(14),
        disposition=pv1.text(36),
        reason=_reason(pv2),
    )
    return facts if facts != EncounterFacts(identifier=account, account=account) else None


def _visit_number(pv1: Segment, context: Context) -> IdentifierFact | None:
    for number in (19, 50):
        found = identifier(pv1.first(number), context.facility, "VN") if pv1[number] else None
        if found:
            return found
    return None


def _account(pid: Segment | None, context: Context) -> IdentifierFact | None:
    return identifier(pid.first(18), context.facility, "AN") if pid and pid[18] else None


def _class(pv1: Segment, context: Context) -> str:
    said = pv1.text(2).upper()
    known = tables.PATIENT_CLASS.get(said, "")
    if said and not known and said not in ("N", "C", "U"):
        context.remarks.append("PV1-2 holds a patient class that is not in HL7 table 0004; it was left out.")
    return known


def _location(pv1: Segment, number: int) -> LocationFacts | None:
    return location(pv1.first(number)) if pv1[number] else None


def _reason(pv2: Segment | None) -> str:
    if pv2 is None or not pv2[3]:
        return ""
    said = pv2.first(3)
    return said.whole(2) or said.whole(1)


def movement(code: str, trigger: str, context: Context) -> MovementFact | None:
    """What an ADT message says happened; None for triggers that are no movement of this patient."""
    if code != "ADT":
        return None
    kind = MOVEMENTS.get(trigger)
    if kind is None:
        context.remarks.append(f"Trigger event {trigger} changes no stay here; what the message says of the patient was kept.")
        return None
    evn = context.message.first("EVN")
    if evn is None:
        return MovementFact(kind=kind)
    by = first_practitioner(evn, 5, context.facility)
    return MovementFact(
        kind=kind,
        occurred_at=context.clock.field(evn, 6),
        recorded_at=context.clock.field(evn, 2),
        operator=by.identifiers[0].value if by and by.identifiers else "",
    )
