"""A lot filed in one transaction comes to what its messages come to one by one, whatever is in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from muniment.audit.verify import verify
from muniment.completion.outbox import CHARTS
from muniment.core.actions import unit_of_work
from muniment.encounters.models import Encounter, Movement
from muniment.identity.models import Patient, PatientIdentifier
from muniment.intake.desk import Desk, Outcome, take_lot
from muniment.intake.models import Input
from muniment.record.models import Entry, Version
from muniment.record.verify import verify as verify_record
from muniment.work.models import WorkItem
from support.house import build_house, system_actor
from support.messages import admission, build, document, result

GOOD = [one.content for one in build(24, seed=3, prefix="G")]
NOBODY = result("BAD1").content.replace(b"7000^^^HOSP^MR", b"")  # found out only while filing: whose it is, nothing says
ELSEWHERE = result("BAD2").content.replace(b"|SIM|HOSP|", b"|SIM|FAR|")
UNREADABLE = b"MSH|^~\\&|"
FINISHED = [one.content.replace(b"ADT^A01^ADT_A01", b"ADT^A03^ADT_A03") for one in (admission("F1", 1), admission("F2", 2))]


def desk() -> Desk:
    return Desk(actor=system_actor(), source="test")


def singly(messages: Sequence[bytes]) -> list[Outcome]:
    one = desk()
    return [outcome for message in messages for outcome in one.take(message)]


def in_lots(messages: Sequence[bytes], size: int) -> list[Outcome]:
    one = desk()
    lots = [messages[place : place + size] for place in range(0, len(messages), size)]
    return [outcome for lot in lots for outcome in one.take_all([(message, "") for message in lot])]


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def what_is_there() -> dict[str, Any]:
    """Everything that does not differ by chance from one filing to the next."""
    with unit_of_work():
        noted = CHARTS.claim(1000)
    visits = dict(Encounter.objects.values_list("id", "visit_number"))
    return {
        "entries": sorted(Entry.objects.values_list("source_key", "label", "value", "number", "status", "retracted")),
        "versions": sorted(Version.objects.values_list("resource_type", "number", "kind")),
        "stays": sorted(Encounter.objects.values_list("visit_number", "status", "class_code", "revision", "admitted_at")),
        "movements": sorted(Movement.objects.values_list("key", "kind", "occurred_at")),
        "patients": sorted(Patient.objects.values_list("family", "given", "number", "birth")),
        "numbers": sorted(PatientIdentifier.objects.values_list("system", "value", "type", "deciding")),
        "inputs": sorted((bytes(one.sha256), one.place, one.status, one.entries, one.reason) for one in Input.objects.all()),
        "work": sorted(WorkItem.objects.values_list("queue_id", "title", "reason")),
        "noted": sorted({visits[encounter] for _, encounter in noted}),
    }


def said(outcomes: Sequence[Outcome]) -> list[tuple[str, str, int, str]]:
    return [(one.status, one.reason, one.entries, one.control_id) for one in outcomes]


LOTS = {
    "nothing wrong": [*GOOD, *FINISHED],
    "a duplicate inside": [*GOOD[:6], GOOD[2], *GOOD[6:9], GOOD[2]],
    "one that is nobody's": [*GOOD[:5], NOBODY, *GOOD[5:9]],
    "bad ones first, last and twice": [NOBODY, *GOOD[:3], ELSEWHERE, NOBODY, *GOOD[3:5], UNREADABLE, UNREADABLE, ELSEWHERE],
    "the same entry twice": [GOOD[1], result("G00001", 0, 7).content, result("G00001", 0, 9).content, *FINISHED],
    "a stay that ends between its results": [
        result("R1", 1).content,
        FINISHED[0],
        result("R2", 1).content,
        document("D1", 1).content,
    ],
}


@pytest.mark.parametrize("size", [2, 5, 50])
@pytest.mark.parametrize("name", LOTS)
def test_a_lot_comes_to_the_same_as_its_messages(house: Any, name: str, size: int) -> None:
    messages = LOTS[name]
    with rolled_back():
        expected = said(singly(messages)), what_is_there()
    assert (said(in_lots(messages, size)), what_is_there()) == expected
    assert verify().sound
    assert verify_record().faults == []


def test_each_of_a_lot_leaves_its_event_and_a_bad_one_its_own_row(house: Any) -> None:
    outcomes = in_lots([*GOOD[:4], NOBODY, *GOOD[4:8]], 50)
    assert [one.status for one in outcomes] == ["filed"] * 4 + ["quarantined"] + ["filed"] * 4
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT lane || '/' || sequence) FROM audit_event WHERE name = 'intake.file'")
        assert cursor.fetchone() == (8,)  # one event each, in a lot too


def test_channels_may_share_a_lot(house: Any) -> None:
    first, second = desk(), Desk(actor=system_actor(), source="other", facility=house.hospital)
    taken = take_lot([(first, GOOD[0], "a"), (second, GOOD[1], "b"), (first, GOOD[1], "c")])
    outcomes = [one for some in taken if isinstance(some, list) for one in some]
    assert [(one.source, one.status) for one in outcomes] == [("a", "filed"), ("b", "filed"), ("c", "duplicate")]
    assert list(Input.objects.order_by("name").values_list("source", flat=True)) == ["test", "other"]


def test_two_at_once_with_the_same_patients(own_database: str) -> None:
    """Patients that neither knows, in opposite orders, and messages both were sent."""
    build_house()
    lots = [GOOD, [*reversed(GOOD[:12]), *(one.content for one in build(24, seed=4, prefix="H"))]]
    outcomes: list[list[Outcome]] = [[], []]
    begin = threading.Barrier(2)

    def file(place: int) -> None:
        try:
            begin.wait(20)
            outcomes[place] = in_lots(lots[place], 9)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=file, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    statuses = [one.status for some in outcomes for one in some]
    assert len(statuses) == len(lots[0]) + len(lots[1])
    assert (statuses.count("filed"), statuses.count("duplicate")) == (48, 12)
    assert Input.objects.count() == 48
    decisive = PatientIdentifier.objects.filter(deciding=True).values("system", "value").distinct()
    assert decisive.count() == Patient.objects.count()
    assert verify_record().faults == []
    assert verify().sound
