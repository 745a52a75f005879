"""By keyboard, in a real browser: a form proposed by one and approved by another; a downtime declared, its paper entered, closed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.browser import SignedIn, violations
from support.charts import BEGUN, add_patient, add_stay

pytestmark = pytest.mark.browser
DAY = (BEGUN + timedelta(days=1)).astimezone(ZoneInfo("America/New_York"))


@pytest.fixture(scope="module")
def stay(own_house: Any) -> Any:
    return add_stay(add_patient(own_house.hospital), own_house.hospital)


def fill(page: Any, **said: str) -> None:
    for name, text in said.items():
        page.fill(f"[name={name}]", text)


def test_a_form_is_proposed_and_approved_by_two(signed_in: SignedIn) -> None:
    page = signed_in("technician")
    page.goto("/forms/")
    page.keyboard.press("p")
    page.wait_for_url(re.compile(r"/forms/new"))
    assert violations(page) == []
    fill(page, number="NUR-20", title="Nursing note", owner="Nursing council", layout="Findings: 4", changes="First version")
    page.select_option("[name=type_code]", "34746-8")
    page.check("[name=downtime]")
    page.get_by_role("button", name="Propose this form").click()
    page.get_by_text("Proposed version 1 of NUR-20.").wait_for()
    assert violations(page) == []

    chief = signed_in("administrator")
    chief.goto("/work/form-approvals/")
    chief.keyboard.press("n")
    chief.wait_for_url(re.compile(r"/forms/by-number/NUR-20/"))
    chief.get_by_text("Approve version 1").first.click()
    chief.get_by_role("button", name="Approve version 1").click()
    chief.get_by_text("Approved version 1 of NUR-20.").wait_for()
    assert chief.get_by_text("In force").first.is_visible()
    chief.keyboard.press("Escape")
    chief.wait_for_url(re.compile(r"/forms/$"))
    assert violations(chief) == []
    for address in ("/forms/types/?show=all", "/forms/abbreviations/"):
        chief.goto(address)
        assert violations(chief) == []


def test_downtime_paper_is_entered_and_the_downtime_closed(signed_in: SignedIn, stay: Any) -> None:
    chief = signed_in("administrator")
    chief.goto("/downtime/")
    chief.keyboard.press("p")
    chief.wait_for_url(re.compile(r"/downtime/declare"))
    fill(
        chief,
        what="The record",
        began=f"{DAY:%m/%d/%Y %H:%M}",
        ended=f"{DAY + timedelta(hours=4):%m/%d/%Y %H:%M}",
        reason="Upgrade",
    )
    assert violations(chief) == []
    chief.get_by_role("button", name="Declare this downtime").click()
    chief.get_by_text("Declared.").wait_for()

    page = signed_in("technician")
    page.goto("/work/downtime-recovery/")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/downtime/[0-9a-f-]+/$"))
    assert page.get_by_text("open", exact=True).first.is_visible()
    assert violations(page) == []
    page.keyboard.press("e")
    page.wait_for_url(re.compile(r"/enter$"))
    fill(page, visit="V100", acted=f"{DAY + timedelta(hours=1):%m/%d/%Y %H:%M}", author="Lena Ortiz, RN", text="Pain 3 of 10.")
    page.select_option("[name=type_code]", "34746-8")
    assert violations(page) == []
    page.get_by_role("button", name="File as a late entry").click()
    page.get_by_text("as a late entry.").wait_for()
    page.get_by_role("link", name="Nursing note").click()
    page.get_by_text("Late entry from downtime paper.").wait_for()
    assert violations(page) == []

    chief.reload()
    chief.get_by_text("Close it as reconciled").first.click()
    chief.get_by_role("button", name="Close it as reconciled").click()
    chief.get_by_text("Reconciled.").first.wait_for()
    chief.set_viewport_size({"width": 390, "height": 800})
    assert chief.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
