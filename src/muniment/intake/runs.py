"""A run over files and folders: one unit after the other, several files at once, stopped and resumed at will."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connections

from muniment.accounts.models import Facility
from muniment.core import garbage
from muniment.core.actor import Actor
from muniment.intake import actions, fhir_json
from muniment.intake.desk import Desk, Outcome
from muniment.intake.hl7v2 import stream
from muniment.intake.models import Progress
from muniment.intake.rules import detect
from muniment.kernel.errors import Problem

WHOLE = 64 * 1024 * 1024  # a file up to this size that is one document is taken as it is, compressed or not
REMEMBER_EVERY = 20  # units of a large file between two notes of progress


@dataclass(frozen=True, slots=True)
class Step:
    """What a run reports: an input's outcome, or that a file is done."""

    path: str
    outcome: Outcome | None = None


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Every file under the given files and folders, in order of name. Hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith(".")))
        else:
            found.append(path)
    return found


def run(
    files: Sequence[Path], *, actor: Actor, source: str, facility_id: UUID | None, processes: int = 1, origin: str = ""
) -> Iterator[Step]:
    """Take every file; ``origin`` as the desk's; yield each input's outcome as it is committed. Memory does not grow with the files."""
    garbage.look_seldom()
    if processes == 1 or len(files) == 1:
        for path in files:
            yield from _take_file(path, _desk(actor, source, facility_id, origin))
        return
    yield from _in_processes(files, actor, source, facility_id, min(processes, len(files)), origin)


def _desk(actor: Actor, source: str, facility_id: UUID | None, origin: str) -> Desk:
    facility = Facility.objects.get(id=facility_id) if facility_id else None
    return Desk(actor=actor, source=source, facility=facility, origin=origin)


def _in_processes(
    files: Sequence[Path], actor: Actor, source: str, facility_id: UUID | None, processes: int, origin: str
) -> Iterator[Step]:
    context = multiprocessing.get_context("fork")
    connections.close_all()  # a connection is not shared over a fork
    waiting: Any = context.Queue()
    done: Any = context.Queue(maxsize=1000)
    for path in files:
        waiting.put(path)
    for _ in range(processes):
        waiting.put(None)
    workers = [
        context.Process(target=_work, args=(waiting, done, actor, source, facility_id, origin), daemon=True)
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    try:
        yield from _gather(done, workers)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _gather(done: Any, workers: list[Any]) -> Iterator[Step]:
    left = len(workers)
    while left:
        try:
            step = done.get(timeout=1)
        except queue.Empty:
            if any(worker.exitcode not in (None, 0) for worker in workers):
                raise Problem(
                    "An intake process ended before its work was done.",
                    remedy="What was acknowledged is filed. Run the same command again to go on.",
                ) from None
            continue
        if step is None:
            left -= 1
        else:
            yield step


def _work(waiting: Any, done: Any, actor: Actor, source: str, facility_id: UUID | None, origin: str) -> None:
    desk = _desk(actor, source, facility_id, origin)
    while (path := waiting.get()) is not None:
        for step in _take_file(path, desk):
            done.put(step)
    done.put(None)
    connections.close_all()


def _take_file(path: Path, desk: Desk) -> Iterator[Step]:
    fingerprint = _fingerprint(path)
    known = Progress.objects.filter(path=str(path), fingerprint=fingerprint).first()
    skip = known.units if known else 0
    count = 0
    for count, (name, content) in enumerate(_units(path), 1):
        if count <= skip:
            continue
        if isinstance(content, Problem):
            yield Step(str(path), Outcome(f"{path}#{name}", "", "quarantined", str(content), 0, "", ""))
            continue
        for outcome in desk.take(content, f"{path}#{name}" if name else str(path)):
            yield Step(str(path), outcome)
        if count % REMEMBER_EVERY == 0:
            _remember(desk, path, fingerprint, count, finished=False)
    if count > REMEMBER_EVERY and count > skip:
        _remember(desk, path, fingerprint, count, finished=True)
    yield Step(str(path))


def _remember(desk: Desk, path: Path, fingerprint: str, units: int, *, finished: bool) -> None:
    actions.note_progress(actor=desk.actor, path=str(path)[:1000], fingerprint=fingerprint, units=units, finished=finished)


def _fingerprint(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_size}/{facts.st_mtime_ns}"


def _units(path: Path) -> Iterator[tuple[str, bytes | Problem]]:
    with path.open("rb") as file:
        yield from units(file, path.stat().st_size)


def units(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes | Problem]]:
    """(place, bytes) of a file's inputs: its messages, its chunks of NDJSON lines, or the file itself. ``size`` in bytes."""
    head = file.read(4096)
    file.seek(0)
    kind = detect(head)
    if kind == "hl7v2":
        yield from stream.split(file)
    elif kind in ("ccda", "mail", "xdm") or (not kind and head[:2] != b"\x1f\x8b"):
        yield "", file.read(WHOLE + 1)
    else:
        yield from _json_units(file, size)


def _json_units(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes | Problem]]:
    """One document is taken with its own bytes, compressed as it came; lines are taken in chunks."""
    found = fhir_json.units(file)
    name, content = next(found, ("", b""))
    if name == "" and size <= WHOLE and not isinstance(content, Problem):
        file.seek(0)
        yield "", file.read()
        return
    yield name, content
    yield from found
