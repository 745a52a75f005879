"""Appending lifecycle events: one event, one commit, from four processes: while one waits for the disk, another works."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any
from uuid import UUID

from bench import house, peers, processor
from bench.figures import Figure

PROCESSES = 4
EVENTS = 12_000


def run(options: Any) -> list[Figure]:
    house.prepare()
    house.furnish()
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_append, args=(EVENTS // PROCESSES,)) for _ in range(PROCESSES)]
    begun = time.perf_counter()
    with processor.measured(EVENTS) as spent:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    rate = EVENTS / (time.perf_counter() - begun)
    peer = peers.commit_rate([b"x" * 400] * EVENTS, PROCESSES)
    return [
        Figure(
            f"Audit events appended, {PROCESSES} processes", rate, "events/s", "one INSERT and commit a row", peer, "≥ 2,000"
        ),
        Figure("Audit append, processor time with PostgreSQL's", spent.total, "µs/event", "PostgreSQL's", spent.database),
    ]


def _append(count: int) -> None:
    from muniment.record import actions

    actor = house.system_actor("bench")
    for number in range(count):
        actions.note_view(actor=actor, patient_id=UUID(int=number % 500), subject=("chart", str(number)), shown="chart")
