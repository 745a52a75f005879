"""A scan that was filed in the wrong patient's chart and is taken out again: who read it there is told, as after a move."""

from __future__ import annotations

from typing import Any

import pytest

from muniment.audit.verify import verify
from muniment.kernel.fhir.summaries import ANOTHERS
from muniment.misfiling.models import Move, Receiver
from muniment.record.models import Entry, Version
from muniment.scanning import actions
from muniment.scanning.choosing import Index
from muniment.scanning.making import Answers
from muniment.scanning.models import Document
from muniment.work.models import WorkItem
from support import charts, scans
from support.misfiled import two_patients

REASON = "The face sheet is of somebody else"


@pytest.fixture
def pair(house: Any) -> tuple[Any, Any]:
    return two_patients(house)


@pytest.fixture
def scan(house: Any, pair: Any) -> Document:
    """Filed in the wrong chart, and read there by a clinician and a coder."""
    scans.adopt_scanning_rules(house, percent=100)
    batch = scans.take(house, scans.tiff(scans.picture("1"))).batch
    [document] = scans.noted(house, batch, scans.SUMMARY)
    filed = file(house, document, pair[0])
    for role in ("clinician", "coder"):
        answer = charts.client_of(house, role).get(f"/charts/{pair[0].id}/documents/{filed.entry_id}/")
        assert answer.status_code == 200
    return filed


def file(house: Any, document: Document, stay: Any, type_code: str = "18842-5") -> Document:
    index = Index(
        patient_id=stay.patient_id, encounter_id=stay.id, type_code=type_code, original="2026-03-05", said="Known to the ward"
    )
    return actions.file_document(actor=house.actor("technician"), document_id=document.id, index=index)


def take_out(house: Any, scan: Document, *, anothers: bool) -> Document:
    return actions.take_out(actor=house.actor("technician"), document_id=scan.id, reason=REASON, anothers=anothers)


def told() -> set[str]:
    return set(WorkItem.objects.filter(queue_id="look-again").values_list("owner__username", flat=True))


def test_who_read_it_is_told_as_soon_as_it_is_known_to_be_anothers(house: Any, pair: Any, scan: Document) -> None:
    wrong, right = pair
    take_out(house, scan, anothers=True)
    move = Move.objects.get()
    assert (move.from_patient_id, move.from_encounter_id, move.to_patient_id) == (wrong.patient_id, wrong.id, None)
    assert [(one.from_entry_id, one.from_number, one.to_entry_id) for one in move.entries.all()] == [(scan.entry_id, 1, None)]
    assert {one.role for one in Receiver.objects.all()} == {"clinician", "coder"}
    assert told() == {house.users["clinician"].username, house.users["coder"].username}
    screening = WorkItem.objects.get(queue_id="privacy-screening")
    assert screening.reason.startswith("Taken out by") and "2 people or productions have seen it there" in screening.reason
    file(house, Document.objects.get(id=scan.id), right)
    assert Move.objects.count() == 1  # it is told once
    assert verify().sound


def test_filing_it_to_another_patient_says_so_too(house: Any, pair: Any, scan: Document) -> None:
    wrong, right = pair
    out = take_out(house, scan, anothers=False)
    assert not Move.objects.exists() and told() == set()
    again = file(house, out, right)
    move = Move.objects.get()
    assert (move.from_patient_id, move.to_patient_id, move.to_encounter_id) == (wrong.patient_id, right.patient_id, right.id)
    assert [(one.from_entry_id, one.from_number, one.to_entry_id) for one in move.entries.all()] == [
        (scan.entry_id, 1, again.entry_id)
    ]
    assert told() == {house.users["clinician"].username, house.users["coder"].username}
    left = Entry.objects.get(patient_id=wrong.patient_id, entry_id=scan.entry_id)
    assert (left.retracted, left.flag) == (True, ANOTHERS)  # so that a certified copy of this chart tells nothing of it
    assert Version.objects.get(entry_id=scan.entry_id, number=left.number).reason == REASON
    assert verify().sound


def test_a_mistake_within_the_chart_tells_nobody(house: Any, pair: Any, scan: Document) -> None:
    file(house, take_out(house, scan, anothers=False), pair[0], "34117-2")
    assert not Move.objects.exists()
    assert not WorkItem.objects.filter(queue_id__in=["look-again", "privacy-screening"]).exists()


def test_a_check_that_finds_another_patient_tells_as_well(house: Any, scan: Document) -> None:
    answers = Answers(right_patient=False, complete=True, legible=True, reason=REASON)
    actions.check_document(actor=house.actor("identity-specialist"), document_id=scan.id, answers=answers)
    assert Move.objects.get().reason == REASON
    assert told() == {house.users["clinician"].username, house.users["coder"].username}


def test_it_is_said_on_the_screen_and_screened(house: Any, pair: Any, scan: Document) -> None:
    page = charts.client_of(house, "technician").get(f"/scans/documents/{scan.id}/")
    assert "It is another patient’s" in page.content.decode()
    said = {"reason": REASON, "anothers": "on", "revision": scan.revision}
    answer = charts.client_of(house, "technician").post(f"/scans/documents/{scan.id}/take-out", said)
    assert answer.status_code == 302
    move = Move.objects.get()
    officer = charts.client_of(house, "privacy-officer")
    shown = officer.get(f"/screenings/{move.id}/").content.decode()
    assert "whose it is was not known then" in shown
    assert house.actor("clinician").name in shown
    assert "a patient of a facility you do not work at" not in shown
    done = charts.client_of(house, "technician").get(f"/moves/{move.id}/")
    assert done.status_code == 409 and "taken out of a chart, not moved" in done.content.decode()
