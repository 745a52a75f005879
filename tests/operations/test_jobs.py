"""Deferred work comes back by itself, when its time has come and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.operations import jobs
from muniment.work import actions
from muniment.work.models import WorkItem
from support.house import system_actor

NOW = datetime.now(UTC)


@pytest.fixture
def make(house: Any) -> Any:
    for code, personal in (("desk", False), ("own", True)):
        actions.define_queue(actor=system_actor(), code=code, name=code, definition="", pools=["technician"], personal=personal)

    def item(number: int, *, queue: str = "desk", days: float = 1) -> WorkItem:
        technician = house.actor("technician")
        new = actions.NewItem(
            queue=queue, subject=("question", str(number)), title="A form", reason="Asked for", facility_id=house.hospital.id,
            owner_id=technician.id,
        )  # fmt: skip
        (made,) = actions.create(actor=system_actor(), items=[new])
        return actions.defer(actor=technician, item_id=made.id, until=NOW + timedelta(days=days), reason="the clerk is away")

    return item


def minute(days: float) -> None:
    """The worker's minute, as many days from now."""
    with mock.patch.object(jobs, "clock") as clock:
        clock.now.return_value = NOW + timedelta(days=days)
        jobs.bring_back(timestamp=0)


def state(item: WorkItem) -> tuple[str, bool]:
    found = WorkItem.objects.get(id=item.id)
    return found.state, found.owner_id is not None


def test_it_comes_back_to_its_pool_or_its_owner_on_its_day(make: Any) -> None:
    shared, own, later = make(1), make(2, queue="own"), make(3, days=5)
    minute(0.5)
    assert [state(one) for one in (shared, own, later)] == [("deferred", True)] * 3
    minute(1)
    assert [state(one) for one in (shared, own, later)] == [("open", False), ("assigned", True), ("deferred", True)]
    assert WorkItem.objects.get(id=shared.id).deferred_until is None
    assert [step.step for step in shared.steps.order_by("id")][-1] == "resume"


def test_more_than_one_lot_comes_back_and_a_minute_without_leaves_no_event(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "RESUMED_AT_ONCE", 2)
    for number in range(5):
        make(number)
    minute(2)
    assert WorkItem.objects.filter(state="open").count() == 5
    events = LifecycleEvent.objects.filter(name="work.resume").count()
    assert events == 3
    minute(2)
    assert LifecycleEvent.objects.filter(name="work.resume").count() == events


def test_the_worker_is_told_to_look_every_minute() -> None:
    from procrastinate.contrib.django import app

    assert {task.cron for task in app.periodic_registry.periodic_tasks.values() if task.task.name == "work.resume"} == {
        "* * * * *"
    }
