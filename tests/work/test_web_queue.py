"""Queues on screen: the filter sentence, what waits and why, keyset pages, the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from support.charts import add_patient, client_of
from support.house import system_actor
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked

QUEUE = "front-desk"
QUERIES = [
    *SIGNED_IN,
    "SELECT work_queue",
    "SELECT accounts_facility",  # words of the filter
    "SELECT work_item",  # the count
    "SELECT work_item",  # the page, with queue and owner
    "SELECT accounts_facility",  # codes: the number shown is the facility's own
    "SELECT identity_identifier",
    "SELECT identity_patient",  # whose
    "SELECT accounts_facility",  # facility of each row
    *EVENT,  # a list that names patients
    *GOODBYE,
]


@pytest.fixture(autouse=True)
def queue(house: Any) -> None:
    from muniment.work import actions

    actions.define_queue(
        actor=system_actor(), code=QUEUE, name="Front desk", definition="Questions that came to the desk.", pools=["technician"]
    )


def add_items(house: Any, count: int = 1, **more: Any) -> list[Any]:
    from muniment.work import actions
    from muniment.work.actions import NewItem

    facility = more.pop("facility", house.hospital)
    items = [
        NewItem(
            queue=QUEUE,
            subject=("question", str(uuid4())),
            title=f"Question {one}",
            reason="Asked at the desk",
            facility_id=facility.id,
            **more,
        )
        for one in range(count)
    ]
    return actions.create(actor=system_actor(), items=items)


def shown(client: Any, tail: str = "") -> list[Any]:
    return [row.item.id for row in client.get(f"/work/{QUEUE}/{tail}").context["rows"]]


def test_a_row_says_whose_why_when_and_what_to_do(house: Any) -> None:
    patient = add_patient(house.hospital)
    add_items(house, patient_id=patient.id, due_at=datetime.now(UTC) - timedelta(days=2), citation="42 CFR 482.24(c)(4)(vii)")
    body = client_of(house, "technician").get(f"/work/{QUEUE}/").content.decode()
    for words in (
        "OKONJO, Ada",
        "0042213 (HOSP)",
        "14 Mar 1943",
        "Asked at the desk",
        "Open the item",
        "late 2 days",
        "42 CFR 482.24",
    ):
        assert words in body


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("", "mlwn"),
        ("?whose=mine", "m"),
        ("?whose=unowned", "lwn"),
        ("?due=late", "l"),
        ("?due=week", "w"),
        ("?whose=mine&due=late", ""),
        ("?whose=x&due=y&facility=z", "mlwn"),
    ],
)
def test_the_filter_narrows(house: Any, tail: str, expected: str) -> None:
    now = datetime.now(UTC)
    mine = add_items(house, owner_id=house.actor("technician").id)
    late, week, never = (
        add_items(house, due_at=now - timedelta(days=1)),
        add_items(house, due_at=now + timedelta(days=3)),
        add_items(house),
    )
    names = {mine[0].id: "m", late[0].id: "l", week[0].id: "w", never[0].id: "n"}
    assert sorted(names[one] for one in shown(client_of(house, "technician"), tail)) == sorted(expected)


def test_a_filter_that_leaves_nothing_says_so_and_offers_all(house: Any) -> None:
    add_items(house)
    client = client_of(house, "technician")
    assert "No item here fits this filter" in client.get(f"/work/{QUEUE}/?whose=mine").content.decode()


def test_an_empty_queue_says_what_would_be_here(house: Any) -> None:
    assert "Nothing waits in this queue" in client_of(house, "technician").get(f"/work/{QUEUE}/").content.decode()


def test_pages_hold_every_item_once_in_the_order_of_pulling(house: Any) -> None:
    now = datetime.now(UTC)
    for day in range(3):
        add_items(house, 20, due_at=now + timedelta(days=day), priority=day % 2)
    add_items(house, 60)
    client, seen, tail = client_of(house, "technician"), [], ""
    while True:
        answer = client.get(f"/work/{QUEUE}/{tail}")
        seen += [row.item for row in answer.context["rows"]]
        tail = answer.context["page"].next_url
        if not tail:
            break
    assert len({one.id for one in seen}) == len(seen) == 120
    assert [one.priority for one in seen] == sorted((one.priority for one in seen), reverse=True)


def test_another_facilitys_items_are_neither_shown_nor_counted(house: Any) -> None:
    add_items(house, facility=house.clinic)
    answer = client_of(house, "technician").get(f"/work/{QUEUE}/")
    assert (answer.context["rows"], answer.context["page"].total) == ([], 0)


def test_the_next_one_is_pulled_and_opened_where_it_is_worked(house: Any) -> None:
    from muniment.work.models import WorkItem

    item = add_items(house)[0]
    answer = client_of(house, "technician").post(f"/work/{QUEUE}/pull")
    assert answer["Location"] == f"/work/items/{item.id}/"
    assert WorkItem.objects.get(id=item.id).owner_id == house.actor("technician").id


def test_a_subject_with_a_screen_of_its_own_is_opened_there(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.work import places

    monkeypatch.setitem(places._places, "question", places.Place("Answer it", lambda item: f"/questions/{item.subject_id}/"))
    item = add_items(house)[0]
    client = client_of(house, "technician")
    assert "Answer it" in client.get(f"/work/{QUEUE}/").content.decode()
    assert client.post(f"/work/{QUEUE}/pull")["Location"] == f"/questions/{item.subject_id}/"


def test_an_empty_queue_has_nothing_to_pull_and_says_so(house: Any) -> None:
    client = client_of(house, "technician")
    answer = client.post(f"/work/{QUEUE}/pull", follow=True)
    assert "Nothing waits in “Front desk”" in answer.content.decode()


def test_who_was_called_away_is_led_back_to_what_they_took_when_nothing_else_waits(house: Any) -> None:
    item = add_items(house)[0]
    client = client_of(house, "technician")
    client.post(f"/work/{QUEUE}/pull")
    again = client.post(f"/work/{QUEUE}/pull", follow=True)
    assert again.redirect_chain[-1][0] == f"/work/items/{item.id}/"
    assert "This one you took before." in again.content.decode()


@pytest.mark.parametrize("role", ["coder", "clinician", "researcher", "privacy-officer"])
def test_a_queue_of_other_roles_and_none_are_refused_alike(house: Any, role: str) -> None:
    client = client_of(house, role)
    for code in (QUEUE, "no-such-queue"):
        assert client.get(f"/work/{code}/").status_code == 403
        assert client.post(f"/work/{code}/pull").status_code == 403


def test_the_administrator_sees_a_queue_and_does_not_pull_from_it(house: Any) -> None:
    add_items(house)
    client = client_of(house, "administrator")
    answer = client.get(f"/work/{QUEUE}/")
    assert len(answer.context["rows"]) == 1
    assert not answer.context["can_pull"]
    assert client.post(f"/work/{QUEUE}/pull").status_code == 403


def test_pulling_is_never_a_get(house: Any) -> None:
    assert client_of(house, "technician").get(f"/work/{QUEUE}/pull").status_code == 405


def test_the_queues_are_listed_with_how_full_they_are(house: Any) -> None:
    add_items(house, 2, due_at=datetime.now(UTC) - timedelta(days=1))
    add_items(house, owner_id=house.actor("technician").id)
    answer = client_of(house, "technician").get("/work/")
    found = {depth.queue.code: (depth.active, depth.late, depth.unowned) for depth, _ in answer.context["depths"]}
    assert found[QUEUE] == (3, 2, 2)


def test_my_items_are_mine_in_every_queue(house: Any) -> None:
    mine = add_items(house, owner_id=house.actor("technician").id)[0]
    add_items(house)
    client = client_of(house, "technician")
    assert [row.item.id for row in client.get("/work/mine/").context["rows"]] == [mine.id]
    assert "Nothing is yours" in client_of(house, "administrator").get("/work/mine/").content.decode()


def test_a_queue_takes_these_queries(house: Any) -> None:
    patient = add_patient(house.hospital)
    add_items(house, 30, patient_id=patient.id)
    client = client_of(house, "technician")
    assert asked(lambda: client.get(f"/work/{QUEUE}/")) == QUERIES


def test_a_row_shows_the_number_of_the_items_own_facility(house: Any) -> None:
    from muniment.accounts.actions import assign_role
    from muniment.accounts.rules import Role
    from muniment.identity.actions import Number, update

    patient = add_patient(house.hospital)
    update(actor=system_actor(), patient_id=patient.id, numbers=[Number("CLIN", "C-77", "MR")])
    assign_role(actor=system_actor(), user=house.users["technician"], role=Role.TECHNICIAN, facilities=[house.clinic])
    add_items(house, patient_id=patient.id)
    add_items(house, patient_id=patient.id, facility=house.clinic)
    client = client_of(house, "technician")
    assert sorted(row.whose.number for row in client.get(f"/work/{QUEUE}/").context["rows"]) == [
        "0042213 (HOSP)",
        "C-77 (CLIN)",
    ]


def test_all_items_are_those_of_the_roles_queues(house: Any) -> None:
    add_items(house, 3, due_at=datetime.now(UTC) - timedelta(days=1))
    add_items(house, 2)
    answer = client_of(house, "technician").get("/work/all/?due=late")
    assert (len(answer.context["rows"]), answer.context["page"].total) == (3, 3)
    assert client_of(house, "coder").get("/work/all/").context["page"].total == 0


def test_what_i_completed_today_is_listed_with_what_was_done(house: Any) -> None:
    from muniment.work import actions

    actor = house.actor("technician")
    item = add_items(house, owner_id=actor.id)[0]
    actions.complete(actor=actor, item_id=item.id, reason="Answered by telephone")
    body = client_of(house, "technician").get("/work/mine/done/").content.decode()
    assert "Answered by telephone" in body
    assert "You have completed nothing yet today" in client_of(house, "coder").get("/work/mine/done/").content.decode()


def test_a_row_shows_no_number_of_a_facility_the_reader_does_not_work_for(house: Any) -> None:
    add_items(house, patient_id=add_patient(house.clinic, number="C-777", assigner="CLIN").id)
    rows = client_of(house, "technician").get(f"/work/{QUEUE}/").context["rows"]
    assert [row.whose.number for row in rows] == ["none"]


def test_every_role_of_a_queues_pool_may_open_it() -> None:
    """A queue whose pool can't get in looks staffed and is worked by nobody."""
    from muniment.access.rules import Category, Grade, grade
    from muniment.config import furnish

    shut_out = {
        (queue["code"], role)
        for queue in furnish.queues()
        for role in queue["pools"]
        if grade(role, Category.WORK) < Grade.WRITE
    }
    assert shut_out == set()
