"""In a real browser: the sections a document must have are changed, tried on charts, proposed by one and adopted by the other."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.browser
SUMMARY = "completion.discharge-summary"


@pytest.fixture(scope="module")
def house(own_house: Any) -> Any:
    """A chart whose discharge summary has every section the shipped rule asks for, and one it does not ask for yet."""
    from muniment.completion import actions

    adopt_rules(own_house)
    stone = practitioner(own_house, "Stone", "clinician")
    ward = StayMaker(own_house, stone)
    ward.admit()
    for code in ("34117-2", "18842-5"):
        ward.file(code, author=stone, signed=True)
    ward.discharge()
    actions.drain(actor=system_actor())
    return own_house


def lacking() -> list[str]:
    from muniment.completion import actions
    from muniment.completion.models import Deficiency

    while actions.drain(actor=system_actor()):
        pass
    return [one.why for one in Deficiency.objects.filter(rule_code=SUMMARY, state="open")]


def test_a_section_is_asked_for_once_two_have_said_so(house: Any, signed_in: SignedIn) -> None:
    assert lacking() == []
    page = signed_in("administrator")
    page.goto(f"/completion/rules/{SUMMARY}/propose")
    page.locator("[name^=elements-][name$=-name]").last.fill("Pending results")
    page.get_by_label("Governs from").fill("1 Jan 2026")
    page.get_by_label("Citation").fill("House policy HIM-31")
    page.get_by_label("Charts discharged in the last so many days").fill("3650")
    assert violations(page) == []
    page.get_by_role("button", name="Try on charts").click()
    page.get_by_text("Would open 1, close 0 and change 0 deficiencies").first.wait_for()
    assert lacking() == []  # it was only tried
    page.get_by_role("button", name="Propose this version").click()
    page.wait_for_url(f"**/rules/{SUMMARY}/")
    assert page.get_by_role("link", name="Adopt version 2").count() == 0  # not by who proposed it

    second = signed_in("privacy-officer")
    second.goto(f"/rules/{SUMMARY}/")
    second.get_by_role("link", name="Adopt version 2").click()
    second.wait_for_url("**/2/adopt")
    second.keyboard.press("s")
    second.get_by_role("heading", name="What version 2 judged again").wait_for()
    [why] = lacking()
    assert "pending results" in why.lower()
