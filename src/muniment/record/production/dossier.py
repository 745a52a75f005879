"""Everything a production is made of, read once: whose record, which entries, who signed, closed and filed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility
from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.encounters import queries as encounters
from muniment.encounters.models import Encounter
from muniment.identity import queries as identity
from muniment.identity.models import Patient, PatientIdentifier
from muniment.kernel.moments import Moment
from muniment.record.models import Closure, Signature
from muniment.record.production import definition as matrix
from muniment.record.production.models import Production
from muniment.record.production.order import Order
from muniment.record.production.selection import Item, Selection, select
from muniment.record.replacing import Replacing, replacing_as_of
from muniment.rulebook import queries as rulebook
from muniment.ui import dates

AT_ONCE = 2000


@dataclass(slots=True, kw_only=True)
class Dossier:
    """``at`` is the moment as of which the record is produced, ``patient`` who it was then and ``today`` who it is now.

    ``filed_by`` says of an event who filed by it.
    """

    production: Production
    order: Order
    definition: matrix.Definition
    facility: Facility
    zone: ZoneInfo
    patient: Patient
    today: Patient
    patients: list[UUID]
    numbers: list[PatientIdentifier]
    stays: dict[UUID, Encounter]
    at: datetime
    selection: Selection
    signatures: dict[UUID, list[Signature]]
    closures: dict[UUID, list[Closure]]
    filed_by: dict[UUID, str]
    replacing: Replacing = field(default_factory=Replacing)
    governs_now: int = 0  # the version of the definition that came to govern since this was asked for; 0: the same one

    @property
    def asked_at(self) -> datetime:
        return self.production.asked_at

    def moment(self, value: datetime) -> str:
        return dates.moment(value, self.zone)

    def clock(self, value: datetime) -> str:
        """A time with its zone, as a certificate states it."""
        return f"{self.moment(value)} {value.astimezone(self.zone):%Z} ({self.facility.zone})"

    def short_clock(self, value: datetime) -> str:
        return f"{self.moment(value)} {value.astimezone(self.zone):%Z}"

    @property
    def born(self) -> str:
        return partial(self.patient.birth) or "not known"

    @property
    def known_as(self) -> str:
        """Who it is today, where that is not what was known then."""
        then, now = (
            f"{one.display_name}, born {partial(one.birth) or 'not known'}, {one.sex or 'sex not known'}"
            for one in (self.patient, self.today)
        )
        return now if now != then else ""

    @property
    def chief_number(self) -> str:
        number = identity.chief_number(self.numbers, self.facility.code)
        return f"MRN {number.value} ({number.system})" if number else "no number"

    @property
    def identity_line(self) -> str:
        """Under the name on every page."""
        said = (f"born {self.born}", self.patient.sex or "sex not known", self.chief_number, self.facility.name)
        return " · ".join(said)

    def replaced_by(self, item: Item) -> tuple[Item | None, datetime] | None:
        """What stands in the place of a document, and when that was first recorded; the item is None where it is not in this copy."""
        later: Any = self.replacing.newest.get(item.entry_id)
        return (self.selection.find(later.entry_id), later.filed) if later else None

    def replaces(self, item: Item) -> list[Item]:
        """The documents of this copy in whose place it stands."""
        older = (self.selection.find(one.entry_id) for one in self.replacing.older.get(item.entry_id, ()))
        return [one for one in older if one is not None and not one.anothers]

    def stay_words(self, encounter_id: UUID | None) -> str:
        stay = self.stays.get(encounter_id) if encounter_id else None
        return f"stay {stay.visit_number}" if stay else ""


def partial(text: str) -> str:
    try:
        found = Moment.from_fhir(text)
    except ValueError:
        return text
    return dates.partial(found.value, found.precision)


def governing(day: Any) -> matrix.Definition | None:
    """The definition that was in force on a day; None where none was adopted for it. Raises Unfileable for one that can't be read."""
    rule = rulebook.at(day).find(matrix.RULE)
    if rule is None:
        return None
    begun = dates.day(rule.effective_from)
    return matrix.read(rule.parameters, number=rule.number, cited=rule.cited, effective_from=begun)


def asked_under(number: int) -> matrix.Definition:
    """The version of the definition a production was asked for under, whatever governs since."""
    rule = rulebook.in_force(rulebook.version(matrix.RULE, number))
    begun = dates.day(rule.effective_from)
    return matrix.read(rule.parameters, number=rule.number, cited=rule.cited, effective_from=begun)


def gather(row: Production) -> Dossier:
    """Read what the production needs but the content itself: under the definition it was asked for, that was checked then."""
    order, facility = Order.read(row.asked_for), row.facility
    zone = ZoneInfo(facility.zone)
    at = order.as_of or row.asked_at
    found, now = asked_under(row.rule_number), governing(at.astimezone(zone).date())
    everything = Actor.system("production", organisation="")
    today = Patient.objects.get(id=row.patient_id)
    patient = identity.as_stated(today, at) if order.as_of else today
    patients = sorted(one.id for one in identity.person_records(everything, patient.person_id))
    stays = {one.id: one for one in encounters.of_person(everything, patients) if one.facility_id == facility.id}
    selection = select(patients, facility, order, found, at=at)
    versions = [version for item in selection.items for version in item.versions]
    return Dossier(
        production=row, order=order, definition=found, facility=facility, zone=zone, patient=patient, today=today, patients=patients,
        numbers=[one for numbers in identity.numbers_of(patients).values() for one in numbers if one.since <= at], stays=stays, at=at,
        selection=selection, signatures=_signatures(patients, at), closures=_closures(patients, at),
        filed_by=_filed_by(patients, {one.event_id for one in versions}), replacing=replacing_as_of(patients, facility.id, at),
        governs_now=now.number if now and now.number != found.number else 0,
    )  # fmt: skip


def _signatures(patients: Iterable[UUID], at: datetime) -> dict[UUID, list[Signature]]:
    found: dict[UUID, list[Signature]] = {}
    for one in Signature.objects.filter(patient_id__in=list(patients), signed_at__lte=at).order_by("signed_at", "id"):
        found.setdefault(one.entry_id, []).append(one)
    return found


def _closures(patients: Iterable[UUID], at: datetime) -> dict[UUID, list[Closure]]:
    found: dict[UUID, list[Closure]] = {}
    for one in Closure.objects.filter(patient_id__in=list(patients), closed_at__lte=at).order_by("closed_at", "id"):
        found.setdefault(one.entry_id, []).append(one)
    return found


def _filed_by(patients: list[UUID], events: set[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    wanted = sorted(events)
    for first in range(0, len(wanted), AT_ONCE):
        rows = LifecycleEvent.objects.filter(patient_id__in=patients, id__in=wanted[first : first + AT_ONCE])
        found |= {key: f"{name} ({role})" for key, name, role in rows.values_list("id", "actor_name", "role")}
    return found
