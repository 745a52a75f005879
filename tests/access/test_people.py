"""People on screen: list, search, add with a one-time password, assign, end, close; my account; the access table."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from muniment.access.rules import MEANINGS, Category, grade
from muniment.accounts import actions, queries
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from support.house import system_actor
from support.web import client_of

NEW = {"family": "Okafor", "given": "Ines", "credential": "RHIA", "username": "i.okafor"}


@pytest.fixture
def administrator(house):
    return client_of(house.users["administrator"])


def add(client, house, **more):
    return client.post("/staff/add", NEW | {"role": "coder", "facilities": [str(house.hospital.id)]} | more)


def names(page):
    return [row.user.username for row in page.context["rows"]]


def test_everybody_of_the_actors_facilities_is_listed(house, administrator):
    page = administrator.get("/staff/")
    assert set(names(page)) == {role.value for role in Role}
    assert page.context["page"].total == len(Role)


def test_people_are_found_by_name_role_and_state(house, administrator):
    actions.set_active(actor=house.actor("administrator"), user=house.users["coder"], active=False, reason="On leave.")
    assert names(administrator.get("/staff/", {"q": "coder"})) == []
    assert names(administrator.get("/staff/", {"q": "coder", "state": "closed"})) == ["coder"]
    assert names(administrator.get("/staff/", {"role": "auditor"})) == ["auditor"]


def test_a_person_is_added_and_the_password_shown_once(house, administrator):
    page = add(administrator, house)
    password = re.search(r'<dd class="mono">(\S{4}-\S{4}-\S{4}-\S{4})</dd>', page.content.decode()).group(1)
    user = User.objects.get(username="i.okafor")
    assert queries.roles_of(user) == [Role.CODER]
    assert password not in administrator.get(f"/staff/{user.id}/").content.decode()
    client = Client()
    assert client.post("/accounts/login/", {"login": "i.okafor", "password": password}).status_code == 302
    assert client.get("/").headers["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("username", "I Okafor", "small letters"), ("username", "coder", "taken"), ("facilities", [], "required")],
)
def test_who_can_not_be_added_is_told_why_and_nobody_is_made(house, administrator, field, value, says):
    page = add(administrator, house, **{field: value})
    assert page.status_code == 422
    assert says.lower() in (str(page.context["who"].errors) + str(page.context["where"].errors)).lower()
    assert User.objects.count() == len(Role)


def test_a_facility_that_is_not_the_administrators_is_no_choice(house, administrator):
    page = add(administrator, house, facilities=[str(house.clinic.id)])
    assert page.status_code == 422
    assert not User.objects.filter(username="i.okafor").exists()


def test_roles_are_assigned_and_ended_with_a_reason(house, administrator):
    coder = house.users["coder"]
    administrator.post(f"/staff/{coder.id}/assign", {"role": "technician", "facilities": [str(house.hospital.id)]})
    assert queries.roles_of(coder) == [Role.TECHNICIAN, Role.CODER]
    assert administrator.post(f"/staff/{coder.id}/end", {"role": "coder", "reason": ""}).status_code == 422
    administrator.post(f"/staff/{coder.id}/end", {"role": "coder", "reason": "Moved to the front desk."})
    assert queries.roles_of(coder) == [Role.TECHNICIAN]
    page = administrator.get(f"/staff/{coder.id}/").content.decode()
    assert "Moved to the front desk." in page


def test_a_sign_in_is_closed_and_opened_again(house, administrator):
    coder = house.users["coder"]
    administrator.post(f"/staff/{coder.id}/close", {"reason": "Left."})
    coder.refresh_from_db()
    assert not coder.is_active
    administrator.post(f"/staff/{coder.id}/open", {"reason": "Came back."})
    coder.refresh_from_db()
    assert coder.is_active


def test_ones_own_page_offers_no_change_and_says_why(house, administrator):
    own = house.users["administrator"]
    page = administrator.get(f"/staff/{own.id}/").content.decode()
    assert "Nobody changes their own roles" in page
    assert administrator.post(f"/staff/{own.id}/close", {"reason": "x"}).status_code == 403


def test_who_only_reads_sees_people_without_buttons(house):
    auditor = client_of(house.users["auditor"])
    page = auditor.get(f"/staff/{house.users['coder'].id}/").content.decode()
    assert "<button" not in page.split("<main")[1].split("</main>")[0]
    assert auditor.get("/staff/add").status_code == 403


def test_my_account_shows_roles_and_switches_keys(house):
    client, user = client_of(house.users["coder"]), house.users["coder"]
    assert "you act under this role" in client.get("/account/").content.decode()
    client.post("/account/keys", {"on": "0"})
    user.refresh_from_db()
    assert not user.single_keys
    assert 'data-keys="off"' in client.get("/account/").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_the_access_table_as_the_software_reads_it(house, role):
    page = client_of(house.users[role]).get("/access/")
    assert page.status_code == 200
    words = {0: "", 1: "sees", 2: "changes"}
    assert page.context["heads"] == [(one.label, one == role) for one in Role]
    for (name, meaning, cells), category in zip(page.context["rows"], Category, strict=True):
        assert (name.replace(" ", "-").lower(), meaning) == (category.value, MEANINGS[category])
        assert [said for said, _ in cells] == [words[grade(one, category)] for one in Role]


def test_the_frame_names_the_facility_and_the_clock_is_the_facilitys(house):
    page = client_of(house.users["coder"]).get("/account/").content.decode()
    assert "Test Hospital" in page


def test_somebody_without_a_facility_is_seen_by_every_administrator(house, administrator):
    actions.add_user(actor=system_actor(), username="new", family="New", given="Nora")
    assert "new" in names(administrator.get("/staff/"))


def works_at_the_clinic_too(house, username="coder", role=Role.CODER):
    user = house.users[username]
    actions.assign_role(actor=system_actor(), user=user, role=role, facilities=[house.clinic])
    return user


def test_a_password_is_not_given_by_somebody_who_could_not_go_where_it_opens(house, administrator):
    coder = works_at_the_clinic_too(house)
    before = User.objects.get(id=coder.id).password
    page = administrator.post(f"/staff/{coder.id}/password")
    assert page.status_code == 403
    assert "also works where you do not" in page.content.decode()
    assert User.objects.get(id=coder.id).password == before


def test_a_role_ends_only_where_the_administrator_works(house, administrator):
    coder = works_at_the_clinic_too(house)
    administrator.post(f"/staff/{coder.id}/end", {"role": "coder", "reason": "Moved."})
    left = coder.assignments.filter(until__isnull=True)
    assert [one.facility_id for one in left] == [house.clinic.id]
