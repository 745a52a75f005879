"""Chart analysis: many discharges under a changed rule, through the notes and two workers; and one chart after one event."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psutil

from bench import house, processor, scale
from bench.figures import Figure, percentile

PROCESSES = 2
MOST = 100_000  # discharges
EVENTS = 300
SETTLED = 1.0  # seconds in which the server's processes of closed connections end and are counted
CHANGED = "completion.discharge-summary"
SUMMARY, TYPES = (
    "18842-5",
    (("34117-2", "History and physical"), ("11506-3", "Progress note"), ("18842-5", "Discharge summary")),
)
SECTIONS = (
    "History of present illness", "Physical examination", "Assessment and plan", "Hospital course", "Condition at discharge", "Follow-up",
)  # fmt: skip
NEW_SECTION = "Medications at discharge"  # half of the texts have it
LOINC = "http://loinc.org"
PROSE = "\nThe patient was seen and examined; the findings are as described, the plan was discussed and agreed." * 4


def run(options: Any) -> list[Figure]:
    house.prepare()
    facility = house.furnish()
    count = min(options.size, MOST)
    stays = _fill(count, facility.id)
    _adopt(_shipped())
    first = _drained(count)
    _adopt([_changed()])
    changed = _drained(count)
    reading = _entries_alone(stays)
    return [
        Figure(f"{count:,} discharges analysed for the first time, {PROCESSES} processes", first[0], "charts/s"),
        Figure(
            f"{count:,} discharges under a changed rule, {PROCESSES} processes", changed[0], "charts/s",
            "reading their entries alone, one process", reading,
        ),
        Figure("The same, processor time with PostgreSQL's", changed[1].total, "µs/chart", "PostgreSQL's", changed[1].database),
        *_one_event(stays, facility.id),
    ]  # fmt: skip


def _fill(count: int, facility: UUID) -> list[tuple[int, UUID, UUID]]:
    from django.db import connection, transaction

    made: list[tuple[int, UUID, UUID]] = []
    attendings = [_practitioner(number) for number in range(20)]
    for first in range(0, count, scale.CHUNK):
        with transaction.atomic():
            stays = scale.discharges(range(first, min(first + scale.CHUNK, count)), facility)
            _copy_documents(stays, facility, attendings)
            made += stays
    with connection.cursor() as cursor:
        cursor.execute("UPDATE encounters_encounter SET attending_id = (%s::uuid[])[1 + revision %% 20]", [attendings])
    with house.admin() as admin:
        admin.execute("VACUUM (ANALYZE)")
    return made


def _practitioner(number: int) -> UUID:
    from muniment.accounts.actions import list_practitioner

    made = list_practitioner(
        actor=house.system_actor("set-up"), family=f"Bench{number}", given="Ada", credential="MD", identifiers=[("NPI", str(number))],
        user=None,
    )  # fmt: skip
    found: UUID = made.id
    return found


def _copy_documents(stays: list[tuple[int, UUID, UUID]], facility: UUID, authors: list[UUID]) -> None:
    from muniment.core.bulk import copy_in
    from muniment.record.filing import ENTRY_COLUMNS, TEXT_COLUMNS

    documents = list(_documents(stays))
    copy_in("record_entry", ENTRY_COLUMNS, (_entry(*one, facility, authors) for one in documents))
    copy_in("record_text", TEXT_COLUMNS, ((patient, entry, 1, _text(number)) for number, patient, _, entry, _ in documents))


def _documents(stays: Iterable[tuple[int, UUID, UUID]]) -> Iterator[tuple[int, UUID, UUID, UUID, int]]:
    """Three documents a stay; every fifth stay lacks its discharge summary."""
    for number, patient, stay in stays:
        for place, (code, _) in enumerate(TYPES):
            if code != SUMMARY or number % 5:
                yield number, patient, stay, UUID(int=stay.int ^ (place + 1)), place


def _entry(
    number: int, patient: UUID, stay: UUID, entry: UUID, place: int, facility: UUID, authors: list[UUID]
) -> tuple[Any, ...]:
    code, label = TYPES[place]
    when = scale.BEGIN + timedelta(minutes=number * 7 % 5_000_000, hours=3)
    signed = when if (number + place) % 10 else None
    return (
        patient, entry, 1, stay, facility, "DocumentReference", "document", LOINC, code, label, "current", "", "", when,
        when.isoformat(), authors[number % 20], "Ada Bench, MD", bytes(32), None, "text/plain", False, signed, None, when, f"Document/{entry}",
        "", "", [entry.int % 2**62],
    )  # fmt: skip


def _text(number: int) -> str:
    names = (*SECTIONS, NEW_SECTION) if number % 2 else SECTIONS
    return "\n\n".join(f"{name.upper()}:{PROSE}" for name in names)


def _adopt(rules: Iterable[dict[str, Any]]) -> None:
    """From before the first of the scale set's stays on."""
    from muniment.accounts.queries import actor_for
    from muniment.rulebook import actions
    from muniment.rulebook.rules import SourceKind

    proposer, adopter = (actor_for(house.person(role)) for role in ("privacy-officer", "administrator"))
    for rule in rules:
        version = actions.propose(
            actor=proposer, code=rule["code"], title=rule["title"], statement=rule["statement"], citation=rule["citation"],
            source_kind=SourceKind(rule["source_kind"]), parameters=rule["parameters"], effective_from=scale.BEGIN.date(),
        )  # fmt: skip
        actions.adopt(actor=adopter, version_id=version.id)


