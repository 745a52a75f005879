"""The screens of a move: finding the right patient, what is shown before it, what each chart shows after it, the screening."""

from __future__ import annotations

from typing import Any

import pytest

from muniment.misfiling.models import Move, Receiver
from muniment.record.models import Entry
from muniment.work.models import WorkItem
from support import charts
from support.misfiled import became, misfiled, move, two_patients

OFFICER = "privacy-officer"


@pytest.fixture
def pair(house: Any) -> tuple[Any, Any]:
    return two_patients(house)


def read(house: Any, role: str, address: str) -> str:
    answer = charts.client_of(house, role).get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def document(stay: Any, entry: Any) -> str:
    return f"/charts/{stay.id}/documents/{entry}/"


def test_the_document_offers_the_move_to_who_may_and_to_nobody_else(house: Any, pair: Any) -> None:
    wrong, _ = pair
    note = misfiled(wrong)
    assert f"/moves/{wrong.patient_id}/{note}/" in read(house, "technician", document(wrong, note))
    assert "/moves/" not in read(house, "coder", document(wrong, note))


def test_the_right_patient_is_found_by_two_identifiers_and_stands_beside_the_wrong_one(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    address = f"/moves/{wrong.patient_id}/{note}/"
    found = read(house, "technician", address + "?who=ruiz")
    assert "RUIZ, Marta, born 2 Jan 1970, female, 0050001" in found
    assert "OKONJO" not in found.split("Which of these?")[1]
    chosen = read(house, "technician", f"{address}?who=ruiz&to={right.patient_id}")
    assert "this is the chart it is in" in chosen
    assert "this is the chart it belongs in" in chosen
    assert "What will happen" in chosen  # one stay: it is chosen
    assert "Nobody else at your facilities" in read(house, "technician", address + "?who=zzzzz")
    assert "too little" in read(house, "technician", address + "?who=z")


def test_what_will_happen_is_counted_before(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = charts.file_note(wrong, signed_by_source="Ines Moreau, MD")
    read(house, "clinician", document(wrong, note))
    shown = read(house, "technician", f"/moves/{wrong.patient_id}/{note}/?to={right.patient_id}&stay=none")
    assert "2 people or productions have it" in shown  # the technician who looks at it here is one
    assert house.actor("clinician").name in shown
    assert "1 signature stays in this chart" in shown
    assert not Move.objects.exists()


def test_it_is_moved_and_each_chart_says_so(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = charts.file_note(wrong, signed_by_source="Ines Moreau, MD")
    said = {"to": right.patient_id, "stay": right.id, "number": 1, "reason": "Other face sheet."}
    answer = charts.client_of(house, "technician").post(f"/moves/{wrong.patient_id}/{note}/", said, follow=True)
    row = Move.objects.get()
    assert answer.redirect_chain == [(f"/moves/{row.id}/", 302)]
    assert "RUIZ, Marta" in answer.content.decode()
    there = read(house, "coder", document(wrong, note))
    assert "Entered in error: moved." in there
    assert "Ruiz" not in there.replace("/charts/", "")
    assert f"/charts/{right.id}/documents/" in there
    first = read(house, "coder", document(wrong, note) + "?version=1")
    assert "Entered in error: moved." in first
    assert "Entered in error: moved" in read(house, "coder", f"/charts/{wrong.id}/")
    for tail in ("compare?older=1&newer=2", "proof"):
        assert "was in the wrong patient’s chart" in read(house, "coder", document(wrong, note) + tail)
    here = read(house, "coder", document(right, became(row, note).entry_id))
    assert "Moved from another chart on" in here
    assert "Other face sheet." in here
    assert "Signed in the chart it was moved from by Ines Moreau, MD" in here
    assert "Nobody has signed this entry." in here


def test_the_coders_reader_says_so_too(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    move(house, note, wrong, right)
    assert "Entered in error: moved." in read(house, "coder", f"/coding/{wrong.id}/documents/{note}/")


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_the_form_comes_back(house: Any, pair: Any, reason: str) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    said = {"to": right.patient_id, "stay": right.id, "number": 1, "reason": reason}
    answer = charts.client_of(house, "technician").post(f"/moves/{wrong.patient_id}/{note}/", said)
    assert answer.status_code == 422
    assert "Say why it belongs in the other chart." in answer.content.decode()
    assert not Entry.objects.get(entry_id=note).retracted


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"number": 7}, 409), ({"number": "x"}, 403), ({"to": "x"}, 403), ({"stay": "x"}, 403), ({"to": ""}, 403)],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(house: Any, pair: Any, changed: dict[str, Any], status: int) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    charts.add_stay(right.patient, house.hospital, number="V201")
    said = {"to": right.patient_id, "stay": right.id, "number": 1, "reason": "Other face sheet."} | changed
    answer = charts.client_of(house, "technician").post(f"/moves/{wrong.patient_id}/{note}/", said)
    assert answer.status_code == status
    assert "Traceback" not in answer.content.decode()
    assert not Move.objects.exists()


def test_the_same_patient_is_told_beside_their_banner(house: Any, pair: Any) -> None:
    wrong, _ = pair
    note = misfiled(wrong)
    shown = read(house, "technician", f"/moves/{wrong.patient_id}/{note}/?to={wrong.patient_id}")
    assert "It is in this patient&#x27;s chart already." in shown
    assert "Move it <kbd>" not in shown


def test_the_officer_screens_from_their_queue(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    read(house, "auditor", document(wrong, note))
    row = move(house, note, wrong, right)
    officer = charts.client_of(house, OFFICER)
    pulled = officer.post("/work/privacy-screening/pull")
    assert pulled["Location"] == f"/screenings/{row.id}/"
    page = officer.get(pulled["Location"]).content.decode()
    assert house.actor("auditor").name in page
    assert "RUIZ, Marta" in page
    seen = Receiver.objects.get()
    assert officer.post(f"/screenings/{row.id}/told/{seen.id}", {"how": "", "revision": 1}).status_code == 422
    assert officer.post(f"/screenings/{row.id}/told/{seen.id}", {"how": "Told", "revision": 1}).status_code == 302
    assert officer.post(f"/screenings/{row.id}/told/{seen.id}", {"how": "Told", "revision": 1}).status_code == 409
    assert officer.post(f"/screenings/{row.id}/close", {"conclusion": ""}).status_code == 422
    assert officer.post(f"/screenings/{row.id}/close", {"conclusion": "Within the house."}).status_code == 302
    assert WorkItem.objects.get(queue_id="privacy-screening").state == "done"
    assert "Within the house." in officer.get(f"/screenings/{row.id}/").content.decode()


def test_who_may_only_read_screenings_is_offered_nothing(house: Any, pair: Any) -> None:
    wrong, right = pair
    row = move(house, misfiled(wrong), wrong, right)
    assert f'action="/screenings/{row.id}/' not in read(house, "auditor", f"/screenings/{row.id}/")
    assert charts.client_of(house, "auditor").post(f"/screenings/{row.id}/close", {"conclusion": "x"}).status_code == 403
    assert charts.client_of(house, "coder").get(f"/screenings/{row.id}/").status_code == 403


def test_a_notice_is_completed_by_whom_it_was_given(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    read(house, "clinician", document(wrong, note))
    move(house, note, wrong, right)
    item = WorkItem.objects.get(queue_id="look-again")
    client = charts.client_of(house, "clinician")
    assert "belonged to another patient" in client.get(f"/work/items/{item.id}/").content.decode()
    client.post(f"/work/items/{item.id}/complete", {"revision": 1, "reason": "Nothing rests on it."})
    item.refresh_from_db()
    assert item.state == "done"


def test_somebody_of_one_facility_does_not_learn_the_patient_of_the_other(house: Any, pair: Any) -> None:
    from muniment.accounts import actions as accounts
    from muniment.accounts import queries
    from muniment.accounts.rules import Role
    from support.house import system_actor

    both = accounts.add_user(actor=system_actor(), username="both", family="Both", given="Places")
    accounts.assign_role(actor=system_actor(), user=both, role=Role.TECHNICIAN, facilities=[house.hospital, house.clinic])
    wrong, _ = pair
    patient = charts.add_patient(house.clinic, number="C1", family="Farrell", given="Uma")
    away = charts.add_stay(patient, house.clinic, number="V900")
    note = misfiled(wrong)
    row = move(house, note, wrong, away, actor=queries.actor_for(both))
    there = read(house, "coder", document(wrong, note))
    assert "Entered in error: moved." in there
    assert str(away.id) not in there
    assert "Farrell" not in there.title()
    page = read(house, OFFICER, f"/screenings/{row.id}/")
    assert "FARRELL" not in page
    assert "a patient of a facility you do not work at" in page
