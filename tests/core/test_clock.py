"""One clock (ADR 0015): the past can be told in a demonstration, and nowhere else."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import muniment
from muniment.accounts import actions
from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused

SOURCE = Path(muniment.__file__).parent
MARCH = datetime(2026, 3, 10, 14, 30, tzinfo=UTC)
FOUNDER = Actor.system("set-up", organisation="x")
ASKING = re.compile(r"datetime\.now\(|timezone\.now\(|timezone\.localdate\(\)|date\.today\(|utcnow|auto_now")
# Who asks the machine, and why.
MAY_ASK = {
    "core/clock.py": "the clock itself",
    "audit/anchors.py": "an anchor is proof of when the chain had grown so far",
    "ui/templatetags/ui.py": "a template with no day of its own; the layer knows no clock, and no page is drawn in a told past",
}


def found(demonstration: bool, code: str = "x"):
    return actions.found_organisation(actor=FOUNDER, code=code, name="X", demonstration=demonstration)


def test_in_a_demonstration_the_past_is_told_and_says_so(db):
    found(True)
    with clock.at(MARCH):
        actions.open_facility(
            actor=FOUNDER, organisation=found(True), code="H", name="H", kind="hospital", zone="America/New_York"
        )
        assert clock.now() == MARCH
    event = LifecycleEvent.objects.get(subject_type="facility")
    assert event.at == MARCH
    assert event.source_system == "muniment (demo past)"
    recorded = datetime.fromtimestamp((event.id.int >> 80) / 1000, UTC)
    assert abs(recorded - datetime.now(UTC)) < timedelta(minutes=1)
    assert not LifecycleEvent.objects.exclude(id=event.id).filter(source_system__contains="demo past").exists()


def test_the_clock_goes_on_afterwards(db):
    found(True)
    with pytest.raises(RuntimeError), clock.at(MARCH):
        raise RuntimeError
    assert clock.now() - datetime.now(UTC) < timedelta(seconds=1)
    assert not clock.is_set()


@pytest.mark.parametrize("houses", [(), (False,), (True, False), (False, True)])
def test_a_house_in_earnest_refuses(db, houses):
    for number, demonstration in enumerate(houses):
        found(demonstration, f"x{number}")
    with pytest.raises(Refused, match="only in the demo hospital"), clock.at(MARCH):
        pass


def test_founding_again_changes_nothing(db):
    found(False)
    assert found(True).demonstration is False


@pytest.mark.parametrize("moment", [MARCH.replace(tzinfo=None), datetime.now(UTC) + timedelta(hours=1)])
def test_a_moment_to_come_or_without_an_offset_is_refused(db, moment):
    found(True)
    with pytest.raises(ValueError, match="that has been"), clock.at(moment):
        pass


def sources():
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def test_nothing_else_asks_the_machine():
    asking = {path.relative_to(SOURCE).as_posix() for path in sources() if ASKING.search(path.read_text("utf-8"))}
    assert asking <= MAY_ASK.keys()


def test_only_the_demo_sets_the_clock():
    setting = {
        path.relative_to(SOURCE).parts[0]
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "at" and ast.unparse(node.value) == "clock")
        or (isinstance(node, ast.ImportFrom) and node.module == "muniment.core.clock" and "at" in {n.name for n in node.names})
    }
    assert setting <= {"demo"}
