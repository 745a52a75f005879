"""The attacker holds the application's database password and nothing else: what they write by SQL opens no door."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client

from muniment.accounts import actions, queries, seals, sessions
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Refused
from support.house import system_actor
from support.web import client_of

pytestmark = pytest.mark.forges
PASSWORD, FORGED = "plum-harbour-9-lamps", "forged-harbour-9-lamps"
LOGIN = "/accounts/login/"


def sql(statement, values=()):
    """As the application's login would write it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "muniment_app"
        cursor.execute(statement, values)


@pytest.fixture
def person(house):
    user = actions.add_user(actor=system_actor(), username="k.smith", family="Smith", given="Karen", password=PASSWORD)
    actions.assign_role(actor=system_actor(), user=user, role=Role.TECHNICIAN, facilities=[house.hospital])
    return user


def sign_in(password=PASSWORD, username="k.smith"):
    client = Client()
    return client, client.post(LOGIN, {"login": username, "password": password})


def is_in(client):
    return client.get("/").status_code == 200


def refusals():
    return list(LifecycleEvent.objects.filter(name="accounts.refuse-seal").values_list("subject_id", flat=True))


def test_what_was_written_by_actions_opens(person):
    client, answer = sign_in()
    assert (answer.status_code, is_in(client), list(seals.faults()), refusals()) == (302, True, [], [])


def test_a_password_written_by_sql_opens_nothing_and_is_told(person):
    sql("UPDATE accounts_user SET password = %s WHERE id = %s", [make_password(FORGED), person.id])
    client, answer = sign_in(FORGED)
    assert answer.status_code == 403
    assert b"changed outside Muniment" in answer.content
    assert not is_in(client)
    assert refusals() == [str(person.id)]


def test_a_user_written_by_sql_opens_nothing(house):
    sql(
        "INSERT INTO accounts_user (id, username, password, email, family, given, credential, is_active, single_keys,"
        " password_is_one_time, created_at) VALUES (%s, 'mallory', %s, '', 'M', 'M', '', true, true, false, now())",
        [uuid4(), make_password(FORGED)],
    )
    client, answer = sign_in(FORGED, "mallory")
    assert (answer.status_code, is_in(client)) == (403, False)


FORGERIES = {
    "a role added": "INSERT INTO accounts_assignment (id, user_id, role, facility_id, since)"
    " SELECT gen_random_uuid(), user_id, 'administrator', facility_id, now() FROM accounts_assignment WHERE user_id = %s",
    "a role changed": "UPDATE accounts_assignment SET role = 'administrator' WHERE user_id = %s",
    "a facility changed": "UPDATE accounts_assignment SET facility_id = (SELECT id FROM accounts_facility WHERE code = 'CLIN')"
    " WHERE user_id = %s",
    "another name": "UPDATE accounts_user SET family = 'Jones' WHERE id = %s",
    "no longer one-time": "UPDATE accounts_user SET password_is_one_time = NOT password_is_one_time WHERE id = %s",
    "somebody else's practitioner": "INSERT INTO accounts_practitioner (id, family, given, credential, specialty, user_id)"
    " VALUES (gen_random_uuid(), 'Foe', '', '', '', %s)",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_written_by_sql_ends_all_power_at_once(person, name):
    client = client_of(person)
    assert is_in(client)
    sql(FORGERIES[name], [person.id])
    assert client.get("/").headers["Location"].startswith(LOGIN)
    actor = queries.actor_for(person)
    assert (actor.role, actor.facilities) == ("", frozenset())
    assert [user.id for user, _ in seals.faults()] == [person.id]
    assert refusals() == [str(person.id)]


def test_a_closed_sign_in_can_not_be_opened_by_sql(person):
    actions.set_active(actor=system_actor(), user=person, active=False, reason="Left.")
    sql("UPDATE accounts_user SET is_active = true WHERE id = %s", [person.id])
    assert not is_in(sign_in()[0])


def test_yesterdays_rows_do_not_fit_todays_seal(person):
    """An ended role restored exactly as it was sealed before."""
    actions.end_role(actor=system_actor(), user=person, role=Role.TECHNICIAN, reason="Changed jobs.")
    sql("UPDATE accounts_assignment SET until = NULL WHERE user_id = %s", [person.id])
    assert queries.actor_for(person).role == ""


@pytest.mark.parametrize(
    "statement", ["DELETE FROM accounts_seal", "UPDATE accounts_seal SET revision = 9", "TRUNCATE accounts_seal"]
)
def test_a_seal_can_not_be_taken_back(person, statement):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)


def test_an_old_seal_under_a_new_revision_does_not_hold(person):
    sql(
        "INSERT INTO accounts_seal (user_id, revision, mac, steps, at)"
        " SELECT user_id, revision + 10, mac, steps, at FROM accounts_seal WHERE user_id = %s",
        [person.id],
    )
    assert seals.trusted(person.id) is None


def test_an_action_does_not_seal_what_was_forged_before_it(person):
    sql(FORGERIES["a role added"], [person.id])
    with pytest.raises(Refused, match="outside Muniment"), transaction.atomic():
        actions.set_active(actor=system_actor(), user=person, active=True, reason="x")
    assert queries.actor_for(person).role == ""


