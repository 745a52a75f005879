"""A certified production of a long record: pages a second of processor time beside pikepdf merely concatenating the same pages, and memory.

Half of the pages are notes that are typeset, a third are scanned PDFs, the rest results and appendices. The clock is the processor's: of
this process and the children it starts, and of PostgreSQL.
"""

from __future__ import annotations

import io
import os
import resource
import tempfile
import threading
import time
from itertools import chain, islice
from pathlib import Path
from typing import Any

import psutil

from bench import house
from bench.figures import Figure

WORDS = (
    "The patient was seen on rounds this morning, slept through the night and denies chest pain or shortness of breath at rest.",
    "Breath sounds are clear on both sides; there is trace oedema at the ankles, less than yesterday; the weight is down by one kilogram.",
    "Furosemide is continued by mouth twice a day, with daily weights, potassium in the morning and a fluid restriction of two litres.",
)
LINES = 72  # of a note: three pages with its heading
SCAN_PAGES = 5
AT_ONCE = 20  # versions filed in one action: what the chart was made of is not to be counted as the production's memory


def run(options: Any) -> list[Figure]:
    pages = options.pages
    house.prepare()
    actor, stay = _chart(pages)
    from muniment.record import actions, blob_files, jobs
    from muniment.record.production.definition import Mark
    from muniment.record.production.order import Order

    order = Order(which=Mark.LEGAL, reason="Measured")
    asked = actions.ask_production(actor=actor, patient_id=stay.patient_id, facility_id=stay.facility_id, order=order)
    with _Peak() as peak:
        begun, wall = _spent(), time.monotonic()
        row = jobs.carry_out(asked.id)
        spent, wall = _spent() - begun, time.monotonic() - wall
    assert row.standing == "ready", row.problem
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "production.pdf"
        blob_files.copy_out(bytes(row.pdf_sha256 or b""), path)
        merged = _merged(path, Path(folder))
    return [
        Figure(f"certified production, {row.pages:,} pages, by processor time", row.pages / spent, "pages/s", "pikepdf concatenating the same pages", row.pages / merged),
        Figure("certified production by the clock", row.pages / wall, "pages/s"),
        Figure("peak memory of a production, all processes", peak.highest / 2**20, "MB", aim="≤ 300"),
        Figure("size of the production", row.size / 2**20, "MB"),
    ]  # fmt: skip


def _spent() -> float:
    """Processor seconds of this process and its ended children."""
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + child.ru_utime + child.ru_stime


class _Peak:
    """The most that this process and its children (not the database's) held at once, sampled."""

    highest = 0

    def __enter__(self) -> _Peak:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process(os.getpid())
        while not self._done.wait(0.05):
            held = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    held += one.memory_full_info().pss  # shared pages once: a child that was just forked shares all of them
                except psutil.NoSuchProcess:
                    continue
            self.highest = max(self.highest, held)


def _merged(path: Path, folder: Path) -> float:
    """Processor seconds of concatenating the same pages from files of fifty."""
    import pikepdf

    parts = []
    with pikepdf.open(path) as whole:
        for first in range(0, len(whole.pages), 50):
            with pikepdf.Pdf.new() as part:
                part.pages.extend(whole.pages[first : first + 50])
                parts.append(folder / f"{first}.pdf")
                part.save(parts[-1])
    begun = time.process_time()
    opened = [pikepdf.open(one) for one in parts]
    with pikepdf.Pdf.new() as made:
        for one in opened:
            made.pages.extend(one.pages)
        made.save(folder / "merged.pdf")
    for one in opened:
        one.close()
    return time.process_time() - begun


