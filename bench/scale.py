"""The scale set: stays and entries made straight into the tables with COPY. For benchmarks only; nobody in it exists.

Every 200,000 stays are 40,000 patients; each stay has five entries. One patient, FULL, has one stay of 1,000 entries. Work items wait on
one stay in ten.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from bench import house, peers
from bench.figures import Figure

STAYS_OF_ONE, ENTRIES_OF_ONE, FULL_ENTRIES = 5, 5, 1_000
FULL = UUID(int=(0xE << 124) | (8 << 76) | (2 << 62))
FULL_STAY = UUID(int=FULL.int + 1)
QUEUE = "possible-matches"
BEGIN = datetime(2015, 1, 1, tzinfo=UTC)
CHUNK = 20_000  # stays in one transaction
CODES = [(f"{number}-{number % 10}", f"Test number {number}") for number in range(1_000, 3_000)]


def run(options: Any) -> list[Figure]:
    stays, entries, seconds = make(options.size, anew=True)
    texts = [json.dumps(_resource(number, FULL, FULL_STAY), separators=(",", ":")) for number in range(20_000)]
    return [
        Figure(
            f"Scale set: {stays:,} stays, {entries:,} entries",
            entries / seconds,
            "entries/s",
            "COPY as jsonb",
            peers.copy_rate(texts, "jsonb"),
        ),
        Figure("Scale set, time to make", seconds / 60, "min", aim="minutes"),
    ]


def make(size: int, *, anew: bool = False) -> tuple[int, int, float]:
    """Fill the database unless it holds a scale set of this size. Returns stays, entries and the seconds it took."""
    if not anew and not house.prepare(keep=True) and _stays() == size + 1:
        return size + 1, 0, 0.0
    connections.close_all()  # the one that counted the stays would be cut off
    house.prepare()
    facility = house.furnish()
    begun = time.perf_counter()
    indexes = _drop_indexes()
    entries = _fill(size, facility.id)
    with house.admin() as connection:
        for definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM (ANALYZE)")
    return size + 1, entries, time.perf_counter() - begun


def _stays() -> int:
    from muniment.encounters.models import Encounter

    return Encounter.objects.count()


def _drop_indexes() -> list[str]:
    """Drop what only speeds up reading; the definitions to make them again."""
    with house.admin() as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        rows = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef NOT LIKE '%UNIQUE%' AND tablename IN"
            " ('identity_patient', 'identity_identifier', 'encounters_encounter', 'record_entry', 'work_item')"
        ).fetchall()
        for name, _ in rows:
            connection.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in rows]


def _fill(size: int, facility: UUID) -> int:
    from django.db import transaction

    entries = 0
    for first in range(0, size, CHUNK):
        with transaction.atomic():
            entries += _chunk(range(first, min(first + CHUNK, size)), facility)
    with transaction.atomic():
        _patients([FULL], facility)
        _copy_stays([(0, FULL, FULL_STAY)], facility)
        entries += _copy_entries(((number, FULL, FULL_STAY) for number in range(FULL_ENTRIES)), facility)
    return entries


def discharges(numbers: range, facility: UUID) -> list[tuple[int, UUID, UUID]]:
    """Finished stays with their patients, and nothing in their charts yet: (number, patient, stay)."""
    stays = [(number, _id(1, number // STAYS_OF_ONE), _id(2, number)) for number in numbers]
    _patients(list(dict.fromkeys(patient for _, patient, _ in stays)), facility)
    _copy_stays(stays, facility)
    return stays


def _chunk(numbers: range, facility: UUID) -> int:
    stays = discharges(numbers, facility)
    _copy_work(stays, facility)
    places = (
        (number * ENTRIES_OF_ONE + one, patient, stay) for number, patient, stay in stays for one in range(ENTRIES_OF_ONE)
    )
    return _copy_entries(places, facility)


def _id(kind: int, number: int) -> UUID:
    """A version 8 UUID, spread like random ones."""
    value = int.from_bytes(hashlib.blake2b(f"{kind}/{number}".encode(), digest_size=16).digest(), "big")
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)


def _patients(patients: list[UUID], facility: UUID) -> None:
    people = [
        (patient, UUID(int=patient.int ^ 1), f"Family{patient.int % 9973}", f"Given{patient.int % 997}") for patient in patients
    ]
    _copy("identity_person", ("id", "created_at"), ((person, BEGIN) for _, person, _, _ in people))
    _copy("identity_patient", (
        "id", "person_id", "facility_id", "family", "given", "suffix", "birth", "birth_date", "sex", "deceased", "deceased_at", "flags",
        "names", "addresses", "telecoms", "search_name", "family_key", "number", "sha256", "created_at",
    ), (_patient_row(*one, facility) for one in people))  # fmt: skip
    _copy("identity_identifier", ("system", "value", "type", "deciding", "patient_id", "since"), (
        ("HVMC", f"S{patient.hex[:16]}", "MR", True, patient, BEGIN) for patient in patients
    ))  # fmt: skip


def _patient_row(patient: UUID, person: UUID, family: str, given: str, facility: UUID) -> tuple[Any, ...]:
    born = (BEGIN - timedelta(days=patient.int % 30_000)).date()
    names = json.dumps([{"use": "official", "family": family, "given": [given]}])
    return (
        patient, person, facility, family, given, "", born.isoformat(), born, "female" if patient.int % 2 else "male", False, "", "[]",
        names, "[]", "[]", f"{given} {family}".lower(), family.lower(), 1, bytes(32), BEGIN,
    )  # fmt: skip


def _copy_stays(stays: list[tuple[int, UUID, UUID]], facility: UUID) -> None:
    columns = (
        "id", "patient_id", "facility_id", "visit_number", "visit_system", "account_number", "status", "class_code", "service",
        "unit", "room", "bed", "admitted_at", "discharged_at", "disposition", "reason", "revision",
    )  # fmt: skip
    _copy("encounters_encounter", columns, (
        (
            stay, patient, facility, f"V{number}", "HVMC", "", "finished", "IMP", "MED", "4E", str(number % 40), "1", _time(number),
            _time(number) + timedelta(days=3), "01", "Test stay", 2,
        ) for number, patient, stay in stays
    ))  # fmt: skip


def _copy_work(stays: list[tuple[int, UUID, UUID]], facility: UUID) -> None:
    columns = (
        "id", "queue_id", "facility_id", "subject_type", "subject_id", "patient_id", "encounter_id", "title", "reason", "citation",
        "priority", "due_at", "state", "created_at", "changed_at", "revision",
    )  # fmt: skip
    _copy("work_item", columns, (
        (
            _id(3, number), QUEUE, facility, "encounter", str(stay), patient, stay, "Test work", "For the benchmark", "", number % 3,
            _time(number), "open", _time(number), _time(number), 1,
        ) for number, patient, stay in stays if number % 10 == 0
    ))  # fmt: skip


def _copy_entries(places: Iterable[tuple[int, UUID, UUID]], facility: UUID) -> int:
    from muniment.record.filing import ENTRY_COLUMNS, VERSION_COLUMNS

    entries, versions = [], []
    for number, patient, stay in places:
        entry = _id(4, number) if patient != FULL else _id(5, number)
        resource = _resource(number, patient, stay)
        content = json.dumps(resource, separators=(",", ":"), sort_keys=True)
        digest = hashlib.sha256(content.encode()).digest()
        versions.append(
            (
                patient,
                entry,
                1,
                "Observation",
                "original",
                content,
                digest,
                None,
                None,
                stay,
                None,
                _time(number),
                "",
                None,
                entry,
                facility,
                "",
                f"Observation/{number}",
                "",
                "",
            )
        )
        entries.append(_entry_row(number, patient, entry, stay, facility, digest))
    _copy("record_version", VERSION_COLUMNS, versions)
    _copy("record_entry", ENTRY_COLUMNS, entries)
    return len(entries)


def _entry_row(number: int, patient: UUID, entry: UUID, stay: UUID, facility: UUID, digest: bytes) -> tuple[Any, ...]:
    code, label = CODES[number % len(CODES)]
    when = _time(number)
    keys = [number % 2000 * 7919 + place for place in range(4)] + [patient.int % 2**62, stay.int % 2**62]
    return (
        patient, entry, 1, stay, facility, "Observation", "result", "http://loinc.org", code, label, "final", f"{number % 300} mg/dL",
        "H" if number % 9 == 0 else "", when, when.isoformat(), None, "", digest, None, "", False, None, None, when, f"Observation/{number}", "", "", keys,
    )  # fmt: skip


def _resource(number: int, patient: UUID, stay: UUID) -> dict[str, Any]:
    code, label = CODES[number % len(CODES)]
    return {
        "resourceType": "Observation", "status": "final", "effectiveDateTime": _time(number).isoformat(),
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": label}], "text": label},
        "subject": {"reference": f"Patient/{patient}"}, "encounter": {"reference": f"Encounter/{stay}"},
        "valueQuantity": {"value": number % 300, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"},
    }  # fmt: skip


def _time(number: int) -> datetime:
    return BEGIN + timedelta(minutes=number * 7 % 5_000_000)


def _copy(table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]] | Iterator[tuple[Any, ...]]) -> None:
    from muniment.core.bulk import copy_in

    copy_in(table, columns, rows)