def _shipped() -> list[dict[str, Any]]:
    from muniment.config.furnish import shipped_rules

    return [rule for rule in shipped_rules() if rule["code"].startswith("completion.")]


def _changed() -> dict[str, Any]:
    """The discharge summary's rule with one more section and less time: half of the charts open something, others are due sooner."""
    rule = next(one for one in _shipped() if one["code"] == CHANGED)
    said = rule["parameters"]
    elements = [*said["elements"], {"name": NEW_SECTION}]
    return rule | {"parameters": said | {"elements": elements, "due": {"days": 14, "from": "discharge"}}}


def _drained(count: int) -> tuple[float, processor.Spent]:
    """Charts/s through the notes, drained by the workers; and what a chart cost."""
    from django.db import connections

    connections.close_all()
    time.sleep(SETTLED)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_drain) for _ in range(PROCESSES)]
    begun = time.perf_counter()
    with processor.measured(count) as spent:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        seconds = time.perf_counter() - begun
        time.sleep(SETTLED)
    assert all(worker.exitcode == 0 for worker in workers)
    return count / seconds, spent


def _drain() -> None:
    from muniment.completion import jobs

    jobs.drain_all()


def _entries_alone(stays: list[tuple[int, UUID, UUID]]) -> float:
    """Charts/s of reading what the analysis reads of the record, and nothing else."""
    from django.db import connection

    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for first in range(0, len(stays), 500):
            patients = [patient for _, patient, _ in stays[first : first + 500]]
            cursor.execute(
                "SELECT entry.*, text.text FROM record_entry AS entry JOIN record_text AS text USING (patient_id, entry_id)"
                " WHERE entry.patient_id = ANY(%s) AND category IN ('document', 'procedure', 'order')",
                [list(dict.fromkeys(patients))],
            )
            cursor.fetchall()
    return len(stays) / (time.perf_counter() - begun)


def _one_event(stays: list[tuple[int, UUID, UUID]], facility: UUID) -> list[Figure]:
    """A summary is filed to charts that lack one; each time the worker analyses what that noted."""
    from django.db import connection

    from muniment.completion import actions

    actor = house.system_actor("bench")
    filed, analysed, spent = [], [], 0.0
    with connection.cursor() as cursor:
        backend = psutil.Process(connection.connection.info.backend_pid)
        del cursor
    for _, patient, stay in [one for one in stays if one[0] % 5 == 0][:EVENTS]:
        before = _processor(backend)
        begun = time.perf_counter()
        _file(actor, patient, stay, facility)
        between = time.perf_counter()
        assert actions.drain(actor=actor)
        filed.append((time.perf_counter() - begun) * 1000)
        analysed.append((time.perf_counter() - between) * 1000)
        spent += _processor(backend) - before
    cost = spent / len(filed) * 1000
    return [
        Figure("One document filed and its patient's charts analysed, p50", percentile(filed, 0.5), "ms"),
        Figure("The same, p95", percentile(filed, 0.95), "ms", aim="≤ 20"),
        Figure("The analysis of it, p95", percentile(analysed, 0.95), "ms", "p50", percentile(analysed, 0.5), aim="≤ 20"),
        Figure("Filing and analysis, processor time with the database's", cost, "ms/event"),
    ]


def _processor(backend: psutil.Process) -> float:
    times = backend.cpu_times()
    return float(time.process_time() + times.user + times.system)


def _file(actor: Any, patient: UUID, stay: UUID, facility: UUID) -> None:
    from muniment.kernel.fhir.canonical import encode
    from muniment.kernel.fhir.descriptions import describe
    from muniment.record import actions

    text = _text(1)
    resource = {
        "resourceType": "DocumentReference", "id": str(stay), "status": "current", "docStatus": "final", "date": "2026-03-02T14:00:00Z",
        "type": {"coding": [{"system": LOINC, "code": SUMMARY, "display": "Discharge summary"}], "text": "Discharge summary"},
        "subject": {"reference": f"Patient/{patient}"}, "context": {"encounter": [{"reference": f"Encounter/{stay}"}]},
    }  # fmt: skip
    version = actions.NewVersion(
        entry_id=UUID(int=stay.int ^ 9), resource_type="DocumentReference", canonical=encode(resource), description=describe(resource),
        encounter_id=stay, facility_id=facility, author_name="Ada Bench, MD", document=text.encode(), media_type="text/plain", text=text,
        signed_by_source="Ada Bench, MD",
    )  # fmt: skip
    actions.file(actor=actor, patient_id=patient, versions=[version])
