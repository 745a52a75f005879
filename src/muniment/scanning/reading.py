"""Reading a batch page by page: goes on where it was stopped or killed, one process a batch, a few pages a transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.scanning import actions, queries
from muniment.scanning.models import Batch, Document
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
            made = actions.split_batch(actor=actor, batch_id=batch_id)
        except NotAllowedInState:  # stopped after its last page
            return False
        file_certain(actor, made)
        return True


def file_certain(actor: Actor, documents: Sequence[Document]) -> int:
    """File what the rule of automatic filing lets be filed, each in a transaction of its own. Returns how many; the rest waits for a person.

    The rule is asked anew for each: one that is stayed meanwhile stops at once.
    """
    filed = 0
    for one in documents:
        if queries.in_force(clock.today()).automatic is None:
            break
        with suppress(Refused):
            actions.file_by_rule(actor=actor, document_id=one.id)
            filed += 1
    return filed


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
