"""The page that says how the machine stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.audit import anchors
from muniment.core import clock
from muniment.intake.desk import Desk
from muniment.kernel.errors import Problem
from muniment.operations import health as machine
from muniment.operations import jobs
from muniment.operations.web import health_words
from muniment.record import blobs
from muniment.record.models import Blob
from support.house import system_actor
from support.messages import build


@pytest.fixture
def keeper(house):
    return house.actor("database-administrator")


def test_it_counts_what_came_by_channel(house, keeper):
    messages = build(6)
    Desk(actor=system_actor(), source="lab").take(messages[0].content.replace(b"|SIM|HOSP|", b"|SIM|FAR|"))
    for one in messages[1:]:
        Desk(actor=system_actor(), source="line").take(one.content)
    found = machine.health(house.actor("database-administrator"))
    channels = {one.name: (one.filed, one.quarantined, one.entries) for one in found.channels}
    assert channels == {"lab": (0, 1, 0), "line": (5, 0, sum(one.entries for one in messages[1:]))}
    assert found.quarantine == 1
    assert (found.documents.count >= 6, found.documents.is_estimate) == (True, False)


def test_migrations_are_in_step_and_a_missing_one_is_named(keeper, monkeypatch):
    found = machine.health(keeper)
    assert (found.pending, found.unknown) == ([], [])
    monkeypatch.setattr(machine, "_on_disk", lambda: frozenset({("work", "0001_initial"), ("work", "0002_more")}))
    assert machine.health(keeper).pending == ["work 0002_more"]
    state = {group.title: group.tone for group in health_words.groups(machine.health(keeper))}
    assert state["Database"] == "late"


def test_a_silent_worker_and_a_missing_anchor_show(keeper, settings, folder):
    settings.MUNIMENT_ANCHORS = folder / "anchors.jsonl"
    groups = {group.title: group for group in health_words.groups(machine.health(keeper))}
    assert groups["Worker and jobs"].state == "Worker silent"
    anchors.drop()
    found = machine.health(keeper).chain
    assert found.anchored_at is not None
    assert found.unanchored_for is None


def test_every_document_is_read_again_within_a_week_and_a_damaged_one_shows(house, keeper, monkeypatch):
    for one in build(6):
        Desk(actor=system_actor(), source="line").take(one.content)
    kept = list(Blob.objects.values_list("sha256", flat=True))
    damaged = bytes(kept[0]).hex()[:12]
    whole = blobs.get

    def spoilt(digest):
        if digest.hex().startswith(damaged):
            raise Problem("The stored bytes of this document are damaged.", where=damaged)
        return whole(digest)

    def shown():
        return {one.title: one for one in health_words.groups(machine.health(keeper))}["Documents and intake"]

    assert {fact.label: fact.value for fact in shown().facts}["Read again"] == "not yet"
    monkeypatch.setattr(blobs, "get", spoilt)
    today = clock.today()
    for day in range(7):
        monkeypatch.setattr(jobs.clock, "today", lambda day=day: today - timedelta(days=day))
        jobs.verify(verification_id=str(jobs.verify_soon(system_actor()).id), documents=True)
    jobs.verify(verification_id=str(jobs.verify_soon(system_actor()).id))  # asked for by hand: it hides nothing
    said = {fact.label: fact.value for fact in shown().facts}["Read again"]
    assert said.startswith(f"{len(kept)} in 7 nights, ")
    assert damaged in said
    assert shown().state == "1 damaged"


def test_it_asks_at_most_ten_questions_of_its_own(keeper):
    machine.health(keeper)
    with CaptureQueriesContext(connection) as asked:
        machine.health(keeper)
    # server; tables; migrations; queues; depths; jobs; channels; documents; last event; last verification
    assert len(asked) <= 10, [one["sql"][:80] for one in asked]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_it_is_what_the_table_says(house, client, role):
    client.force_login(house.users[role.value])
    expected = 200 if grade(role, Category.SYSTEM) >= Grade.READ else 403
    page = client.get(reverse("operations-health"))
    assert page.status_code == expected
    if expected == 200:
        assert "Largest tables" in page.content.decode()
