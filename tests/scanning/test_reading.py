"""Reading stops, goes on and survives a kill; the watch folder; the command."""

from __future__ import annotations

import pytest
from django.db import connection

from muniment.scanning import actions, reader, reading
from muniment.scanning.models import Batch, Document, Page
from muniment.scanning.reader import Reading
from muniment.scanning.rules import BatchState
from support import scans
from support.house import system_actor


@pytest.fixture
def batch(house):
    return scans.take(house, scans.tiff(*[scans.picture() for _ in range(10)])).batch


class Told:
    """A reader that only counts: what it is asked to read, and what happens at a page."""

    asked: list[int] = []

    def __init__(self, content, media_type):
        self.content = content

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    at: dict[int, object] = {}

    def pages(self, numbers):
        for number in numbers:
            Told.asked.append(number)
            if number in Told.at:
                Told.at[number]()
            yield Reading(number, text=f"page {number}", confidence=90)


@pytest.fixture
def told(monkeypatch):
    Told.asked, Told.at = [], {}
    monkeypatch.setattr(reader, "Reader", Told)
    return Told


def state(batch):
    return Batch.objects.get(id=batch.id).state


def test_a_killed_reading_goes_on_where_it_was(house, batch, told):
    def killed():
        raise KeyboardInterrupt

    told.at = {7: killed}
    with pytest.raises(KeyboardInterrupt):
        reading.read(system_actor(), batch.id)
    assert sorted(Page.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    told.at, told.asked = {}, []
    assert reading.read(system_actor(), batch.id)
    assert told.asked == [5, 6, 7, 8, 9, 10]
    assert (state(batch), Document.objects.get().page_set.count()) == (BatchState.READ, 10)


def test_a_stop_is_heard_between_pages_and_resumed(house, batch, told):
    technician = house.actor("technician")
    told.at = {3: lambda: actions.stop(actor=technician, batch_id=batch.id)}
    assert not reading.read(system_actor(), batch.id)
    assert (told.asked, state(batch)) == ([1, 2, 3, 4], BatchState.STOPPED)
    assert not reading.read(system_actor(), batch.id)
    actions.resume(actor=technician, batch_id=batch.id)
    assert reading.read(system_actor(), batch.id)


def test_a_slice_of_time_ends_and_the_next_goes_on(batch, told):
    assert not reading.read(system_actor(), batch.id, seconds=0)
    assert Batch.objects.get(id=batch.id).pages_read == reading.TOGETHER
    assert reading.read(system_actor(), batch.id)


def test_a_batch_somebody_else_reads_is_left_alone(batch, told):
    from django.db import connections

    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [batch.id.int & ((1 << 62) - 1)])
    try:
        assert not reading.read(system_actor(), batch.id)
    finally:
        other.close()
    assert told.asked == []
    assert connection.vendor == "postgresql"


def test_a_batch_that_cannot_be_read_keeps_no_other_back(house, batch, told, monkeypatch):
    from muniment.record import blobs
    from muniment.scanning import jobs
    from muniment.work.models import WorkItem

    other = scans.take(house, scans.tiff(scans.picture("other"))).batch
    damaged = bytes(Batch.objects.get(id=batch.id).sha256)
    whole = blobs.get
    monkeypatch.setattr(blobs, "get", lambda digest: whole(b"gone" if digest == damaged else digest))
    jobs.read_next()
    assert (state(batch), state(other)) == (BatchState.STOPPED, BatchState.READ)
    item = WorkItem.objects.get(subject_id=str(batch.id))
    assert (item.queue_id, item.state) == ("scan-exceptions", "open")
    assert "The bytes of this document are not here." in item.reason
    actions.resume(actor=house.actor("technician"), batch_id=batch.id)
    assert WorkItem.objects.get(subject_id=str(batch.id)).state != "open"
