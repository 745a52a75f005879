"""What a production would hold, and whether it may be asked for: read before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters import queries as encounters
from muniment.encounters.models import Encounter
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.kernel.errors import Refused, Unfileable
from muniment.record import permissions
from muniment.record.production.definition import Definition
from muniment.record.production.dossier import governing
from muniment.record.production.models import Production
from muniment.record.production.order import Order, Uncovered
from muniment.record.production.selection import Selection, select, uncovered_words
from muniment.ui import dates


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order comes to now."""

    definition: Definition
    selection: Selection


def patient_for(actor: Actor, patient_id: UUID) -> Patient:
    """A patient whose record the actor may see. Raises Refused alike for one that is not there."""
    found = identity.seen_by(actor).filter(id=patient_id).first()
    if found is None:
        raise Refused("There is nobody here that you may see.", remedy="They may belong to another facility.")
    return found


def facility_for(actor: Actor, facility_id: UUID) -> Facility:
    permissions.check_produce(actor, facility_id)
    return Facility.objects.get(id=facility_id)


def stays_of(actor: Actor, patient: Patient, facility: Facility) -> list[Encounter]:
    """The person's stays at the facility, newest first."""
    patients = [one.id for one in identity.person_records(actor, patient.person_id)]
    return list(encounters.of_person(actor, patients).filter(facility_id=facility.id))


def definition_for(facility: Facility, order_as_of: datetime | None) -> Definition:
    """The definition that governs. Raises Unfileable where none was adopted for that day."""
    day = (order_as_of or clock.now()).astimezone(ZoneInfo(facility.zone)).date()
    found = governing(day)
    if found is None:
        raise Unfileable(
            f"No definition of the legal health record is in force on {dates.day(day)}.",
            remedy="Two people adopt one in the rule book: record.legal-health-record.",
        )
    return found


def preview(actor: Actor, patient: Patient, facility: Facility, order: Order) -> Preview:
    """Judge every entry by the order. Raises what ``check`` would, but for types that are not covered."""
    permissions.check_produce(actor, facility.id, trail=order.trail)
    order.check()
    if order.as_of and order.as_of > clock.now():
        raise Unfileable("The record can't be produced as of a time to come.", where="as of")
    known = {stay.id for stay in stays_of(actor, patient, facility)}
    if not known.issuperset(order.stays):
        raise Unfileable("One of the stays is not this patient's at this facility.", where="stays")
    definition = definition_for(facility, order.as_of)
    patients = [one.id for one in identity.person_records(Actor.system("production", organisation=""), patient.person_id)]
    return Preview(definition, select(patients, facility, order, definition, at=order.as_of or clock.now()))


def check(actor: Actor, patient: Patient, facility: Facility, order: Order) -> Preview:
    """Raise the reason why this production can't be asked for."""
    found = preview(actor, patient, facility, order)
    if found.selection.uncovered and order.uncovered is Uncovered.REFUSE:
        raise Unfileable(
            f"The definition does not cover: {uncovered_words(found.selection.uncovered.items())}.", where="not covered",
            remedy="Say whether they are included or left out, or propose a definition that covers them.",
        )  # fmt: skip
    if not found.selection.items:
        raise Unfileable(
            "Nothing of this record belongs to what was asked for.", remedy="Choose other stays, days or another set."
        )
    return found


def production_for(actor: Actor, production_id: UUID) -> Production:
    """A production at the actor's facilities. Raises Refused alike for one that is not there."""
    found = Production.objects.select_related("facility").filter(id=production_id).first()
    if found is None:
        raise Refused("There is no such production that you may see.", remedy="It may belong to another facility.")
    permissions.check_see_production(actor, found.facility_id)
    return found


def productions(actor: Actor, *, patient_id: UUID | None = None) -> QuerySet[Production]:
    """Productions at the actor's facilities, of one patient where one is named, newest first."""
    found = Production.objects.select_related("facility").order_by("-asked_at", "-id")
    if not actor.is_system:
        found = found.filter(facility_id__in=actor.facilities)
    return found.filter(patient_id=patient_id) if patient_id else found
