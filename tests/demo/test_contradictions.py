"""The demo hospital's notes contradict themselves where they were told to: what is found beyond that is a false alarm."""

from __future__ import annotations

from uuid import uuid4

import pytest

from muniment.demo import slips
from muniment.demo.course import Course, case_of
from muniment.demo.kinds import KINDS
from muniment.demo.notes import Note
from muniment.demo.organisation import DEFAULT_AS_OF, ZONE, day_of
from muniment.demo.timeline import Plan, Stay
from muniment.qualitative.checks import look
from muniment.qualitative.rules import Chart, Document, Found
from support.contradictions import shipped

SEED, STAYS = 11, 600  # of the small hospital of conftest


class Overheard(Course):
    """The notes of a stay; nothing is sent."""

    def note(self, note: Note) -> None:
        self.heard = [*getattr(self, "heard", []), note]


def found_in(stay: Stay) -> list[Found]:
    course = Overheard(case_of(SEED, stay), stay, DEFAULT_AS_OF)
    course.messages()
    notes = tuple(
        Document(uuid4(), 1, *KINDS[one.kind], one.text, one.at.astimezone(ZONE), author=one.author.family)
        for one in getattr(course, "heard", [])
    )
    chart = Chart(
        admitted=day_of(stay.start), discharged=day_of(stay.end), sex={"F": "female", "M": "male"}[stay.person.sex],
        born=stay.person.born, documents=notes,
    )  # fmt: skip
    return look(chart, shipped())


def test_what_is_told_straight_is_not_doubted(small_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than two findings in a thousand stays."""
    monkeypatch.setattr(slips, "WRONG_SIDE", 0)
    monkeypatch.setattr(slips, "CARRIED_ON", 0)
    doubted = [one.finding.sentence for stay in small_plan.stays[:STAYS] for one in found_in(stay)]
    assert len(doubted) * 1000 <= 2 * STAYS, doubted


def test_every_slip_that_can_be_seen_is(small_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slips, "WRONG_SIDE", 1)
    monkeypatch.setattr(slips, "CARRIED_ON", 1)
    kinds = {one.finding.kind for stay in small_plan.stays[:STAYS] for one in found_in(stay)}
    assert kinds == {"laterality", "copied"}
