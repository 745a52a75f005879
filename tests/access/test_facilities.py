"""Facilities on screen: listed, opened, called by other codes; and the sign-in that is a practitioner."""

from __future__ import annotations

import pytest

from muniment.accounts import actions
from muniment.accounts.models import Assignment, Facility, Practitioner
from muniment.audit.models import LifecycleEvent
from support.house import system_actor
from support.web import client_of

pytestmark = pytest.mark.django_db
SAID = {"name": "North Clinic", "code": "NORTH", "kind": "clinic", "zone": "America/Chicago", "aliases": "NC, N1"}


@pytest.fixture
def administrator(house):
    return client_of(house.users["administrator"])


def test_the_facilities_are_listed_with_what_they_go_by(house, administrator):
    body = administrator.get("/facilities/").content.decode()
    for words in ("Test Hospital", "HOSP", "MAIN", "America/New_York", "Test Clinic"):
        assert words in body


def test_a_facility_is_opened_and_its_opener_is_its_first_administrator(house, administrator):
    answer = administrator.post("/facilities/open", SAID, follow=True)
    opened = Facility.objects.get(code="NORTH")
    assert (opened.zone, opened.aliases) == ("America/Chicago", ["NC", "N1"])
    assert Assignment.objects.filter(
        user=house.users["administrator"], role="administrator", facility=opened, until=None
    ).exists()
    assert LifecycleEvent.objects.filter(name="accounts.open-facility", actor_id=house.actor("administrator").id).count() == 1
    assert "You are its first administrator" in answer.content.decode()
    assert "Add a code" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "HOSP"}, "“HOSP” means Test Hospital already."),
        ({"code": "MAIN"}, "“MAIN” means Test Hospital already."),
        ({"aliases": "NC, MAIN"}, "“MAIN” means Test Hospital already."),
        ({"code": "two words"}, "without spaces"),
        ({"zone": "Mars/Base"}, "“Mars/Base” is not a time zone."),
        ({"name": ""}, "Name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_opened(house, administrator, change, sentence):
    answer = administrator.post("/facilities/open", SAID | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("&quot;", '"')
    assert Facility.objects.count() == 2


def test_a_code_of_messages_is_added_where_one_works(house, administrator):
    administrator.post(f"/facilities/{house.hospital.id}/alias", {"alias": "FAR"})
    assert Facility.objects.get(id=house.hospital.id).aliases == ["FAR", "MAIN"]
    taken = administrator.post(f"/facilities/{house.hospital.id}/alias", {"alias": "CLIN"})
    assert (taken.status_code, "means Test Clinic already" in taken.content.decode()) == (422, True)
    elsewhere = administrator.post(f"/facilities/{house.clinic.id}/alias", {"alias": "C2"})
    assert elsewhere.status_code == 403
    assert "You do not work here" in administrator.get(f"/facilities/{house.clinic.id}/").content.decode()


@pytest.fixture
def stone(house):
    return actions.list_practitioner(
        actor=system_actor(), family="Stone", given="Ada", identifiers=[("NPI", "1234567893")], credential="MD"
    )


def test_a_sign_in_is_linked_to_a_practitioner_and_the_link_is_taken_away(house, administrator, stone):
    person = f"/staff/{house.users['clinician'].id}/"
    body = administrator.post(
        person + "practitioner/link", {"practitioner": "1234567893", "reason": "New attending"}, follow=True
    ).content.decode()
    assert Practitioner.objects.get(id=stone.id).user == house.users["clinician"]
    assert "signs as Ada Stone, MD now" in body
    assert "NPI 1234567893" in body
    assert "New attending" in body
    administrator.post(person + "practitioner/unlink", {"reason": "Left the house"})
    assert Practitioner.objects.get(id=stone.id).user is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("9999", "nobody of the number or name “9999”"), ("Stone", "Several are meant"), ("", "Practitioner")],
)
def test_whom_a_number_or_name_does_not_mean_is_said(house, administrator, stone, typed, sentence):
    actions.list_practitioner(actor=system_actor(), family="Stone", given="Ben", identifiers=[("NPI", "1234567801")])
    answer = administrator.post(
        f"/staff/{house.users['clinician'].id}/practitioner/link", {"practitioner": typed, "reason": "New attending"}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_one_practitioner_has_one_sign_in_and_nobody_links_themselves(house, administrator, stone):
    said = {"practitioner": "Stone, Ada", "reason": "They are one"}
    administrator.post(f"/staff/{house.users['clinician'].id}/practitioner/link", said)
    second = administrator.post(f"/staff/{house.users['coder'].id}/practitioner/link", said)
    assert (second.status_code, "has a sign-in already" in second.content.decode()) == (422, True)
    own = administrator.post(f"/staff/{house.users['administrator'].id}/practitioner/link", said)
    assert own.status_code == 403
