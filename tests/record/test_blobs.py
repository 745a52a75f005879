"""Bytes are kept once, and can be read whoever else keeps the same ones at the same moment."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from muniment.core.actions import unit_of_work
from muniment.kernel.errors import Problem
from muniment.record import blobs
from muniment.record.models import Blob

LARGE = b"%PDF " + b"a page of a scan " * 4000  # more than is kept in the row
TWICE = LARGE + b"for two"


@pytest.mark.parametrize("content", [b"", b"a short note", LARGE])
def test_what_is_kept_comes_back_once_kept_or_twice(db: None, content: bytes) -> None:
    with unit_of_work():
        digests = {blobs.put(content, "text/plain"), blobs.put(content, "application/pdf")}
    (digest,) = digests
    assert blobs.get(digest) == content
    assert Blob.objects.get(sha256=digest).media_type == "text/plain"


def test_the_file_holds_no_readable_byte_and_damage_is_said(db: None) -> None:
    with unit_of_work():
        digest = blobs.put(LARGE + b"to be damaged", "application/pdf")
    path = blobs.path_of(digest)
    sealed = path.read_bytes()
    assert b"a page" not in sealed
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(Problem, match="damaged"):
        blobs.get(digest)


def test_two_who_keep_the_same_large_document_at_once(own_database: str) -> None:
    first_has_put, may_commit = threading.Event(), threading.Event()

    def first() -> None:
        with unit_of_work():
            blobs.put(TWICE, "application/pdf")
            first_has_put.set()
            may_commit.wait(20)
        connection.close()

    def second() -> None:
        with unit_of_work():
            blobs.put(TWICE, "application/pdf")
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert first_has_put.wait(20)
    threads[1].start()
    until_somebody_waits()
    may_commit.set()
    for thread in threads:
        thread.join(20)
    assert blobs.get(Blob.objects.values_list("sha256", flat=True).get()) == TWICE


def until_somebody_waits() -> None:
    """Until a connection to this database waits for another's transaction."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
