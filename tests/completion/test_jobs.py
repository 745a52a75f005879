"""The worker drains what was noted; asking twice asks once."""

from __future__ import annotations

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from muniment.completion import jobs
from muniment.completion.models import ChartStatus, Pending
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.rules("completion.")


def test_the_worker_drains_every_note(house):
    adopt_rules(house)
    for number in range(3):
        ward = StayMaker(house, practitioner(house, "Stone", "" if number else "clinician"), number=str(number))
        ward.admit()
        ward.discharge()
    assert jobs.drain_all() == 3
    assert not Pending.objects.exists()
    assert ChartStatus.objects.count() == 3


@pytest.mark.parametrize(("job", "more"), [(jobs.NAME, {}), ("completion.look", {"timestamp": 0})])
def test_its_jobs_take_what_was_noted(house, job, more):
    adopt_rules(house)
    ward = StayMaker(house, practitioner(house, "Stone", "clinician"))
    ward.admit()
    ward.discharge()
    app.tasks[job](**more)
    assert not Pending.objects.exists()
    assert ChartStatus.objects.count() == 1


def test_asking_twice_asks_once(house):
    jobs.analyse_soon()
    jobs.analyse_soon()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [jobs.NAME])
        assert cursor.fetchone() == (1,)
