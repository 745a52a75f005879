"""Facilities and practitioners by the names messages use, remembered for the length of one intake session."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts import actions as accounts
from muniment.accounts import queries
from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.identity.models import Patient
from muniment.intake.submission import PractitionerFacts
from muniment.kernel.errors import Unfileable

MOST_REMEMBERED = 20_000
NPI = "http://hl7.org/fhir/sid/us-npi"


class Directory:
    """``fixed`` is the facility of a channel that belongs to one; else the message says which."""

    def __init__(self, *, fixed: Facility | None = None) -> None:
        self.fixed = fixed
        self._assigners = queries.assigners()
        self._own_names = queries.own_names()
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was remembered while filing may have been rolled back."""
        self._facilities: dict[str, Facility] = {}
        self._practitioners: dict[tuple[str, str], UUID] = {}
        self.patients: dict[tuple[str, str], Patient] = {}  # (assigner, number) → its source record; a number never moves
        self.nobodys: set[tuple[str, str]] = set()  # numbers of the lot in hand that are not known yet
        self._persons: dict[UUID, UUID] = {}
        self.stays: dict[tuple[UUID, UUID, str, str], UUID] = {}  # (patient, facility, assigner, visit number) → stay

    def remember(self, patient: Patient, numbers: Iterable[tuple[str, str]]) -> None:
        """Keep whose numbers these are. Bounded: an interface runs for months."""
        if len(self.patients) > MOST_REMEMBERED:
            self.patients.clear()
            self.stays.clear()
            self._persons.clear()
        self.patients.update(dict.fromkeys(numbers, patient))
        self._persons[patient.id] = patient.person_id

    def person_of(self, patient_id: UUID) -> UUID:
        """The person a source record is linked to, as known in this session."""
        known = self._persons.get(patient_id)
        return known or Patient.objects.only("person_id").get(id=patient_id).person_id

    def facility(self, code: str) -> Facility:
        """Raises Unfileable for a code that no facility goes by."""
        if self.fixed is not None:
            return self.fixed
        found = self._facilities.get(code) or (queries.facility_by_code(code) if code else self._only())
        if found is None:
            raise Unfileable(
                f"No facility here goes by the code “{code[:40]}”." if code else "It does not say which facility sent it.",
                where="sending facility (MSH-4)",
                remedy="Add the code to a facility's aliases, or name the facility of this channel; then replay it.",
            )
        self._facilities[code] = found
        return found

    @staticmethod
    def _only() -> Facility | None:
        """Where nothing is said: the facility, when there is just one."""
        found = list(Facility.objects.all()[:2])
        return found[0] if len(found) == 1 else None

    def assigner(self, system: str, facility: Facility) -> str:
        """The one spelling of an assigner: ours by whatever name, others as sent; the sending facility where none is said."""
        return self._assigners.get(system, system)[:200] or facility.code

    def is_ours(self, roots: Iterable[str], name: str) -> bool:
        """Whether an organisation that keeps a document is one of ours: by who assigned its identifiers (OIDs, URIs), or by name.

        Its code alone is nobody's for certain: every other hospital has a building called MAIN.
        """
        return any(root in self._assigners for root in roots) or " ".join(name.casefold().split()) in self._own_names

    def zone_of(self, code: str) -> tzinfo:
        if self.fixed is not None:
            return ZoneInfo(self.fixed.zone)
        known = self._facilities.get(code)
        return ZoneInfo(known.zone) if known else queries.zone_of(code)

    def practitioners(self, actor: Actor, facts: Iterable[PractitionerFacts]) -> dict[PractitionerFacts, UUID]:
        """Each practitioner's id; who is not in the directory yet is listed, and a
        number that comes later is added. Those without a number stay a name only: a name alone is nobody for certain."""
        wanted = {one: _numbers(one) for one in dict.fromkeys(facts)}
        missing = [number for numbers in wanted.values() for number in numbers if number not in self._practitioners]
        if missing:
            self._practitioners |= queries.practitioner_ids(missing)
        found = {}
        for one, numbers in wanted.items():
            if not numbers:
                continue
            if all(number in self._practitioners for number in numbers):
                found[one] = self._practitioners[numbers[0]]
            else:  # nobody has this number yet: it is added to whoever has another of them
                found[one] = self._list(actor, one, numbers)
        return found

    def _list(self, actor: Actor, one: PractitionerFacts, numbers: list[tuple[str, str]]) -> UUID:
        row = accounts.list_practitioner(
            actor=actor, family=one.name.family[:120] if one.name else "", given=" ".join(one.name.given)[:120] if one.name else "",
            credential=one.credential[:40], identifiers=numbers,
        )  # fmt: skip
        self._practitioners |= {number: self._practitioners.get(number, row.id) for number in numbers}
        return row.id


def _numbers(one: PractitionerFacts) -> list[tuple[str, str]]:
    """(assigner, number): an NPI is national whatever the message calls its assigner."""
    return [
        (NPI if number.type == "NPI" or number.system == "NPI" else number.system[:200], number.value[:120])
        for number in one.identifiers
        if number.value
    ]
