"""What a new version of a rule changes, and what it leaves as it was: the figures of months that are over, the letters that were sent."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from muniment.core import clock
from muniment.delinquency import queries, statistics
from muniment.delinquency.rules import debts
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from support.delinquency import Scene, at
from support.stays import StayMaker
from support.web import client_of

ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def scene(house):
    with at(3, 1):  # the rules are adopted before anything happens
        return Scene(house)


def adopt(scene, name: str, begin: date, **changed) -> None:
    """The next version of delinquency.``name``: as the last one, but for what is ``changed``."""
    last = RuleVersion.objects.filter(rule_id=f"delinquency.{name}").order_by("number").last()
    version = rulebook.propose(
        actor=scene.privacy, code=last.rule_id, title=last.title, statement=last.statement, citation=last.citation,
        source_kind=SourceKind(last.source_kind), parameters=last.parameters | changed, effective_from=begin,
    )  # fmt: skip
    rulebook.adopt(actor=scene.administrator, version_id=version.id)


def month_ends(scene) -> dict[str, tuple[int, int]]:
    """(delinquent, discharges) by month, as it is told now."""
    rows = statistics.history([scene.hospital.id], queries.book(), statistics.moments(clock.now(), ZONE), ZONE).rows
    return {one.when.key: (one.delinquent, one.discharges) for one in rows}


def test_a_clock_adopted_later_leaves_month_ends_as_they_were(scene):
    """Discharged on 3 March: delinquent at the end of April by thirty days, never by ninety."""
    with at(5, 10):
        before = month_ends(scene)
    with at(5, 11):
        adopt(scene, "clock", date(2026, 3, 1), days=90)
        assert scene.delinquent() == 0
        assert month_ends(scene)["2026-04"] == before["2026-04"] == (1, 0)


@pytest.mark.parametrize("steps", [("vacate",), ("stay", "vacate")])
def test_a_clock_that_is_vacated_later_leaves_month_ends_as_they_were(scene, steps):
    """Vacated in May from the first of March on: nothing is delinquent any more, and the end of April says what it said."""
    with at(5, 10):
        before = month_ends(scene)
        assert before["2026-04"] == (1, 0)
    version = RuleVersion.objects.get(rule_id="delinquency.clock")
    for day, step in enumerate(steps, 11):
        with at(5, day):
            rulebook.end(actor=scene.administrator, version_id=version.id, step=step, on=date(2026, 3, 1), reason="Order 26-1.")
            assert scene.delinquent() == 0
            assert month_ends(scene)["2026-04"] == before["2026-04"]


def test_the_days_of_an_absence_go_by_the_facilitys_day(scene):
    """From 15 March on an absence pauses five days at most; late on the 14th at the facility it is the 15th in UTC already."""
    from muniment.delinquency import actions

    with at(3, 10):
        actions.pause(
            actor=scene.administrator, practitioner_id=scene.stone.id, kind="leave", first=date(2026, 3, 4), last=date(2026, 3, 31), reason="Leave.",
        )  # fmt: skip
        adopt(scene, "pauses", date(2026, 3, 15), longest=5)
    owed = queries.owed([scene.hospital.id], since=datetime(2026, 3, 1, tzinfo=ZONE), days=0)

    def paused(day: int, hour: int) -> int:
        moment = datetime(2026, 3, day, hour, tzinfo=ZONE)
        [found] = debts(owed, queries.pauses(owed), moment, queries.book())
        return sum(one.days for one in found.age.away)

    assert (paused(14, 23), paused(15, 1)) == (11, 5)


def test_pauses_adopted_later_leave_month_ends_as_they_were(scene):
    from muniment.delinquency import actions

    with at(3, 20):
        actions.pause(
            actor=scene.administrator, practitioner_id=scene.stone.id, kind="leave", first=date(2026, 3, 4), last=date(2026, 3, 31), reason="Leave.",
        )  # fmt: skip
    with at(5, 10):
        before = month_ends(scene)
        assert before["2026-04"] == (0, 0)
        adopt(scene, "pauses", date(2026, 1, 1), longest=5)
        assert month_ends(scene)["2026-04"] == before["2026-04"]


def test_classes_of_a_new_clock_count_from_its_beginning(scene):
    with at(4, 10):
        clinic = StayMaker(scene.house, scene.stone, number="77", class_code="AMB")
        clinic.admit()
        clinic.discharge(5)
        before = month_ends(scene)
    assert before["2026-03"][1] == 1
    with at(5, 1):
        adopt(scene, "clock", date(2026, 5, 1), classes=["EMER", "AMB"])
    with at(6, 10):
        assert month_ends(scene)["2026-03"] == before["2026-03"]
        page = client_of(scene.house.users["administrator"]).get("/delinquency/discharges/?month=2026-03")
        assert page.context["page"].total == 1


def test_fewer_levels_leave_no_final_notice_out(scene):
    with at(3, 24):
        scene.make_letters()  # the third of five, day 21
        levels = [
            {"day": 7, "title": "First"},
            {"day": 21, "title": "Second"},
            {"day": 30, "title": "Final", "wording": "final"},
        ]
        adopt(scene, "letters", date(2026, 3, 24), levels=levels)
    with at(3, 30):
        assert scene.due() == []
    with at(4, 3):
        assert [(one.number, one.level.day) for one in scene.due()] == [(3, 30)]
        scene.make_letters()
        assert scene.due() == []


def test_a_month_is_held_against_the_threshold_of_its_time(scene):
    with at(4, 10):
        adopt(scene, "threshold", date(2026, 4, 10), percent=200)
    with at(5, 20):
        adopt(scene, "threshold", date(2026, 5, 20), percent=20)
    with at(6, 10):
        desk = client_of(scene.house.users["administrator"])
        then, now = (desk.get("/delinquency/", {"at": moment}).context["figures"][1] for moment in ("2026-04", ""))
    assert (then.state, now.state) == ("at most 200 %", "above 20 %")
