"""Whoever adopts a rule reads beforehand how many charts it judges again, and afterwards that it did."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from muniment.completion import actions
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")


@pytest.fixture
def house(house: Any) -> Any:
    """One discharged chart that lacks something, and one patient still in the house."""
    adopt_rules(house)
    stone = practitioner(house, "Stone", "clinician")
    for number in ("1", "2"):
        stay = StayMaker(house, stone, number, class_code="IMP")
        stay.admit()
        if number == "1":
            stay.discharge(4)
    actions.drain(actor=system_actor())
    return house


def proposed(house: Any, *, code: str = "", since: date = date(2026, 1, 1)) -> RuleVersion:
    last = RuleVersion.objects.filter(rule__code__startswith="completion.").order_by("rule_id").first()
    return rulebook.propose(
        actor=house.actor("privacy-officer"), code=code or last.rule_id, title=last.title, statement="Said anew.",
        parameters=last.parameters, citation=last.citation, source_kind=SourceKind.HOUSE, effective_from=since,
    )  # fmt: skip


def shown(house: Any, version: RuleVersion) -> str:
    page = client_of(house.users["administrator"]).get(f"/rules/{version.rule_id}/{version.number}/adopt")
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_beforehand_how_many_charts_and_afterwards_that_they_were_judged(house: Any) -> None:
    version = proposed(house, since=date(2026, 3, 1))
    before = shown(house, version)
    assert "1 discharged chart will be judged again: whoever left on 1 Mar 2026 or later" in before
    assert "Incomplete now: 1." in before
    administrator = client_of(house.users["administrator"])
    answer = administrator.post(f"/rules/{version.rule_id}/{version.number}/adopt")
    assert answer.url == f"/rules/{version.rule_id}/{version.number}/adopt"
    version.refresh_from_db()
    assert version.status == "adopted"
    assert "1 of 1 discharged chart still to be judged again." in shown(house, version)
    actions.drain(actor=system_actor())
    assert "1 of 1 discharged chart that left on" in shown(house, version)


def test_a_rule_of_a_day_nobody_was_discharged_after_concerns_none(house: Any) -> None:
    assert "No discharged chart is concerned" in shown(house, proposed(house, since=date(2026, 9, 1)))


def test_a_coding_rule_concerns_the_coding_queue_only(house: Any) -> None:
    page = shown(house, proposed(house, code="coding.test"))
    assert "1 discharged stay will be judged again" in page
    assert "discharged chart" not in page


def test_a_rule_that_judges_nothing_open_says_so(house: Any) -> None:
    assert "nothing is judged again" in shown(house, proposed(house, code="house.test"))


def test_who_left_the_evening_before_by_the_facilitys_clock_is_not_counted(house: Any) -> None:
    """Discharged on 6 March at 22:30 in New York, which is 7 March in UTC."""
    late = StayMaker(house, practitioner(house, "Reed"), "3", class_code="IMP")
    late.admit()
    late.discharge(4 + 13.5 / 24)
    actions.drain(actor=system_actor())
    assert "2 discharged charts will be judged again" in shown(house, proposed(house, since=date(2026, 3, 6)))
    after = shown(house, proposed(house, since=date(2026, 3, 7)))
    assert "No discharged chart is concerned" in after
