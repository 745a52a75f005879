"""Opening a chart of 1,000 entries, at the server: the whole request through middleware, view and template."""

from __future__ import annotations

import time
from typing import Any

from bench import house, scale
from bench.figures import Figure, percentile

OPENINGS = 200


def run(options: Any) -> list[Figure]:
    scale.make(options.size)
    from django.test import Client
    from django.urls import reverse

    client = Client(SERVER_NAME="localhost")
    client.force_login(house.person("technician"))
    address = reverse("record-chart", args=[scale.FULL_STAY])
    samples = []
    for _ in range(OPENINGS):
        begun = time.perf_counter()
        answer = client.get(address)
        samples.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.status_code
    warm = samples[10:]
    beside = f"Chart of {scale.FULL_ENTRIES:,} entries opened, {options.size:,} stays loaded"
    return [
        Figure(f"{beside}, p50", percentile(warm, 0.5), "ms", "one empty query", _empty_query()),
        Figure(f"{beside}, p95", percentile(warm, 0.95), "ms", aim="≤ 100"),
    ]


def _empty_query() -> float:
    """Milliseconds of the shortest answer the database can give."""
    from django.db import connection

    begun = time.perf_counter()
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    return (time.perf_counter() - begun) / 200 * 1000
