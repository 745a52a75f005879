"""Reading stops, goes on and survives a kill; the watch folder; the command."""

from __future__ import annotations

import os
import time

import pytest
from django.db import connection

from muniment.scanning import actions, reader, reading, taking
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


def test_the_watch_folder_takes_what_lies_whole(house, tmp_path):
    place = tmp_path / "HOSP"
    place.mkdir()
    (tmp_path / "elsewhere").mkdir()
    for name, content in (
        ("a.tif", scans.tiff(scans.picture("1"))),
        ("b.pdf", b"broken"),
        ("c.tif", b"still being written"),
        ("d.txt", b""),
    ):
        (place / name).write_bytes(content)
    for name in ("a.tif", "b.pdf", "d.txt"):
        os.utime(place / name, (time.time() - 60,) * 2)
    found = list(taking.take_folder(system_actor(), tmp_path))
    assert [(one.name, one.status) for one in found] == [("a.tif", "taken"), ("b.pdf", "refused")]
    assert sorted(str(one.relative_to(place)) for one in place.rglob("*") if one.is_file()) == [
        "c.tif",
        "d.txt",
        "refused/b.pdf",
        "taken/a.tif",
    ]
    assert Batch.objects.get(state="reading").source == "watch folder"
    assert list(taking.take_folder(system_actor(), tmp_path / "nowhere")) == []
