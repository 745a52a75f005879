"""The door: lockout, time-out, second step, one-time passwords, closing, switching roles; each leaves its trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from muniment.accounts import actions
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Refused
from support.house import system_actor
from support.web import client_of

PASSWORD = "plum-harbour-9-lamps"
LOGIN = "/accounts/login/"


@pytest.fixture
def person(house):
    user = actions.add_user(actor=system_actor(), username="k.smith", family="Smith", given="Karen", password=PASSWORD)
    actions.assign_role(actor=system_actor(), user=user, role=Role.TECHNICIAN, facilities=[house.hospital])
    return user


def sign_in(client, password=PASSWORD, username="k.smith"):
    return client.post(LOGIN, {"login": username, "password": password})


def confirm(client):
    """The second steps are changed only by somebody who has just shown who they are."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def is_in(client):
    return client.get("/").status_code == 200


def events(name):
    return LifecycleEvent.objects.filter(name=name)


def test_the_right_password_opens_and_leaves_an_event(person):
    client = Client()
    assert sign_in(client).status_code == 302
    assert is_in(client)
    assert [one.after for one in events("accounts.sign-in")] == [{"outcome": "signed in"}]


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(person):
    client = Client()
    for _ in range(5):
        assert sign_in(client, "wrong").status_code == 200
    locked = sign_in(client)
    assert b"Too many" in locked.content
    assert not is_in(client)
    assert events("accounts.refuse-sign-in").count() >= 5
    assert {one.subject_id for one in events("accounts.refuse-sign-in")} == {str(person.id)}


def test_another_port_in_the_address_is_not_another_count(person):
    for port in range(1, 6):
        sign_in(Client(headers={"host": f"localhost:{port}"}), "wrong")
    locked = sign_in(Client(headers={"host": "localhost:77"}))
    assert b"Too many" in locked.content


def test_without_a_proxy_an_address_a_browser_claims_is_not_counted_for_it(person):
    for number in range(31):
        Client(headers={"x-forwarded-for": f"10.0.0.{number}"}).post(LOGIN, {"login": f"nobody{number}", "password": "wrong"})
    assert sign_in(Client()).status_code == 429


def test_a_refused_name_is_not_kept(person):
    sign_in(Client(), "wrong", username="my-secret-password")
    assert "my-secret" not in str([(one.subject_id, one.after, one.reason) for one in LifecycleEvent.objects.all()])


def test_a_session_ends_when_nothing_is_done_and_lives_on_when_something_is(person):
    client = client_of(person)
    assert is_in(client)
    left = Session.objects.get().expire_date - datetime.now(UTC)
    assert left <= timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(minutes=1))
    assert client.get("/account/keep").content == b"kept"
    assert Session.objects.get().expire_date - datetime.now(UTC) > timedelta(minutes=5)
    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    assert client.get("/").headers["Location"].startswith(LOGIN)


