"""One HL7 v2 message → one submission."""

from __future__ import annotations

import re
from datetime import UTC
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from muniment.intake.hl7v2 import clinical, documents, orders, people, results, schedule, stay
from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.datatypes import Clock
from muniment.intake.hl7v2.groups import Group, grouped
from muniment.intake.hl7v2.parse import LIMITS, Limits, Parsed, Segment, parse
from muniment.intake.submission import EncounterFacts, MergeFact, MovementKind, PatientFacts, Submission, ZoneOf
from muniment.kernel.errors import Unfileable
from muniment.kernel.moments import Moment

RESULTS: Final = frozenset({"ORU", "OUL", "ORL", "OPU"})
ORDERS: Final = frozenset({"ORM", "OMG", "OML", "OMP", "OMI", "OMS", "OMN", "OMD", "RDE", "RDS", "RGV", "REF"})
FILED: Final = RESULTS | ORDERS | {"ADT", "MDM", "VXU", "VXR", "DFT", "SIU", "BAR", "PPR"}
# What a code without trigger event meant in 2.1 and 2.2
_DEFAULT_TRIGGER = MappingProxyType({"ORU": "R01", "ORM": "O01", "VXU": "V04", "DFT": "P03", "BAR": "P01", "RDE": "O11"})
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,9}")
_TRIGGER = re.compile(r"[A-Z][A-Z0-9]{2}")
_OFFSET = re.compile(r"[+-]\d{4}|Z$")
_MOST_REMARKS = 100


def read(data: bytes, *, zone_of: ZoneOf, limits: Limits = LIMITS) -> Submission:
    """Read one message. ``zone_of`` gives the time zone of a sending facility (MSH-4), where dates carry no offset.

    Raises Unreadable when the bytes are no single HL7 v2 message, Unfileable when the message is of a kind that does not belong
    in a record or lacks what filing needs: a message type, a patient, an identifier of the patient.
    """
    return submission(parse(data, limits=limits), data, zone_of=zone_of)


def submission(message: Parsed, data: bytes, *, zone_of: ZoneOf) -> Submission:
    """The submission of a message already parsed; ``data`` stands in for a missing control id."""
    code, trigger = kind_of(message)
    header = message.header
    context = _context(message, data, zone_of)
    pids = message.named("PID")
    pairs = _merges(code, trigger, context)
    who = pairs[0].survivor if pairs else _patient(pids, context)
    context.patient_key = f"{who.identifiers[0].value}^{who.identifiers[0].system}"
    visit = _visit(message, context)
    moved = stay.movement(code, trigger, context)
    _drafts(code, trigger, context)
    return Submission(
        format="hl7v2",
        kind=f"{code}^{trigger}",
        source="|".join(part for part in (header.text(3), header.text(4)) if part),
        facility=header.text(4),
        control_id=header.text(10),
        sent_at=context.clock.field(header, 7),
        patient=who,
        encounter=visit,
        movement=moved,
        merges=pairs,
        drafts=tuple(context.drafts),
        remarks=_remarks(context),
        extra=_extra(message, code, trigger),
    )


def kind_of(message: Parsed) -> tuple[str, str]:
    """Message code and trigger event. Raises Unfileable for none, and for kinds that hold nothing for a record."""
    code, trigger, structure = (part.upper() for part in message.message_type)
    remedy = "Ask the sender to fill MSH-9 with message type and trigger event, for example ADT^A01."
    if not _CODE.fullmatch(code):
        raise Unfileable("The message does not say what kind it is.", where="MSH-9", remedy=remedy)
    if code not in FILED:
        raise Unfileable(
            f"Messages of type {code} hold nothing that is filed in a record.",
            where="MSH-9",
            remedy="Stop the sender from routing them here, or dismiss the message.",
        )
    trigger = trigger or structure[4:7] or _event_code(message) or _DEFAULT_TRIGGER.get(code, "")
    if not _TRIGGER.fullmatch(trigger):
        raise Unfileable(f"The {code} message does not name its trigger event.", where="MSH-9", remedy=remedy)
    return code, trigger


def _event_code(message: Parsed) -> str:
    evn = message.first("EVN")
    return evn.text(1).upper() if evn else ""


