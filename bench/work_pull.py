"""Pulling the next work item, with the scale set's items waiting: taken, moved, its step and event kept, committed."""

from __future__ import annotations

import time
from typing import Any

from bench import house, peers, scale
from bench.figures import Figure, percentile

PULLS = 300


def run(options: Any) -> list[Figure]:
    scale.make(options.size)
    from muniment.accounts.queries import actor_for
    from muniment.work import actions
    from muniment.work.models import Queue, WorkItem

    role = Queue.objects.get(code=scale.QUEUE).pools[0]
    actor = actor_for(house.person(role))
    waiting = WorkItem.objects.filter(queue_id=scale.QUEUE, state="open").count()
    samples = []
    for _ in range(PULLS):
        begun = time.perf_counter()
        assert actions.pull_next(actor=actor, queue=scale.QUEUE) is not None
        samples.append((time.perf_counter() - begun) * 1000)
    beside = f"Next of {waiting:,} work items pulled"
    return [
        Figure(
            f"{beside}, p50", percentile(samples, 0.5), "ms", "one INSERT and commit", 1000 / peers.commit_rate([b"x"] * 300, 1)
        ),
        Figure(f"{beside}, p95", percentile(samples, 0.95), "ms", aim="≤ 100"),
    ]