def code_of(secret):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_second_step_is_set_up_and_then_asked_for(person):
    client = Client()
    sign_in(client)
    confirm(client)
    form = client.get("/accounts/mfa/totp/activate/").context["form"]
    assert client.post("/accounts/mfa/totp/activate/", {"code": code_of(form.secret)}).status_code == 302
    other = Client()
    asked = sign_in(other)
    assert asked.headers["Location"].startswith("/accounts/mfa/authenticate/")
    assert not is_in(other)
    assert other.post("/accounts/mfa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(other)
    assert other.post("/accounts/mfa/authenticate/", {"code": code_of(form.secret)}).status_code == 302
    assert is_in(other)


@pytest.mark.parametrize("path", ["", "webauthn/", "webauthn/add/", "totp/activate/"])
def test_the_pages_of_the_second_step_answer(person, path):
    client = Client()
    sign_in(client)
    confirm(client)
    assert client.get(f"/accounts/mfa/{path}").status_code == 200


def test_a_passkey_sign_in_begins_with_a_challenge(db):
    answer = Client().get(
        "/accounts/mfa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}
    )
    assert answer.status_code == 200
    assert "challenge" in str(answer.json())


def test_closing_a_sign_in_ends_its_open_session_at_once(person, house):
    client = client_of(person)
    assert is_in(client)
    actions.set_active(actor=house.actor("administrator"), user=person, active=False, reason="Left the house.")
    assert client.get("/").headers["Location"].startswith(LOGIN)
    again = Client()
    told = again.post(LOGIN, {"login": "k.smith", "password": PASSWORD}, follow=True)
    assert b"closed" in told.content
    assert not is_in(again)


def test_ending_the_last_role_refuses_everything_at_once(person, house):
    client = client_of(person)
    assert client.get("/rules/").status_code == 200
    actions.end_role(actor=house.actor("administrator"), user=person, role=Role.TECHNICIAN, reason="Changed jobs.")
    assert client.get("/rules/").status_code == 403


def test_a_one_time_password_opens_only_the_screen_that_replaces_it(person, house):
    actions.give_one_time_password(actor=house.actor("administrator"), user=person, password="abcd-efgh-jkmn-pqrs")
    client = Client()
    sign_in(client, "abcd-efgh-jkmn-pqrs")
    for path in ("/", "/rules/", "/account/"):
        assert client.get(path).headers["Location"] == "/accounts/password/change/"
    chosen = {"oldpassword": "abcd-efgh-jkmn-pqrs", "password1": PASSWORD + "x", "password2": PASSWORD + "x"}
    assert client.post("/accounts/password/change/", chosen).status_code == 302
    assert is_in(client)
    person.refresh_from_db()
    assert not person.password_is_one_time
    assert events("accounts.choose-password").count() == 1


def test_a_new_one_time_password_ends_open_sessions(person, house):
    client = client_of(person)
    actions.give_one_time_password(actor=house.actor("administrator"), user=person, password="abcd-efgh-jkmn-pqrs")
    assert client.get("/").headers["Location"].startswith(LOGIN)


def test_switching_roles_holds_for_the_session_and_is_a_security_event(person, house):
    actions.assign_role(actor=system_actor(), user=person, role=Role.AUDITOR, facilities=[house.hospital])
    client = client_of(person)
    assert client.get("/staff/").status_code == 403
    client.post("/account/role", {"role": "auditor"})
    assert client.get("/staff/").status_code == 200
    switched = events("accounts.switch-role").get()
    assert (switched.lifecycle, switched.before, switched.after) == ("security", {"role": "technician"}, {"role": "auditor"})
    assert client_of(person).get("/staff/").status_code == 403


def test_a_role_one_does_not_hold_can_not_be_switched_to(person):
    client = client_of(person)
    assert client.post("/account/role", {"role": "administrator"}).status_code == 403
    assert client.post("/account/role", {"role": "emperor"}).status_code == 403
    assert client.get("/staff/").status_code == 403


def test_nobody_changes_their_own_access(house):
    administrator, user = house.actor("administrator"), house.users["administrator"]
    with pytest.raises(Refused, match="for themselves"):
        actions.assign_role(actor=administrator, user=user, role=Role.CODER, facilities=[house.hospital])
    with pytest.raises(Refused, match="for themselves"):
        actions.end_role(actor=administrator, user=user, role=Role.ADMINISTRATOR, reason="x")
    with pytest.raises(Refused, match="for themselves"):
        actions.set_active(actor=administrator, user=user, active=False, reason="x")


def test_nobody_assigns_beyond_their_facilities(house, person):
    with pytest.raises(Refused, match="Test Clinic"):
        actions.assign_role(actor=house.actor("administrator"), user=person, role=Role.CODER, facilities=[house.clinic])


def test_people_of_other_facilities_are_not_the_actors_to_change(house):
    other = actions.add_user(actor=system_actor(), username="far", family="Far", given="Fay")
    actions.assign_role(actor=system_actor(), user=other, role=Role.CODER, facilities=[house.clinic])
    with pytest.raises(Refused, match="none of your facilities"):
        actions.set_active(actor=house.actor("administrator"), user=other, active=False, reason="x")
    assert client_of(house.users["administrator"]).get(f"/staff/{other.id}/").status_code == 403


def test_the_page_of_a_closed_address_is_ours_and_says_when_it_opens(person):
    for number in range(31):
        answer = Client().post(LOGIN, {"login": f"nobody{number}", "password": "wrong"})
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "within 15 minutes" in text
    assert 'class="sheet"' in text
