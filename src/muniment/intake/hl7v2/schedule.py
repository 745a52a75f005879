"""SCH with its resources → Appointment (HL7 v2.8 chapter 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.context import Context, notes
from muniment.intake.hl7v2.datatypes import (
    concept,
    entity,
    entity_identifier,
    first_practitioner,
    location,
    number,
    person_reference,
)
from muniment.intake.hl7v2.parse import Segment
from muniment.kernel.moments import Moment

_MINUTES = {
    "": 1,
    "M": 1,
    "MIN": 1,
    "MINUTE": 1,
    "MINUTES": 1,
    "H": 60,
    "HR": 60,
    "HOUR": 60,
    "HOURS": 60,
    "S": 1 / 60,
    "SEC": 1 / 60,
}
_STARTS = (("AIS", 4), ("AIG", 8), ("AIL", 6), ("AIP", 6))  # where a resource says when it is wanted
_LONGEST_MINUTES = 60 * 24 * 366
_OPEN = frozenset({"proposed", "cancelled", "waitlist"})


def appointment(sch: Segment, trigger: str, context: Context) -> None:
    """One SCH as an Appointment; the same filler (else placer) number again is the next version of it."""
    resource: dict[str, Any] = {"resourceType": "Appointment"}
    said = sch.text(25).upper()
    resource["status"] = tables.APPOINTMENT_TRIGGER.get(trigger) or tables.APPOINTMENT_STATUS.get(said, "booked")
    identifiers = [found for place, kind in ((1, "PLAC"), (2, "FILL")) if (found := entity_identifier(sch.first(place), kind))]
    if identifiers:
        resource["identifier"] = identifiers
    for place, element in ((7, "reasonCode"), (8, "appointmentType")):
        meant = concept(sch.first(place)) if sch[place] else None
        if meant:
            resource[element] = [meant] if element == "reasonCode" else meant
    _times(resource, sch, context)
    resource["participant"] = [{"actor": {"reference": "draft:patient"}, "status": "accepted"}, *_participants(context)]
    remarks = notes(context.message.named("NTE"))
    if remarks:
        resource["comment"] = remarks[0]["text"]
    own = entity(sch.first(2)) or entity(sch.first(1))
    retracts = resource["status"] == "entered-in-error"
    context.add(context.key("SCH", own or context.fallback), resource, retracts=retracts)


def _times(resource: dict[str, Any], sch: Segment, context: Context) -> None:
    """FHIR app-2, app-3: start and end together, and present unless the appointment is only proposed or off."""
    timing = sch.first(11)
    start = _timed(context.clock.read(timing[4], "SCH-11")) or _resource_start(context)
    end = _timed(context.clock.read(timing[5], "SCH-11"))
    if start is None:
        if resource["status"] not in _OPEN:
            context.remarks.append("SCH-11 does not say when; the appointment was kept as proposed.")
            resource["status"] = "proposed"
        return
    minutes = _minutes(sch)
    if end is None or end < start:
        end = Moment.of(start.value + timedelta(minutes=minutes)) if minutes else start
    resource["start"], resource["end"] = start.to_fhir(), end.to_fhir()
    if minutes >= 1:
        resource["minutesDuration"] = int(minutes)


def _timed(moment: Moment | None) -> Moment | None:
    return moment if moment and moment.has_time else None


def _resource_start(context: Context) -> Moment | None:
    for name, place in _STARTS:
        for segment in context.message.named(name):
            found = _timed(context.clock.field(segment, place))
            if found:
                return found
    return None


def _minutes(sch: Segment) -> float:
    exact = number(sch.text(9))
    if exact is None or exact <= 0 or exact > _LONGEST_MINUTES:
        return 0
    minutes = float(exact) * _MINUTES.get(sch.text(10).upper(), 0)
    return minutes if minutes <= _LONGEST_MINUTES else 0


def _participants(context: Context) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for aip in context.message.named("AIP"):
        who = first_practitioner(aip, 3, context.facility)
        if who:
            out.append({"actor": person_reference(who), "status": "accepted"})
    for ail in context.message.named("AIL"):
        place = location(ail.first(3)) if ail[3] else None
        if place:
            words = " ".join(part for part in (place.facility, place.unit, place.room, place.bed) if part)
            out.append({"actor": {"type": "Location", "display": words}, "status": "accepted"})
    return out