STEP = (
    "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', %s, now())",
    json.dumps({"name": "mine", "credential": {}}),
)


def activate(client):
    """Sets up one-time codes; returns the secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    form = client.get("/accounts/mfa/totp/activate/").context["form"]
    from accounts.test_door import code_of

    assert client.post("/accounts/mfa/totp/activate/", {"code": code_of(form.secret)}).status_code == 302
    return form.secret


def test_a_second_step_written_by_sql_signs_nobody_in(person):
    sql(STEP[0], [person.id, STEP[1]])
    assert seals.trusted(person.id, whole=True) is None
    assert [why for _, why in seals.faults()] == [seals.STEPS]


def test_a_second_step_taken_away_by_sql_lets_nobody_in_without_it(person):
    activate(sign_in()[0])
    assert list(seals.faults()) == []
    sql("DELETE FROM mfa_authenticator WHERE user_id = %s", [person.id])
    client, answer = sign_in()
    assert (answer.status_code, is_in(client)) == (403, False)


def test_setting_up_a_second_step_does_not_seal_a_forged_one(person):
    client = sign_in()[0]
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    form = client.get("/accounts/mfa/totp/activate/").context["form"]
    sql(STEP[0], [person.id, STEP[1]])
    from accounts.test_door import code_of

    assert client.post("/accounts/mfa/totp/activate/", {"code": code_of(form.secret)}).status_code == 403
    assert seals.trusted(person.id, whole=True) is None


def test_second_steps_set_up_and_removed_by_their_owner_leave_events_and_hold(person):
    client = sign_in()[0]
    activate(client)
    assert client.post("/accounts/mfa/totp/deactivate/").status_code == 302
    assert list(seals.faults()) == []
    counts = LifecycleEvent.objects.filter(name="accounts.change-second-step").values_list("after", flat=True)
    assert {"second steps": 0} in list(counts)


def test_the_table_of_sessions_opens_none(person):
    client = client_of(person)
    kept = Session.objects.get()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept.session_key
    assert not is_in(thief)
    assert kept.session_key == sessions.kept_as(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_anothers_session_data_under_ones_own_key_is_refused(person, house):
    sessions._said.forget()
    victim, thief = client_of(house.users["administrator"]), client_of(person)
    taken = sessions.kept_as(victim.cookies[settings.SESSION_COOKIE_NAME].value)
    own = sessions.kept_as(thief.cookies[settings.SESSION_COOKIE_NAME].value)
    sql(
        "UPDATE django_session SET session_data = (SELECT session_data FROM django_session WHERE session_key = %s)"
        " WHERE session_key = %s", [taken, own],
    )  # fmt: skip
    assert not is_in(thief)
    assert refusals() == ["unknown"]


def test_a_session_written_by_hand_under_a_plain_hash_is_refused(person):
    import hashlib

    from django.contrib.sessions.backends.db import SessionStore

    data = SessionStore().encode({"_auth_user_id": str(person.id)})
    for kept in ("a" * 32, hashlib.sha256(b"a" * 32).hexdigest()[:40]):
        sql("INSERT INTO django_session VALUES (%s, %s, now() + interval '1 day')", [kept, data])
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert not is_in(client)


def test_a_session_kept_alive_by_sql_ends_all_the_same(person, monkeypatch):
    client = client_of(person)
    sql("UPDATE django_session SET expire_date = now() + interval '1 year'")
    assert is_in(client)
    monkeypatch.setattr(settings, "SESSION_COOKIE_AGE", -10)
    assert not is_in(client)


def test_the_command_line_names_what_does_not_hold_and_seals_it_again(person, monkeypatch):
    from muniment.cli import staff

    monkeypatch.setattr(staff, "set_up", lambda: None)
    run = CliRunner().invoke
    assert run(staff.command, ["verify"]).exit_code == 0
    sql(FORGERIES["another name"], [person.id])
    told = run(staff.command, ["verify"])
    assert (told.exit_code, str(person.id) in told.output, "k.smith" in told.output) == (1, True, True)
    assert run(staff.command, ["reseal", "k.smith", "--reason", "Looked at it."]).exit_code == 0
    assert run(staff.command, ["verify"]).exit_code == 0
    assert queries.actor_for(person).role == "technician"


def test_nobody_seals_again_from_a_screen(person, house):
    with pytest.raises(Refused, match="command line"):
        actions.seal_again(actor=house.actor("administrator"), user=person, reason="x")


def test_a_link_to_a_practitioner_made_by_an_action_holds(person, house):
    found = actions.list_practitioner(actor=system_actor(), family="Stone", given="Ada", identifiers=[("NPI", "1")])
    actions.link_practitioner(actor=house.actor("administrator"), practitioner=found, user=person, reason="Is she.")
    assert list(seals.faults()) == []
    actions.unlink_practitioner(actor=house.actor("administrator"), user=person, reason="Left.")
    assert list(seals.faults()) == []
