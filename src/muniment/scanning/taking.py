"""The scanning desk: takes files from an upload, a command or a folder, and says what became of each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from django.db import IntegrityError

from muniment.accounts.models import Facility
from muniment.accounts.queries import facility_by_code
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Problem, Unreadable
from muniment.scanning import actions, queries
from muniment.scanning.making import Arrival
from muniment.scanning.models import Batch
from muniment.scanning.rules import MOST_BYTES, BatchState

log = structlog.get_logger("muniment.scanning")
ENDINGS = {".pdf", ".tif", ".tiff"}
SETTLED_SECONDS = 10  # a file of the watch folder that has not grown for so long is whole


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: "taken", "known" (the same bytes came before) or "refused", with the sentence."""

    name: str
    status: str
    words: str
    batch: Batch | None = None


def take(actor: Actor, arrival: Arrival) -> Outcome:
    """Take one file. Raises Refused where the actor may not; whatever is wrong with the file is told in the outcome."""
    if known := queries.by_hash(arrival.sha256):
        return _known(arrival, known)
    try:
        return _take(actor, arrival)
    except IntegrityError:
        known = queries.by_hash(arrival.sha256)
        if known is None:
            raise
        return _known(arrival, known)


def _take(actor: Actor, arrival: Arrival) -> Outcome:
    from muniment.scanning import reader

    try:
        checked = reader.check(arrival.content, arrival.name)
    except Unreadable as told:
        row = actions.refuse(actor=actor, arrival=arrival, problem=told)
        return Outcome(arrival.name, "refused", str(told), row)
    row = actions.take(actor=actor, arrival=arrival, checked=checked)
    return Outcome(arrival.name, "taken", f"{row.pages} {'page' if row.pages == 1 else 'pages'}, being read", row)


def _known(arrival: Arrival, known: Batch) -> Outcome:
    came = f"The same bytes came before, as “{known.name}” on {known.received_at:%d %b %Y}"
    rest = "; they were refused." if known.state in (BatchState.REFUSED, BatchState.DISMISSED) else "; nothing was taken twice."
    return Outcome(arrival.name, "known", came + rest, known)


def arrival_of(path: Path, *, facility: Facility, source: str, operator: Actor, paper: str = "") -> Arrival | Problem:
    """A file on disk; the Problem that says why it is not even opened."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        return Unreadable(
            f"The file has {size // 2**20:,} MB; at most {MOST_BYTES // 2**20} are taken.", remedy="Scan it in smaller batches."
        )
    now = clock.now()
    scanned = datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo(facility.zone)).date()
    return Arrival(
        content=path.read_bytes(), name=path.name, source=source, facility=facility, operator_id=operator.id,
        operator_name=operator.name, received_at=now, scanned_on=min(scanned, now.astimezone(ZoneInfo(facility.zone)).date()), paper=paper,
    )  # fmt: skip


def take_folder(actor: Actor, folder: Path) -> Iterator[Outcome]:
    """Take what lies whole in ``folder/<facility's code>/``; then it is moved to ``taken`` or ``refused`` beside it."""
    for place in sorted(folder.iterdir()) if folder.is_dir() else []:
        facility = facility_by_code(place.name) if place.is_dir() else None
        if facility is None:
            continue
        for path in sorted(place.iterdir()):
            if path.is_file() and not path.is_symlink() and path.suffix.lower() in ENDINGS and _is_whole(path):
                yield _take_from(actor, path, facility)


def _is_whole(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > SETTLED_SECONDS


def _take_from(actor: Actor, path: Path, facility: Facility) -> Outcome:
    arrival = arrival_of(path, facility=facility, source="watch folder", operator=actor)
    outcome = Outcome(path.name, "refused", str(arrival)) if isinstance(arrival, Problem) else take(actor, arrival)
    aside = path.parent / ("refused" if outcome.status == "refused" else "taken")
    aside.mkdir(exist_ok=True)
    target = aside / path.name
    path.rename(target if not target.exists() else aside / f"{path.stem}-{time.time_ns()}{path.suffix}")
    log.info("a scan was taken from the watch folder", facility=facility.code, outcome=outcome.status)
    return outcome
