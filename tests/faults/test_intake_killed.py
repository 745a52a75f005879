"""kill -9 of ``muniment intake``: what it said is filed is there once; the same command finishes the work."""

from __future__ import annotations

import random

import pytest

from muniment.intake.models import Input
from support.messages import build
from support.processes import write
from support.soundness import assert_sound

pytestmark = pytest.mark.faults
COUNT = 210


def said_filed(messages, lines):
    """Control ids of the inputs a run has acknowledged, by their place in the files."""
    known = dict(Input.objects.filter(name__in=[line["source"] for line in lines]).values_list("name", "control_id"))
    missing = [line for line in lines if line["source"] not in known]
    assert not missing, missing
    return {known[line["source"]] for line in lines if line["status"] in ("filed", "duplicate")}


def test_killed_at_random_points_it_goes_on_where_it_was(start, folder):
    messages = build(COUNT, prefix="K")
    paths = [str(path) for path in write(folder, messages, files=3)]
    chance, acknowledged = random.Random(7), set()
    for _ in range(3):
        run = start("intake", "--json", *paths)
        run.lines(len(acknowledged) // 2 + chance.randrange(5, 60))
        run.kill()
        assert len(run.said) < COUNT, "it was done before it was killed"
        acknowledged |= said_filed(messages, run.said)
        assert_sound(messages, acknowledged)
    last = start("intake", "--json", *paths)
    last.lines()
    assert last.close() is not None
    assert last.process.returncode == 0
    assert {line["status"] for line in last.said} <= {"filed", "duplicate"}
    assert_sound(messages, {one.control_id for one in messages})


def test_killed_with_several_processes_nothing_is_half_filed(start, folder):
    messages = build(120, prefix="P", seed=3)
    paths = [str(path) for path in write(folder, messages, files=4)]
    run = start("intake", "--json", "--processes", "2", *paths)
    run.lines(25)
    run.kill()
    acknowledged = said_filed(messages, run.said)
    assert_sound(messages, acknowledged)
    start("intake", "--json", "--processes", "2", *paths).lines()
    assert_sound(messages, {one.control_id for one in messages})
