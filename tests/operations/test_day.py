"""Each role lands on its day: it opens, its figures lead somewhere and say what they count, within a budget of queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from muniment.accounts.rules import Role
from muniment.completion import actions as completion
from muniment.work import actions as work
from muniment.work.models import WorkItem
from muniment.work.queries import queues_for
from support.house import system_actor
from support.stays import ADMITTED, StayMaker, adopt_rules, practitioner
from support.web import client_of

# session, user, assignments, session saved; then the day's own queries
BUDGET = {
    "technician": 15, "coder": 14, "clinician": 14, "identity-specialist": 14, "roi-specialist": 11, "administrator": 11,
    "privacy-officer": 9, "researcher": 8, "database-administrator": 10, "auditor": 9,
}  # fmt: skip


def some_work(house, queue="quarantine", count=3, due=None, kind="test", **more):
    items = [
        work.NewItem(
            queue=queue, subject=(kind, str(one)), title=f"Item {one}", reason="It waits",
            facility_id=house.hospital.id, due_at=due, **more
        )
        for one in range(count)
    ]  # fmt: skip
    return work.create(actor=system_actor(), items=items)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_lands_on_its_day_within_its_budget(house, role):
    some_work(house)
    client = client_of(house.users[role])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get("/")
    assert page.status_code == 200
    assert page.resolver_match.url_name == "day"
    said = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= BUDGET[role], said


@pytest.mark.parametrize("role", list(Role))
def test_every_figure_leads_to_a_screen_the_role_may_open_and_carries_its_definition(house, role):
    some_work(house)
    client = client_of(house.users[role])
    html = client.get("/").content.decode()
    figures = re.findall(r'<div class="figure">.*?</details></div></div>', html, re.S)
    for figure in figures:
        target = re.search(r'<a href="([^"]+)"', figure).group(1)
        assert "<summary>Why?</summary>" in figure
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in html
        else:
            resolve(target.split("?")[0])
            assert client.get(target).status_code == 200, target


LISTS = {  # the role's figures that count rows; the others measure the machine
    "technician": 9, "coder": 4, "clinician": 4, "identity-specialist": 5, "roi-specialist": 1, "administrator": 8,
    "privacy-officer": 6, "auditor": 4,
}  # fmt: skip


@pytest.mark.parametrize("role", list(LISTS))
def test_every_figure_leads_to_the_list_of_exactly_what_it_counts(house, role):
    work_of_every_kind(house, role)
    a_chart_that_lacks_something(house)
    client = client_of(house.users[role])
    labels = [
        one.label for one in client.get("/").context["day"].figures if one.label not in ("Events in the chain", "Last anchor")
    ]
    assert len(labels) == LISTS[role]
    for label in labels:
        figure = next(one for one in client.get("/").context["day"].figures if one.label == label)
        total = re.search(r'class="count"><b>([\d,]+)</b>', client.get(figure.url).content.decode())
        assert total, figure
        assert total[1] == figure.value, figure


def work_of_every_kind(house, role):
    """In every queue of the role but those whose items stand for something else: held and free, late, due soon, due later, undated."""
    now = datetime.now(UTC)
    queues = [one for one in queues_for(house.actor(role)) if one.code not in ("quarantine", "coding")]
    for queue in queues:
        for place, days in enumerate((None, -3, 3, 30)):
            due = now + timedelta(days=days) if days else None
            some_work(house, queue.code, 2 * place + 1, due, owner_id=house.actor(role).id, kind=f"held {place}")
            some_work(house, queue.code, 2 * place + 2, due, kind=f"free {place}")
    mine = WorkItem.objects.filter(owner_id=house.actor(role).id).first()
    if mine:
        work.complete(actor=house.actor(role), item_id=mine.id)


def a_chart_that_lacks_something(house):
    adopt_rules(house)
    made = StayMaker(house, practitioner(house, "Stone", "clinician"))
    made.admit()
    made.discharge((datetime.now(UTC) - ADMITTED).total_seconds() / 86_400 - 1)
    while completion.drain(actor=system_actor()):
        pass


def test_the_quarantine_figure_counts_what_is_there(house):
    some_work(house, count=3)
    page = client_of(house.users["administrator"]).get("/").context["day"]
    depth = next(row for row in page.depths if row.name == "Quarantine")
    assert (depth.active, depth.unowned, depth.late) == (3, 3, 0)


def test_late_work_shows_as_late(house):
    some_work(house, count=2, due=datetime.now(UTC) - timedelta(days=2))
    depth = next(
        row for row in client_of(house.users["administrator"]).get("/").context["day"].depths if row.name == "Quarantine"
    )
    assert (depth.late, depth.share) == (2, "100 %")


def test_what_is_mine_comes_before_what_waits(house):
    first, *_ = some_work(house, count=3)
    technician = house.actor("technician")
    work.assign(actor=technician, item_id=first.id, owner_id=technician.id)
    rows = client_of(house.users["technician"]).get("/").context["day"].items
    assert [row.own for row in rows] == [True, False, False]


def test_another_facilitys_work_is_not_counted(house):
    item = work.NewItem(queue="quarantine", subject=("test", "x"), title="Item", reason="It waits", facility_id=house.clinic.id)
    work.create(actor=system_actor(), items=[item])
    depths = client_of(house.users["technician"]).get("/").context["day"].depths
    assert all(row.active == 0 for row in depths)


def test_completed_work_counts_for_today(house):
    technician = house.actor("technician")
    item, *_ = some_work(house, count=1)
    with timezone.override(house.hospital.zone):  # as every request of theirs is: the day is the facility's
        work.assign(actor=technician, item_id=item.id, owner_id=technician.id)
        work.complete(actor=technician, item_id=item.id)
    figures = client_of(house.users["technician"]).get("/").context["day"].figures
    assert {one.label: one.value for one in figures}["Completed today"] == "1"


def test_somebody_without_a_role_is_told_so(house):
    from muniment.accounts import actions

    user = actions.add_user(actor=system_actor(), username="new", family="New", given="Nora")
    page = client_of(user).get("/")
    assert page.status_code == 200
    assert b"You hold no role" in page.content
