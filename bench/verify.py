"""Proving the audit chain."""

from __future__ import annotations

import time
from typing import Any

from bench import audit_append, house
from bench.figures import Figure

EVENTS = 100_000


def run(options: Any) -> list[Figure]:
    house.prepare()
    house.furnish()
    from muniment.audit.chain import rows_of
    from muniment.audit.rules import LANES
    from muniment.audit.verify import verify
    from muniment.core.actions import unit_of_work

    for _ in range(EVENTS // 2_000):
        with unit_of_work():
            audit_append._append(2_000)
    begun = time.perf_counter()
    found = verify()
    rate = found.events / (time.perf_counter() - begun)
    assert found.sound
    begun = time.perf_counter()
    read = sum(1 for lane in range(LANES) for _ in rows_of(lane))
    reading = read / (time.perf_counter() - begun)
    return [Figure("Audit chain verified", rate, "events/s", "reading the rows alone", reading)]
