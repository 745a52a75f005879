"""Reads of identity: whose number is this, who looks like this, which records are one person's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core.actor import Actor
from muniment.identity.models import Patient, PatientIdentifier, PossibleMatch
from muniment.identity.rules import Traits, agreements
from muniment.identity.statements import Demographics, full_date
from muniment.kernel.names import folded

MOST_CANDIDATES = 50


def patient(patient_id: UUID) -> Patient:
    return Patient.objects.get(id=patient_id)


def owners_of(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """(assigner, value) → the source record it decides for. One query."""
    wanted = set(numbers)
    if not wanted:
        return {}
    found = PatientIdentifier.objects.filter(value__in=[value for _, value in wanted], deciding=True).values_list(
        "system", "value", "patient_id"
    )
    return {(system, value): owner for system, value, owner in found if (system, value) in wanted}


def demographics(row: Patient) -> Demographics:
    """What is known of a record, as a statement."""
    return Demographics(
        names=tuple(row.names), birth=row.birth, sex=row.sex, deceased=row.deceased or None, deceased_at=row.deceased_at,
        addresses=tuple(row.addresses), telecoms=tuple(row.telecoms), flags=frozenset(row.flags),
    )  # fmt: skip


def traits(row: Patient) -> Traits:
    numbers = PatientIdentifier.objects.filter(patient=row, type__in=("SS", "SSN")).values_list("value", flat=True)
    said = demographics(row)
    shared = Demographics(
        names=said.names, birth=said.birth, sex=said.sex, telecoms=said.telecoms, shared_numbers=frozenset(numbers)
    )
    return shared.traits()


def similar(row: Patient, said: Demographics) -> list[Patient]:
    """Records worth comparing with a new one: the same birth date, or the same social security number. Other persons' only."""
    birth = full_date(said.birth)
    wanted = Q(birth_date=birth) if birth else Q()
    if said.shared_numbers:
        holders = PatientIdentifier.objects.filter(value__in=said.shared_numbers, type__in=("SS", "SSN")).values("patient_id")
        wanted = wanted | Q(id__in=holders)
    if not wanted:
        return []
    found = Patient.objects.filter(wanted).exclude(person_id=row.person_id)
    if birth and not said.shared_numbers:
        found = found.filter(Q(family_key__startswith=row.family_key[:3]) | Q(search_name__contains=folded(row.given)[:40]))
    return list(found.order_by("created_at")[:MOST_CANDIDATES])


def records_of(person_id: UUID) -> list[Patient]:
    """All source records linked to a person, oldest first."""
    return list(Patient.objects.filter(person_id=person_id).order_by("created_at"))


def find(actor: Actor, text: str) -> QuerySet[Patient]:
    """Patients by any current or former name, number or birth date, at the actor's facilities. Two characters at least."""
    text = text.strip()
    if len(text) < 2:
        return Patient.objects.none()
    by_number = PatientIdentifier.objects.filter(value__iexact=text).values("patient_id")
    wanted = Q(id__in=by_number)
    day = full_date(text)
    if day:
        wanted |= Q(birth_date=day)
    words = folded(text).split()
    if words and not day:
        named = Q()
        for word in words:
            named &= Q(search_name__contains=word)
        wanted |= named
    found = Patient.objects.filter(wanted)
    if not actor.is_system:
        found = found.filter(Q(facility_id__in=actor.facilities) | Q(encounters__facility_id__in=actor.facilities)).distinct()
    return found.order_by("family_key", "given", "id")


def match_with_records(match_id: UUID) -> tuple[PossibleMatch, Patient, Patient]:
    match = PossibleMatch.objects.get(id=match_id)
    rows = {
        row.id: row for row in Patient.objects.filter(id__in=[match.first_id, match.second_id]).prefetch_related("identifiers")
    }
    return match, rows[match.first_id], rows[match.second_id]


def why_similar(first: Patient, second: Patient) -> list[str]:
    return agreements(traits(first), traits(second))


def numbers_of(patients: Sequence[UUID]) -> dict[UUID, list[PatientIdentifier]]:
    """Each record's identifiers, in one query."""
    found: dict[UUID, list[PatientIdentifier]] = {}
    for row in PatientIdentifier.objects.filter(patient_id__in=patients).order_by("id"):
        found.setdefault(row.patient_id, []).append(row)
    return found
