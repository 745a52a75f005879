"""Two people at one chart by two ways: the second waits for the first, and never each for the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from muniment.audit.verify import verify
from muniment.completion import actions as completion
from muniment.completion.models import Deficiency
from muniment.kernel.errors import Problem
from muniment.misfiling import actions as misfiling
from muniment.pending import actions as pending
from muniment.record.models import Entry
from muniment.scanning import actions as scanning
from muniment.scanning.choosing import Index
from muniment.scanning.making import Answers
from muniment.scanning.models import Document
from support import charts, scans
from support.house import House, build_house, system_actor
from support.misfiled import WHY
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.faults
HOUSE: list[House] = []


def founded() -> House:
    """The module's one house."""
    if not HOUSE:
        HOUSE.append(build_house())
    return HOUSE[0]


class Crossing:
    """``first`` stops at a place of its own, with all the locks it has by then, until ``second`` waits for one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.came, self.there = ["", ""], threading.Event()
        self._go_on = getattr(module, name)
        monkeypatch.setattr(module, name, self._stop)

    def _stop(self, *args: Any, **named: Any) -> Any:
        self.there.set()
        until = time.monotonic() + 20
        while not _somebody_waits() and time.monotonic() < until:
            time.sleep(0.02)
        return self._go_on(*args, **named)

    def run(self, first: Callable[[], object], second: Callable[[], object]) -> list[str]:
        def late() -> object:
            self.there.wait(20)
            return second()

        threads = [threading.Thread(target=self._take, args=pair) for pair in enumerate((first, late))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.came

    def _take(self, place: int, step: Callable[[], object]) -> None:
        try:
            step()
            self.came[place] = "done"
        except Problem as told:
            self.came[place] = told.what
        except Exception as error:
            self.came[place] = repr(error)
        finally:
            connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_a_pending_document_and_a_deficiency_of_one_chart(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house = founded()
    adopt_rules(house, "completion.")
    stone = practitioner(house, "Stone", "clinician")
    ward = StayMaker(house, stone)
    ward.admit()
    note, summary = ward.file("11506-3", author=stone), ward.file("18842-5", author=stone)
    ward.discharge()
    while completion.drain(actor=system_actor()):
        pass
    owed = Deficiency.objects.get(entry_id=summary, kind="missing signature")
    author = house.actor("clinician")
    came = Crossing(monkeypatch, pending, "_analyse").run(
        lambda: pending.sign(actor=author, patient_id=ward.patient.id, entry_id=note, number=1),
        lambda: completion.sign(actor=author, deficiency_id=owed.id, number=1),
    )
    assert came == ["done", "done"]
    assert not Entry.objects.filter(patient_id=ward.patient.id, category="document", signed_at=None).exists()
    assert verify().sound


def test_a_scan_that_is_moved_while_it_fails_its_check(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house = founded()
    scans.adopt_scanning_rules(house, percent=100)
    wrong = charts.add_stay(charts.add_patient(house.hospital), house.hospital)
    right = charts.add_patient(house.hospital, number="0050001", family="Ruiz", given="Marta", birth="1970-01-02")
    batch = scans.take(house, scans.tiff(scans.picture("1"))).batch
    [scan] = scans.noted(house, batch, scans.SUMMARY)
    index = Index(patient_id=wrong.patient_id, encounter_id=wrong.id, type_code="18842-5", original="2026-03-05")
    filed = scanning.file_document(actor=house.actor("technician"), document_id=scan.id, index=index)
    answers = Answers(right_patient=False, complete=True, legible=True, reason="Another patient's page")
    came = Crossing(monkeypatch, scanning, "follow").run(
        lambda: misfiling.move(
            actor=house.actor("technician"), patient_id=wrong.patient_id, entry_id=filed.entry_id, number=1,
            target=misfiling.Target(patient_id=right.id), reason=WHY,
        ),
        lambda: scanning.check_document(
            actor=house.actor("identity-specialist"), document_id=scan.id, answers=answers, revision=filed.revision
        ),
    )  # fmt: skip
    assert came == ["done", "Somebody changed this document in the meantime; nothing of yours was written."]
    assert Document.objects.get(id=scan.id).patient_id == right.id
    assert verify().sound
