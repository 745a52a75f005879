"""A person's page: what each source record says, its numbers, the stays, and how the records came together."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from support.charts import add_patient, add_stay, client_of
from support.house import system_actor
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked

QUERIES = [
    *SIGNED_IN,
    "SELECT identity_patient",  # the person's records
    "SELECT accounts_facility",  # names of the viewer's, numbers of the others
    "SELECT identity_identifier",
    *EVENT,
    "SELECT encounters_encounter",  # the stays
    "SELECT identity_link",
    "SELECT audit_event",  # who linked
    *GOODBYE,
]


@pytest.fixture
def merged(house: Any) -> tuple[Any, Any]:
    from muniment.identity import actions

    survivor = add_patient(house.hospital)
    retired = add_patient(house.hospital, number="0055", given="Adah")
    actions.merge(
        actor=system_actor(), survivor_id=survivor.id, retired_id=retired.id, reason="Merged by the registration system"
    )
    return survivor, retired


def test_each_record_says_what_its_source_said(house: Any, merged: tuple[Any, Any]) -> None:
    survivor, _ = merged
    body = client_of(house, "technician").get(f"/people/{survivor.person_id}/").content.decode()
    assert "2 source records, linked as one person" in body
    for words in ("Record 0042213 (HOSP)", "Record 0055 (HOSP)", "Adah", "Test Hospital", "Merged into 0042213 (HOSP)"):
        assert words in body


def test_the_history_says_who_when_and_why(house: Any, merged: tuple[Any, Any]) -> None:
    survivor, _ = merged
    events = client_of(house, "technician").get(f"/people/{survivor.person_id}/").context["events"]
    assert events[0].what == "Merged into another record: 0055 (HOSP)"
    assert events[0].why == "Merged by the registration system"
    assert events[0].who == "test"
    assert len(events) == 3


def test_stays_lead_to_their_charts(house: Any) -> None:
    patient = add_patient(house.hospital)
    stay = add_stay(patient, house.hospital)
    body = client_of(house, "technician").get(f"/people/{patient.person_id}/").content.decode()
    assert f'href="/charts/{stay.id}/"' in body
    assert "3 Mar 2026 – 7 Mar 2026" in body


def test_another_facilitys_person_and_nobody_are_refused_alike(house: Any) -> None:
    theirs = add_patient(house.clinic, number="77")
    client = client_of(house, "technician")
    answers = [client.get(f"/people/{one}/") for one in (theirs.person_id, uuid4())]
    assert [one.status_code for one in answers] == [403, 403]
    assert all("There is nobody here that you may see." in one.content.decode() for one in answers)


def test_another_facilitys_record_of_the_same_person_stays_hidden(house: Any) -> None:
    from muniment.identity import actions

    ours, theirs = add_patient(house.hospital), add_patient(house.clinic, number="77", given="Adah")
    actions.merge(actor=system_actor(), survivor_id=ours.id, retired_id=theirs.id, reason="A40")
    body = client_of(house, "technician").get(f"/people/{ours.person_id}/").content.decode()
    assert "Adah" not in body


def test_opening_leaves_an_access_event(house: Any) -> None:
    from muniment.audit.models import LifecycleEvent

    patient = add_patient(house.hospital)
    client_of(house, "technician").get(f"/people/{patient.person_id}/")
    event = LifecycleEvent.objects.get(name="identity.view")
    assert (event.lifecycle, event.patient_id) == ("access", patient.id)


@pytest.mark.parametrize("role", ["coder", "researcher", "auditor"])
def test_roles_without_identity_are_refused(house: Any, role: str) -> None:
    assert client_of(house, role).get(f"/people/{add_patient(house.hospital).person_id}/").status_code == 403


def test_the_flags_stand_in_the_banner_in_words(house: Any) -> None:
    patient = add_patient(house.hospital, flags=frozenset({"vip", "test"}), deceased=True, deceased_at="2026-03-04")
    body = client_of(house, "technician").get(f"/people/{patient.person_id}/").content.decode()
    for words in ("VIP", "Test patient", "Deceased 4 Mar 2026", "died at 82 y"):
        assert words in body


def test_the_page_takes_these_queries(house: Any, merged: tuple[Any, Any]) -> None:
    survivor, _ = merged
    for number in range(12):
        add_stay(survivor, house.hospital, number=f"V{number}")
    client = client_of(house, "technician")
    assert asked(lambda: client.get(f"/people/{survivor.person_id}/")) == QUERIES


def test_another_facilitys_numbers_and_name_are_not_shown_but_said_to_be_there(house: Any) -> None:
    from muniment.identity import actions
    from muniment.identity.actions import Number

    patient = add_patient(house.clinic, number="0042213")
    actions.update(
        actor=system_actor(), patient_id=patient.id, numbers=[Number("CLIN", "C-777", "MR"), Number("CLIN", "C-778", "PI")]
    )
    add_stay(patient, house.hospital)
    body = client_of(house, "technician").get(f"/people/{patient.person_id}/").content.decode()
    assert "C-777" not in body
    assert "Test Clinic" not in body
    assert "2 numbers at facilities you do not work for." in body
    assert "0042213" in body
    found = client_of(house, "technician").get("/find", {"q": "okonjo"}).content.decode()
    assert "C-777" not in found
