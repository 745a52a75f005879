"""Reads of identity: whose number is this, who looks like this, which records are one person's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.core.rows import columns, rows
from muniment.identity import lookup
from muniment.identity.models import LinkEvent, Patient, PatientIdentifier, PatientVersion, PossibleMatch
from muniment.identity.rules import MatchState, Traits
from muniment.identity.statements import Demographics, full_date
from muniment.kernel.errors import Refused
from muniment.kernel.names import folded

MOST_CANDIDATES = 50


def patient(patient_id: UUID) -> Patient:
    return Patient.objects.get(id=patient_id)


def patients(ids: Iterable[UUID]) -> dict[UUID, Patient]:
    """Source records by id. One query, none for none."""
    wanted = list(ids)
    return Patient.objects.in_bulk(wanted) if wanted else {}


def records_of(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Patient]:
    """(assigner, value) → the source record it decides for. One query, none for none."""
    wanted = set(numbers)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT system, value, {columns(Patient, 'patient')} FROM identity_identifier AS number"
            " JOIN identity_patient AS patient ON patient.id = number.patient_id WHERE value = ANY(%s) AND deciding",
            [[value for _, value in wanted]],
        )
        found = [row for row in cursor.fetchall() if row[:2] in wanted]
    return dict(zip([row[:2] for row in found], rows(Patient, [row[2:] for row in found]), strict=True))


def owners_of(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """(assigner, value) → the source record it decides for. One query."""
    wanted = set(numbers)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system, value, patient_id FROM identity_identifier WHERE value = ANY(%s) AND deciding",
            [[value for _, value in wanted]],
        )
        return {(system, value): owner for system, value, owner in cursor.fetchall() if (system, value) in wanted}


def demographics(row: Patient) -> Demographics:
    """What is known of a record, as a statement."""
    return Demographics(
        names=tuple(row.names), birth=row.birth, sex=row.sex, deceased=row.deceased or None, deceased_at=row.deceased_at,
        addresses=tuple(row.addresses), telecoms=tuple(row.telecoms), flags=frozenset(row.flags),
    )  # fmt: skip


def as_stated(row: Patient, at: datetime) -> Patient:
    """A copy of a record, not to be saved, with the demographics last stated by ``at``; with the first, where none was yet."""
    known = PatientVersion.objects.filter(patient_id=row.id).order_by("-number")
    found = known.filter(recorded_at__lte=at).first() or known.last()
    then = copy(row)
    if found:
        for name, value in Demographics.read(found.content).columns().items():
            setattr(then, name, value)
    return then


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


def seen_by(actor: Actor) -> QuerySet[Patient]:
    """Source records at the actor's facilities: registered there, or with a stay there."""
    if actor.is_system:
        return Patient.objects.all()
    stays = Patient.objects.filter(id=OuterRef("id"), encounters__facility_id__in=actor.facilities)
    return Patient.objects.filter(Q(facility_id__in=actor.facilities) | Exists(stays))


def find(actor: Actor, text: str) -> QuerySet[Patient]:
    """Patients by any current or former name, number, birth date or telephone, at the actor's facilities (``lookup.read``)."""
    sought = lookup.read(text)
    if sought.is_empty:
        return Patient.objects.none()
    described = Q()
    for word in filter(None, (*sought.words, sought.phone)):
        described &= Q(search_name__contains=word)
    if sought.born:
        described &= Q(birth_date=sought.born)
    wanted = (
        Q(id__in=PatientIdentifier.objects.filter(value__iexact=sought.number).values("patient_id")) if sought.number else Q()
    )
    if described:
        wanted |= described
    return seen_by(actor).filter(wanted).order_by("family_key", "given", "id")


def following(found: QuerySet[Patient], last: Patient) -> QuerySet[Patient]:
    """What comes after ``last`` in the order of ``find``: the next keyset page."""
    same = Q(family_key=last.family_key)
    return found.filter(
        Q(family_key__gt=last.family_key) | same & Q(given__gt=last.given) | same & Q(given=last.given, id__gt=last.id)
    )


def person_records(actor: Actor, person_id: UUID) -> list[Patient]:
    """A person's records that the actor may see, oldest first. Raises Refused alike when there is none and when none may be seen."""
    found = list(seen_by(actor).filter(person_id=person_id).order_by("created_at", "id"))
    if not found:
        raise Refused(
            "There is nobody here that you may see.", remedy="If you followed a link, they may belong to another facility."
        )
    return found


def link_history(patients: Sequence[UUID]) -> list[tuple[LinkEvent, str]]:
    """How these records came to their persons, newest first, each with who did it. Two queries."""
    links = list(LinkEvent.objects.filter(patient_id__in=patients).order_by("-at", "-id"))
    actors = dict(
        LifecycleEvent.objects.filter(patient_id__in=patients, id__in={link.event_id for link in links}).values_list(
            "id", "actor_name"
        )
    )
    return [(link, actors.get(link.event_id, "")) for link in links]


def questions_about(patients: Sequence[UUID]) -> list[PossibleMatch]:
    """Open possible matches that name one of these records."""
    named = Q(first_id__in=patients) | Q(second_id__in=patients)
    return list(PossibleMatch.objects.filter(named, state=MatchState.OPEN).order_by("created_at"))


def chief_number(numbers: Sequence[PatientIdentifier], assigner: str = "") -> PatientIdentifier | None:
    """The number a record is known by: a medical record number, of ``assigner`` where one is named; else one that decides."""
    ranked = sorted(
        numbers, key=lambda one: (one.type.upper() not in ("MR", "MRN"), one.system != assigner, not one.deciding, one.id)
    )
    return ranked[0] if ranked else None


def match_for(actor: Actor, match_id: UUID) -> tuple[PossibleMatch, Patient, Patient]:
    """A question and its two records. Raises Refused alike where there is none and where neither is at the actor's facilities."""
    match = PossibleMatch.objects.filter(id=match_id).first()
    if match is None or not seen_by(actor).filter(id__in=[match.first_id, match.second_id]).exists():
        raise Refused("There is no such question that you may see.", remedy="It may belong to another facility.")
    return match_with_records(match_id)


def match_with_records(match_id: UUID) -> tuple[PossibleMatch, Patient, Patient]:
    match = PossibleMatch.objects.get(id=match_id)
    both = {
        row.id: row for row in Patient.objects.filter(id__in=[match.first_id, match.second_id]).prefetch_related("identifiers")
    }
    return match, both[match.first_id], both[match.second_id]


def numbers_of(patients: Sequence[UUID]) -> dict[UUID, list[PatientIdentifier]]:
    """Each record's identifiers, in one query."""
    found: dict[UUID, list[PatientIdentifier]] = {}
    for row in PatientIdentifier.objects.filter(patient_id__in=patients).order_by("id"):
        found.setdefault(row.patient_id, []).append(row)
    return found
