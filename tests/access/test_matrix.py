"""Every endpoint × every role, from the access table: what it does not grant is refused at the door, what it grants is not."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from muniment.access.middleware import OPEN, SIGNED_IN
from muniment.access.rules import Category, Grade, grade, matrix
from muniment.accounts.rules import Role
from support.web import client_of

NOBODY = UUID("018f0000-0000-7000-8000-000000000000")
# What stands in for each parameter of an address. An address with another one fails here until it gets a value.
PARAMETERS = {
    "kind": "day", "day": "2026-10-01", "code": "quarantine", "name": "release", "number": 1, "answer": "same", "pk": 1, "lane": 0, "sequence": 1, "version": 1, "publication": "icd-10-cm-index",
    **dict.fromkeys(
        (
            "item_id", "user_id", "person_id", "match_id", "encounter_id", "entry_id", "patient_id", "deficiency_id", "input_id",
            "event_id", "version_id", "abstract_id", "facility_id", "production_id", "batch_id", "document_id", "lot_id", "volume_id", "channel_id", "run_id", "move_id", "receiver_id", "finding_id", "suspension_id", "absence_id", "downtime_id", "pack_id", "review_id", "draw_id", "action_id", "query_id", "hold_id", "audit_id",
        ),
        NOBODY,
    ),
}  # fmt: skip
# The endpoints that need no role. Nothing else may do without a declared need.
NEEDLESS = {"day", "mine-account", "mine-role", "mine-keys", "mine-keep", "ui-gallery", "ui-screen"}
REFUSED = "Your role may not open"


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


ENDPOINTS = [one for one in patterns() if not (one.name or "").startswith(OPEN)]


def address(pattern: URLPattern) -> str:
    return reverse(pattern.name, kwargs={name: PARAMETERS[name] for name in pattern.pattern.converters})


def need(pattern: URLPattern):
    return getattr(pattern.callback, "needs", None)


def test_every_endpoint_has_a_name_and_can_be_walked():
    assert [str(one.pattern) for one in patterns() if not one.name] == []
    missing = {name for one in ENDPOINTS for name in one.pattern.converters if name not in PARAMETERS}
    assert missing == set(), "give these parameters a value in PARAMETERS"


def test_only_the_named_endpoints_do_without_a_need():
    assert {one.name for one in ENDPOINTS if need(one) is None} == NEEDLESS
    assert all(name.startswith(SIGNED_IN) for name in NEEDLESS)


def test_what_is_open_before_sign_in_is_the_sign_in_librarys():
    opened = [one for one in patterns() if (one.name or "").startswith(OPEN)]
    assert [one.name for one in opened if not one.callback.__module__.startswith("allauth.")] == []


def test_every_need_is_of_the_table():
    for one in ENDPOINTS:
        if need(one) is not None:
            assert Category(need(one)[0]) in Category
            assert Grade(need(one)[1]) in (Grade.READ, Grade.WRITE)


def test_the_table_speaks_of_every_role_and_category():
    assert set(matrix()) == {(role.value, category) for role in Role for category in Category}


@pytest.mark.parametrize("pattern", ENDPOINTS, ids=lambda one: one.name)
def test_before_sign_in_every_endpoint_leads_to_the_door(db, pattern):
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address(pattern))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", list(Role))
def test_the_table_decides(house, role):
    client = client_of(house.users[role])
    client.raise_request_exception = False
    wrong = []
    for pattern in ENDPOINTS:
        wanted = need(pattern)
        granted = wanted is None or grade(role, Category(wanted[0])) >= wanted[1]
        for method in ("get", "post"):
            if method == "post" and pattern.name in ("mine-role",):
                continue  # an empty form is refused with a sentence of its own
            answer = getattr(client, method)(address(pattern))
            shut = answer.status_code == 403 and REFUSED in answer.content.decode()
            if shut == granted or answer.status_code >= 500:
                wrong.append((pattern.name, method, answer.status_code))
            if granted and not pattern.pattern.converters and method == "get" and answer.status_code == 403:
                wrong.append((pattern.name, method, "refused though granted"))
    assert wrong == []


def test_a_view_that_declares_nothing_is_refused_to_everybody(house, settings):
    settings.ROOT_URLCONF = "support.forgotten_urls"
    client = client_of(house.users["administrator"])
    assert client.get("/forgotten").status_code == 403


def test_somebody_without_a_role_is_refused_everything_that_needs_one(house):
    from muniment.accounts import actions
    from support.house import system_actor

    client = client_of(actions.add_user(actor=system_actor(), username="none", family="None", given="Nil"))
    assert [one.name for one in ENDPOINTS if need(one) and client.get(address(one)).status_code != 403] == []