def _context(message: Parsed, data: bytes, zone_of: ZoneOf) -> Context:
    header = message.header
    zone = zone_of(header.text(4)) or UTC
    sent = header.text(7)
    if _OFFSET.search(sent):
        try:
            moment = Moment.from_hl7(sent, zone)
        except (ValueError, OverflowError):
            moment = None
        if moment and moment.has_time and moment.value.tzinfo:
            zone = moment.value.tzinfo
    clock = Clock(zone, list(message.remarks))
    control = header.text(10)  # senders begin again at 1: the time keeps two messages of one number apart
    fallback = f"{control}@{sent}" if control and sent else sha256(data).hexdigest()[:16]
    return Context(message, clock, people.sending_facility(header), fallback)


def _merges(code: str, trigger: str, context: Context) -> tuple[MergeFact, ...]:
    if code != "ADT" or stay.MOVEMENTS.get(trigger) is not MovementKind.MERGE:
        return ()
    return people.merges(context)


def _patient(pids: list[Segment], context: Context) -> PatientFacts:
    if not pids:
        raise Unfileable(
            "The message names no patient: it has no PID segment.",
            where="PID",
            remedy="Ask the sender for the whole message, or dismiss it if it concerns no patient.",
        )
    if len(pids) > 1 and not people.same_patient(pids, context):
        raise Unfileable(
            f"The message speaks of {len(pids)} patients.",
            where=f"PID, line {pids[1].number}",
            remedy="Ask the sender for one message a patient; links and swaps between patients are decided by identity staff.",
        )
    return people.patient(pids[0], context)


def _visit(message: Parsed, context: Context) -> EncounterFacts | None:
    pv1 = message.first("PV1")
    visit = stay.encounter(pv1, context) if pv1 else None
    if visit is None:
        return None
    if visit.identifier is None:  # what can't be told apart from other stays is not referred to
        context.remarks.append("Neither PV1-19 nor PID-18 gives a number for the stay.")
        return visit
    context.has_encounter = True
    context.visit_key = f"{visit.identifier.value}^{visit.identifier.system}"
    return visit


def _drafts(code: str, trigger: str, context: Context) -> None:
    loose, groups = grouped(context.message.segments)
    alone = Group()
    for segment in loose:
        reader = clinical.SEGMENTS.get(segment.name)
        if reader:
            reader(segment, context)
        elif segment.name == "SCH" and code == "SIU":
            schedule.appointment(segment, trigger, context)
        elif segment.name == "OBX":
            alone.observations.append((segment, []))
        elif segment.name == "NTE" and alone.observations:
            alone.note(segment)
    if alone.observations:
        results.report(alone, context)
    for group in groups:
        _group(group, code, trigger, context)


def _group(group: Group, code: str, trigger: str, context: Context) -> None:
    match group.lead.name if group.lead else "":
        case "OBR" if code in RESULTS:
            results.report(group, context)
            orders.service_request(group, context)
        case "OBR":
            orders.service_order(group, context)
        case "RXO" | "RXE":
            orders.medication_order(group, context)
        case "RXA" if code in ("VXU", "VXR"):
            clinical.immunization(group, context)
        case "TXA":
            documents.document(group, trigger, context)
        case "PRB":
            clinical.problem(group, context)
        case _:
            _bare(group, context)


def _bare(group: Group, context: Context) -> None:
    """An order of which only ORC is there, or a segment that is not read in this kind of message."""
    lead = group.lead or group.orc
    if lead is not None:
        context.remarks.append(f"{lead.name}, line {lead.number}, was left to the original.")
    results.observations(group, context, context.order_number(group.orc, None))


def _remarks(context: Context) -> tuple[str, ...]:
    found = list(dict.fromkeys(context.remarks))
    if len(found) > _MOST_REMARKS:
        found[_MOST_REMARKS:] = [f"And {len(found) - _MOST_REMARKS} more remarks like these."]
    return tuple(found)


def _extra(message: Parsed, code: str, trigger: str) -> dict[str, str]:
    """The version and processing code as sent; for an addendum or replacement the draft key of the document it concerns."""
    header = message.header
    extra = {"version": header.text(12), "processing": header.text(11)}
    txa = message.first("TXA")
    if code == "MDM" and txa and trigger in documents.ADDENDA | documents.REPLACEMENTS:
        extra["parent"] = documents.parent_key(txa)
    return {name: said for name, said in extra.items() if said}