def _chart(pages: int) -> tuple[Any, Any]:
    """A patient's stay with notes for half of the pages, scans for a third, and results. The custodian and the stay."""
    from muniment.accounts.models import Facility
    from muniment.accounts.queries import actor_for
    from muniment.config.furnish import propose_rules
    from muniment.record import actions
    from muniment.rulebook import actions as rulebook

    facility = house.furnish() or Facility.objects.first()
    custodian, second = actor_for(house.person("administrator")), actor_for(house.person("privacy-officer"))
    for version in propose_rules(custodian):
        if version.rule_id == "record.legal-health-record":
            rulebook.adopt(actor=second, version_id=version.id)
    stay = _stay(facility)
    scan = _scan()
    versions = chain(
        (_note(stay, place) for place in range(max(1, pages // 6))),
        (_scanned(stay, scan, place) for place in range(max(1, pages // (3 * SCAN_PAGES)))),
        (_result(stay, place) for place in range(pages)),
    )
    while some := list(islice(versions, AT_ONCE)):
        actions.file(actor=house.system_actor("bench"), patient_id=stay.patient_id, versions=some)
    return custodian, stay


def _stay(facility: Any) -> Any:
    from datetime import UTC, datetime

    from muniment.encounters import actions as encounters
    from muniment.encounters.rules import Kind, Move
    from muniment.identity import actions as identity
    from muniment.identity.statements import Demographics

    said = Demographics(names=({"family": "Long", "given": ["Record"]},), birth="1950-01-01", sex="female", telecoms=())
    patient = identity.register(
        actor=house.system_actor("bench"),
        numbers=[identity.Number(facility.code, "1", "MR")],
        said=said,
        facility_id=facility.id,
    )
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    move = Move(key="admit", kind=Kind.ADMIT, occurred_at=at, recorded_at=at, class_="IMP")
    new = encounters.NewMove(facility=facility, visit=(facility.code, "V1"), movement=move)
    return encounters.move(actor=house.system_actor("bench"), patient=patient, moves=[new])[-1]


def _scan() -> bytes:
    """A PDF of grey pages, such as a scanner makes: 150 dots an inch."""
    import random

    from PIL import Image

    drawn = random.Random(7)
    frames = []
    for _ in range(SCAN_PAGES):
        page = Image.new("L", (1275, 1650), 250)
        for y in range(120, 1500, 28):
            for x in range(100, 1150, 12):
                if drawn.random() < 0.8:
                    page.paste(40, (x, y, x + 8, y + 14))
        frames.append(page)
    out = io.BytesIO()
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:], resolution=150)
    return out.getvalue()


def _version(stay: Any, resource: dict[str, Any], **more: Any) -> Any:
    from uuid import uuid4

    from muniment.kernel.fhir.canonical import encode
    from muniment.kernel.fhir.descriptions import describe
    from muniment.record.actions import NewVersion

    return NewVersion(
        entry_id=uuid4(), resource_type=resource["resourceType"], canonical=encode(resource), description=describe(resource),
        encounter_id=stay.id, facility_id=stay.facility_id, author_name="Ines Moreau, MD", **more,
    )  # fmt: skip


def _document(title: str, code: str, place: int) -> dict[str, Any]:
    date = f"2026-01-{place % 28 + 1:02}T08:{place % 60:02}:00Z"
    coding = [{"system": "http://loinc.org", "code": code, "display": title}]
    return {"resourceType": "DocumentReference", "status": "current", "date": date, "type": {"text": title, "coding": coding}, "content": [{"attachment": {"title": str(place)}}]}  # fmt: skip


def _note(stay: Any, place: int) -> Any:
    text = f"PROGRESS NOTE {place}\n\n" + "\n\n".join(
        f"{WORDS[line % 3]} {WORDS[(line + place) % 3]}" for line in range(LINES // 2)
    )
    document = _document("Progress note", "11506-3", place)
    return _version(stay, document, document=text.encode(), media_type="text/plain", signed_by_source="Ines Moreau, MD")


def _scanned(stay: Any, scan: bytes, place: int) -> Any:
    own = scan + f"\n% {place}\n".encode()  # a document of its own: the same bytes would be kept once
    return _version(stay, _document("Consent", "59284-0", place), document=own, media_type="application/pdf")


def _result(stay: Any, place: int) -> Any:
    said = {
        "resourceType": "Observation", "status": "final", "effectiveDateTime": f"2026-01-{place % 28 + 1:02}T06:{place % 60:02}:00Z",
        "code": {"text": "Sodium", "coding": [{"system": "http://loinc.org", "code": "2951-2"}]},
        "valueQuantity": {"value": 130 + place % 15, "unit": "mmol/L"}, "referenceRange": [{"text": "135 to 145"}], "note": [{"text": str(place)}],
    }  # fmt: skip
    return _version(stay, said)
