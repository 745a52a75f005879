"""One item on screen: facts and history, each step, and the second person who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from support.charts import client_of
from support.house import system_actor
from support.queries import GOODBYE, SIGNED_IN, asked

QUERIES = [
    *SIGNED_IN,
    "SELECT work_item",
    "SELECT accounts_facility",
    "SELECT accounts_user",  # colleagues to assign it to
    "SELECT accounts_user",
    "SELECT work_step",
    *GOODBYE,
]


@pytest.fixture
def item(house: Any) -> Any:
    from muniment.work import actions
    from muniment.work.actions import NewItem

    actions.define_queue(
        actor=system_actor(), code="front-desk", name="Front desk", definition="Questions.", pools=["technician"]
    )
    new = NewItem(
        queue="front-desk",
        subject=("question", "1"),
        title="Where is the form?",
        reason="Asked at the desk",
        facility_id=house.hospital.id,
    )
    return actions.create(actor=system_actor(), items=[new])[0]


def now(item: Any) -> Any:
    from muniment.work.models import WorkItem

    return WorkItem.objects.get(id=item.id)


def take(house: Any, item: Any, role: str, step: str, **said: Any) -> Any:
    return client_of(house, role).post(f"/work/items/{item.id}/{step}", {"revision": now(item).revision} | said)


def test_facts_and_history_are_shown(house: Any, item: Any) -> None:
    body = client_of(house, "technician").get(f"/work/items/{item.id}/").content.decode()
    for words in (
        "Where is the form?",
        "Asked at the desk",
        "Front desk",
        "Test Hospital",
        "Came into the queue",
        "nobody yet",
    ):
        assert words in body


def test_take_and_put_back(house: Any, item: Any) -> None:
    assert take(house, item, "technician", "take").status_code == 302
    assert now(item).owner_id == house.actor("technician").id
    assert take(house, item, "technician", "release", reason="Lunch").status_code == 302
    assert (now(item).owner_id, now(item).state) == (None, "open")


@pytest.mark.parametrize("until", ["+3", "tomorrow", "14 Mar 2099", "3/14/2099", "2099-03-14"])
def test_defer_until_a_day_as_people_write_it(house: Any, item: Any, until: str) -> None:
    assert take(house, item, "technician", "defer", until=until, reason="Waiting for the fax").status_code == 302
    assert now(item).state == "deferred"
    assert now(item).deferred_until > datetime.now(UTC)


@pytest.mark.parametrize(
    ("until", "reason", "says"),
    [
        ("", "x", "This field is required"),
        ("yesterday", "x", "is not a date"),
        ("31 Feb 2099", "x", "is not a date"),
        ("2020-01-01", "x", "must lie ahead"),
        ("today", "x", "must lie ahead"),
        ("+3", "", "This field is required"),
    ],
)
def test_a_wrong_deferral_says_what_is_wrong_and_keeps_what_was_typed(
    house: Any, item: Any, until: str, reason: str, says: str
) -> None:
    answer = take(house, item, "technician", "defer", until=until, reason=reason)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert f'value="{until}"' in answer.content.decode() or not until
    assert now(item).state == "open"


def test_complete_says_what_was_done(house: Any, item: Any) -> None:
    assert take(house, item, "technician", "complete", reason="Handed over").status_code == 302
    assert now(item).state == "done"
    body = client_of(house, "technician").get(f"/work/items/{item.id}/").content.decode()
    assert "Handed over" in body
    assert "Defer this item" not in body


def test_an_item_worked_elsewhere_is_not_completed_here(house: Any, item: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.work import places

    monkeypatch.setitem(places._places, "question", places.Place("Answer it", lambda one: "/answer/"))
    assert "Complete this item" not in client_of(house, "technician").get(f"/work/items/{item.id}/").content.decode()
    assert take(house, item, "technician", "complete", reason="x").status_code == 409
    assert now(item).state == "open"


def test_the_administrator_assigns_and_changes_the_priority(house: Any, item: Any) -> None:
    technician = house.actor("technician").id
    assert take(house, item, "administrator", "assign", owner=str(technician)).status_code == 302
    assert now(item).owner_id == technician
    assert (
        take(house, item, "administrator", "priority", priority="2", due="14 Mar 2099", reason="The ward asked").status_code
        == 302
    )
    assert (now(item).priority, now(item).due_at.year) == (2, 2099)


def test_it_is_assigned_only_to_those_who_work_the_queue(house: Any, item: Any) -> None:
    assert take(house, item, "administrator", "assign", owner=str(house.actor("coder").id)).status_code == 422
    assert take(house, item, "administrator", "assign", owner="nobody").status_code == 422


def test_only_an_administrator_changes_priorities(house: Any, item: Any) -> None:
    assert "Change the priority" not in client_of(house, "technician").get(f"/work/items/{item.id}/").content.decode()
    assert take(house, item, "technician", "priority", priority="2", reason="x").status_code == 403
    assert now(item).priority == 0


@pytest.mark.parametrize(("step", "said"), [("defer", {"until": "+3"}), ("complete", {}), ("take", {})])
def test_the_second_person_is_told_and_both_are_shown(house: Any, item: Any, step: str, said: dict[str, str]) -> None:
    from muniment.work import actions

    read = now(item).revision
    actions.reprioritise(actor=house.actor("administrator"), item_id=item.id, priority=1, reason="The ward asked")
    answer = client_of(house, "technician").post(
        f"/work/items/{item.id}/{step}", {"revision": read, "reason": "My own words"} | said
    )
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "changed this item in the meantime; nothing of yours was written." in body
    assert "The ward asked" in body
    assert ("My own words" in body) == (step != "take")
    assert f'name="revision" value="{read + 1}"' in body
    assert now(item).state == "open"


def test_somebody_elses_item_is_shown_without_steps_and_refuses_them(house: Any, item: Any) -> None:
    from muniment.accounts import actions as accounts
    from muniment.accounts.rules import Role
    from muniment.work import actions

    other = accounts.add_user(actor=system_actor(), username="other", family="Other", given="Olu")
    accounts.assign_role(actor=system_actor(), user=other, role=Role.TECHNICIAN, facilities=[house.hospital])
    actions.assign(actor=house.actor("administrator"), item_id=item.id, owner_id=other.id)
    assert "Defer this item" not in client_of(house, "technician").get(f"/work/items/{item.id}/").content.decode()
    assert take(house, item, "technician", "defer", until="+3", reason="x").status_code == 403


@pytest.mark.parametrize("role", ["coder", "researcher", "auditor"])
def test_other_roles_are_refused(house: Any, item: Any, role: str) -> None:
    client = client_of(house, role)
    assert client.get(f"/work/items/{item.id}/").status_code == 403
    assert client.post(f"/work/items/{item.id}/complete", {"revision": 1, "reason": "x"}).status_code == 403


def test_other_facilities_items_and_none_are_refused_alike(house: Any, item: Any) -> None:
    from muniment.work import actions
    from muniment.work.actions import NewItem

    new = NewItem(queue="front-desk", subject=("question", "2"), title="Theirs", reason="x", facility_id=house.clinic.id)
    theirs = actions.create(actor=system_actor(), items=[new])[0]
    client = client_of(house, "technician")
    for one in (theirs.id, uuid4()):
        for answer in (
            client.get(f"/work/items/{one}/"),
            client.post(f"/work/items/{one}/complete", {"revision": 1, "reason": "x"}),
        ):
            assert answer.status_code == 403
            assert "There is no such item that you may see." in answer.content.decode()


@pytest.mark.parametrize("step", ["explode", "pull"])
def test_steps_that_are_none_are_refused(house: Any, item: Any, step: str) -> None:
    assert take(house, item, "technician", step).status_code == 403


@pytest.mark.parametrize("revision", ["", "x", "99999999999999999999"])
def test_a_form_without_a_true_revision_changes_nothing(house: Any, item: Any, revision: str) -> None:
    answer = client_of(house, "technician").post(f"/work/items/{item.id}/complete", {"revision": revision, "reason": "x"})
    assert answer.status_code in (409, 422)
    assert now(item).state == "open"


def test_what_is_deferred_says_until_when(house: Any, item: Any) -> None:
    take(house, item, "technician", "defer", until="+3", reason="Waiting")
    words, _ = client_of(house, "technician").get(f"/work/items/{item.id}/").context["state"], None
    assert words.startswith("Deferred to")
    assert now(item).deferred_until - datetime.now(UTC) < timedelta(days=4)


def test_the_page_takes_these_queries(house: Any, item: Any) -> None:
    client = client_of(house, "technician")
    assert asked(lambda: client.get(f"/work/items/{item.id}/")) == QUERIES
