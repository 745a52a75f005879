"""Processor time: what a figure costs, whatever else the machine is doing."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(slots=True)
class Spent:
    """Microseconds for one thing done: by the processes started meanwhile and PostgreSQL together, and PostgreSQL alone."""

    total: float = 0.0
    database: float = 0.0


@contextmanager
def measured(things: int) -> Iterator[Spent]:
    """What the processes that start and end inside cost, for each of ``things``. Filled in at the end."""
    spent = Spent()
    python, database = _children(), _database()
    yield spent
    spent.database = (_database() - database) / things * 1e6
    spent.total = (_children() - python) / things * 1e6 + spent.database


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _database() -> float:
    """Seconds of the server and all its backends, those that have ended too."""
    from muniment.config import database

    server = database.embedded()
    if server is None:
        return 0.0
    parent = psutil.Process(int((server.cluster / "postmaster.pid").read_text().split()[0]))
    times = parent.cpu_times()
    living = [child.cpu_times() for child in parent.children()]
    return float(sum(times[:4]) + sum(one.user + one.system for one in living))
