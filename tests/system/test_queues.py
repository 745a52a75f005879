"""By keyboard, in a real browser: pull the next item, work it, defer it; decide a possible match."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.charts import add_patient, add_stay
from support.house import system_actor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def work(own_house: Any) -> Any:
    from muniment.work import actions
    from muniment.work.actions import NewItem

    actions.define_queue(
        actor=system_actor(), code="front-desk", name="Front desk", definition="Questions.", pools=["technician"]
    )
    actions.create(
        actor=system_actor(),
        items=[
            NewItem(
                queue="front-desk",
                subject=("question", str(one)),
                title=f"Question {one}",
                reason="Asked at the desk",
                facility_id=own_house.hospital.id,
            )
            for one in range(4)
        ],
    )
    add_stay(add_patient(own_house.hospital), own_house.hospital)
    add_patient(own_house.hospital, number="0055", given="Ada M", sex="")
    add_patient(own_house.hospital, number="0056", given="Ada N", sex="")
    return own_house


def test_pull_next_work_and_defer(signed_in: SignedIn, work: Any) -> None:
    page = signed_in("technician")
    keys = page.keyboard
    page.goto("/work/front-desk/")
    keys.press("n")
    page.wait_for_url(re.compile("/work/items/"))
    assert page.get_by_text("Pulled").is_visible()
    keys.press("d")
    page.get_by_label("Comes back on").fill("+3")
    page.locator("#defer-reason").fill("Waiting for the fax")
    page.get_by_role("button", name="Defer this item").click()
    page.wait_for_url(re.compile("/work/front-desk/"))
    assert page.get_by_text("Deferred “Question").is_visible()
    keys.press("n")
    page.wait_for_url(re.compile("/work/items/"))
    keys.press("s")
    page.get_by_label("What was done").fill("Handed over")
    page.get_by_role("button", name="Complete this item").click()
    page.wait_for_url(re.compile("/work/front-desk/"))


def test_enter_on_a_row_opens_the_item_where_it_is_worked(signed_in: SignedIn, work: Any) -> None:
    page = signed_in("identity-specialist")
    page.goto("/work/possible-matches/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people/matches/"))


def test_a_match_is_decided_from_the_queue_by_keyboard(signed_in: SignedIn, work: Any) -> None:
    page = signed_in("identity-specialist")
    keys = page.keyboard
    page.goto("/work/possible-matches/")
    keys.press("n")
    page.wait_for_url(re.compile("/people/matches/"))
    keys.press("e")
    assert page.evaluate("document.activeElement.id") == "reason"
    keys.type("Two people: different given names")
    keys.press("Escape")
    keys.press("a")
    page.wait_for_url(re.compile("/work/possible-matches/"))
    assert page.get_by_text("Kept apart.").is_visible()


@pytest.mark.parametrize(
    "path", ["/work/", "/work/mine/", "/work/front-desk/", "/work/front-desk/?whose=mine&due=late", "item"]
)
def test_axe_finds_nothing(signed_in: SignedIn, work: Any, path: str) -> None:
    page = signed_in("technician")
    page.goto("/work/front-desk/" if path == "item" else path)
    if path == "item":
        page.locator("tbody tr td.next a").first.click()
        page.wait_for_url(re.compile("/work/items/"))
    assert violations(page) == []


def test_axe_finds_nothing_in_a_comparison(signed_in: SignedIn, work: Any) -> None:
    page = signed_in("identity-specialist")
    page.goto("/work/possible-matches/")
    page.locator("tbody tr td.next a").first.click()
    page.wait_for_url(re.compile("/people/matches/"))
    assert violations(page) == []
