"""Searching codes by words, as a coder types them, in all the releases that the packages carry."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from bench import house
from bench.figures import Figure, percentile

TYPED = (
    "heart failure", "acute on chronic systolic", "sepsis pneum", "hip fract left", "type 2 diab neurop", "copd exac", "aki", "I50.2",
    "appendicitis perf", "pressure ulcer sacral stage 3", "alcohol withdr delirium", "nstemi", "fall stairs", "hypertensive kidney",
)  # fmt: skip
ROUNDS = 10


def run(options: Any) -> list[Figure]:
    new = house.prepare(keep=True)
    from muniment.terminology import queries
    from muniment.terminology.actions import install_embedded
    from muniment.terminology.rules import System

    if new:
        house.furnish()
        install_embedded(actor=house.system_actor("set-up"))
    samples = []
    for _ in range(ROUNDS):
        for text in TYPED:
            begun = time.perf_counter()
            assert queries.search(System.ICD10CM, text, date(2026, 11, 1)), text
            samples.append((time.perf_counter() - begun) * 1000)
    return [
        Figure("ICD-10-CM searched by words, p50", percentile(samples, 0.5), "ms"),
        Figure("ICD-10-CM searched by words, p95", percentile(samples, 0.95), "ms", aim="≤ 100"),
    ]
