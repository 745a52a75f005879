"""Reading a batch page by page: goes on where it was stopped or killed, one process a batch, a few pages a transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState
from muniment.scanning import actions, queries
from muniment.scanning.models import Batch
from muniment.scanning.rules import BatchState

if TYPE_CHECKING:
    from muniment.scanning.reader import Reading

TOGETHER = 4  # pages kept in one transaction: what a kill costs
Progress = Callable[[int, int], None]


def read(actor: Actor, batch_id: UUID, *, seconds: float | None = None, progress: Progress = lambda done, total: None) -> bool:
    """Read a batch's pages that are not read yet, for at most about ``seconds``; split it when all are. Returns whether it is done.

    Another process that reads the same batch makes this one return at once: the lock goes with its connection.
    """
    with _alone(batch_id) as mine:
        row = Batch.objects.filter(id=batch_id).first()
        if not mine or row is None or row.state != BatchState.READING:
            return False
        until = time.monotonic() + seconds if seconds is not None else None
        if not _read_pages(actor, row, until, progress):
            return False
        try:
            actions.split_batch(actor=actor, batch_id=batch_id)
        except NotAllowedInState:  # stopped after its last page
            return False
        return True


def _read_pages(actor: Actor, row: Batch, until: float | None, progress: Progress) -> bool:
    """Whether every page is read now."""
    from muniment.scanning.reader import Reader

    known = set(row.page_set.values_list("number", flat=True))
    left = [number for number in range(1, row.pages + 1) if number not in known]
    if not left:
        return True
    with Reader(queries.bytes_of(row), row.media_type) as reader:
        for some in _in_fours(reader.pages(left)):
            row = actions.note_pages(actor=actor, batch_id=row.id, readings=some)
            progress(row.pages_read, row.pages)
            if row.state != BatchState.READING or (until is not None and time.monotonic() > until):
                break
    return row.pages_read >= row.pages and row.state == BatchState.READING


def _in_fours(readings: Iterator[Reading]) -> Iterator[list[Reading]]:
    some: list[Reading] = []
    for one in readings:
        some.append(one)
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


@contextmanager
def _alone(batch_id: UUID) -> Iterator[bool]:
    """Hold the batch's own lock; False where somebody has it."""
    name = batch_id.int & ((1 << 62) - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [name])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [name])
