"""Of two who write at the same moment what may exist only once, the second reads a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.urls import reverse

from muniment.accounts import actions as accounts
from muniment.accounts.models import Facility, User
from muniment.audit.models import LifecycleEvent
from muniment.channels import actions as channels
from muniment.channels.actions import Setup
from muniment.channels.models import Channel
from muniment.channels.rules import Kind
from muniment.core import conflicts
from muniment.core.actions import unit_of_work
from muniment.forms.models import Form
from muniment.kernel.errors import Conflict
from support.house import system_actor
from support.web import client_of


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Callable[[type], None]:
    """Somebody else writes the very same row between an action's question and its own writing."""

    def at_once(model: type) -> None:
        save = model.save  # type: ignore[attr-defined]

        def overtaken(row: Any, *given: Any, **named: Any) -> None:
            other = model(
                **{one.attname: getattr(row, one.attname) for one in model._meta.concrete_fields if not one.primary_key}
            )  # type: ignore[attr-defined]
            save(other, force_insert=True)
            save(row, *given, **named)

        monkeypatch.setattr(model, "save", overtaken)

    return at_once


def test_a_channel_of_the_same_name(house: Any, first: Callable[[type], None]) -> None:
    first(Channel)
    with pytest.raises(Conflict, match="has just set up a channel of this name; nothing of yours was written"):
        channels.open_channel(actor=house.actor("database-administrator"), name="lab", setup=Setup(kind=Kind.LINE))
    assert not Channel.objects.exists()
    assert not LifecycleEvent.objects.filter(name="channels.open").exists()


def test_what_was_typed_stays_on_the_page(house: Any, first: Callable[[type], None]) -> None:
    first(Channel)
    client = client_of(house.users["database-administrator"])
    answer = client.post(reverse("channels-new"), {"name": "lab-seven", "kind": "line", "origin": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "has just set up a channel of this name" in page and 'value="lab-seven"' in page


def test_a_form_of_the_same_number(house: Any, first: Callable[[type], None]) -> None:
    first(Form)
    client = client_of(house.users["administrator"])
    said = {
        "number": "C-1", "title": "Consent", "type_code": "34746-8", "medium": "paper form", "owner": "Health records", "changes": "The first",
        "layout": "# Consent", "follows": "0", "effective_from": "2026-11-01", "facility": "all",
    }  # fmt: skip
    answer = client.post(reverse("forms-new"), said)
    assert answer.status_code == 422
    assert "has just begun a form of this number" in answer.content.decode()
    assert not Form.objects.exists()


def test_a_user_name(house: Any, first: Callable[[type], None]) -> None:
    first(User)
    with pytest.raises(Conflict, match="user name"):
        accounts.add_user(actor=system_actor(), username="twice", given="Tess", family="Twice")


def test_where_nobody_says_more_there_is_a_sentence_all_the_same(
    house: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(*_: Any, **__: Any) -> None:
        with unit_of_work(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO accounts_facility SELECT * FROM accounts_facility WHERE id = %s", [house.hospital.id])

    monkeypatch.setattr("muniment.channels.web.views.board.queries.board", twice)
    answer = client_of(house.users["administrator"]).get(reverse("channels-board"))
    assert answer.status_code == 409
    assert conflicts.SOMETHING in answer.content.decode()


def test_whoever_tries_again_still_knows_it_by_its_kind(house: Any, first: Callable[[type], None]) -> None:
    first(Channel)
    with pytest.raises(IntegrityError) as caught:
        channels.open_channel(actor=house.actor("database-administrator"), name="lab", setup=Setup(kind=Kind.LINE))
    assert isinstance(caught.value, conflicts.Overtaken)


def test_what_is_refused_for_another_reason_is_no_conflict(house: Any) -> None:
    with pytest.raises(IntegrityError) as caught, conflicts.told(), unit_of_work():
        Facility.objects.filter(id=house.hospital.id).update(code=None)
    assert not isinstance(caught.value, Conflict)


@pytest.mark.django_db
def test_each_constraint_that_has_words_is_there() -> None:
    """A name that was mistyped, or that a migration changed, would be silent for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'i'")
        there = {name for (name,) in cursor.fetchall()}
    assert apps.ready and conflicts._words
    assert set(conflicts._words) <= there
