"""By keyboard, in a real browser: a day is closed by one and adopted by another, and a late chart is a day younger."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.browser import SignedIn, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(own_house: Any) -> Any:
    """A chart of 3 March that is late by a clock of working days."""
    from support.delinquency import Scene
    from support.stays import adopt_rule

    made = Scene(own_house)
    adopt_rule(own_house, "delinquency.clock", days=5, counts="working")
    return made


def days_that_count(page: Any) -> int:
    page.goto("/delinquency/charts/")
    return int(page.locator("main tbody tr td.number").first.inner_text().replace(",", ""))


def test_a_closed_day_is_not_counted(scene: Any, signed_in: SignedIn) -> None:
    page = signed_in("administrator")
    before = days_that_count(page)
    page.goto("/delinquency/calendars/")
    page.get_by_role("link", name="Write the next version").click()
    days = page.get_by_label("Days that do not count")
    days.fill("9 Mar 2026; Founders’ Day; Trustees, 2 Jan 2026\n" + days.input_value())
    page.get_by_label("Governs from").fill("1 Mar 2026")
    assert violations(page) == []
    page.get_by_role("button", name="Propose this calendar").click()
    page.wait_for_url(lambda url: not url.endswith("/propose"))
    assert days_that_count(page) == before  # it closes nothing until somebody else adopts it

    second = signed_in("privacy-officer")
    second.goto("/rules/delinquency.calendar/")
    second.get_by_role("link", name="Adopt version 2").click()
    second.wait_for_url("**/2/adopt")
    second.keyboard.press("s")
    second.get_by_role("heading", name="What version 2 judged again").wait_for()

    assert days_that_count(page) == before - 1
    page.get_by_text("Why?").first.click()
    assert page.get_by_text("Founders’ Day, 9 Mar 2026").first.is_visible()
    assert date(2026, 3, 9).isoweekday() == 1  # it would have counted
