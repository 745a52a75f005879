"""In a real browser: an input is read, corrected and filed; the trail and the machine's health are read. Clean for axe."""

from __future__ import annotations

import re
from typing import Any

import pytest

from muniment.audit import anchors
from muniment.intake.desk import Desk
from muniment.operations import jobs
from support.browser import SignedIn, violations
from support.house import system_actor
from support.messages import build, result

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def arrivals(own_house: Any) -> Any:
    desk = Desk(actor=system_actor(), source="lab-line")
    for one in build(8, prefix="B"):
        desk.take(one.content, f"results.hl7#{one.control_id}")
    for number in range(3):
        desk.take(result(f"Q{number}", patient=number).content.replace(b"|SIM|HOSP|", b"|SIM|FAR|"), f"late.hl7#Q{number}")
    desk.take(b"nothing that is known here", "notes.txt")
    return own_house


def test_an_input_is_corrected_and_filed(signed_in: SignedIn, arrivals: Any) -> None:
    page = signed_in("technician")
    page.goto("/arrivals/quarantine/")
    assert page.get_by_text("No facility here goes by the code").count() == 3
    assert violations(page) == []
    page.get_by_role("link", name=re.compile("No facility here")).first.click()
    page.wait_for_selector(".original")
    assert violations(page) == []
    page.get_by_role("link", name="Correct it").click()
    box = page.get_by_label("Corrected text")
    box.fill(box.input_value().replace("|SIM|FAR|", "|SIM|HOSP|"))
    page.get_by_label("What was corrected").fill("The facility was misspelt.")
    assert violations(page) == []
    page.get_by_role("button", name="File the corrected text").click()
    assert page.get_by_text("entries in the record").is_visible()
    assert page.get_by_text("It was filed out of quarantine").is_visible()


def test_the_other_screens_of_intake_are_clean(signed_in: SignedIn, arrivals: Any) -> None:
    page = signed_in("technician")
    for address in ("/arrivals/", "/arrivals/upload/"):
        page.goto(address)
        assert violations(page) == [], address


def test_the_trail_and_the_health_page(signed_in: SignedIn, arrivals: Any, settings: Any, folder: Any) -> None:
    settings.MUNIMENT_ANCHORS = folder / "anchors.jsonl"  # other tests anchor other databases
    anchors.drop()
    page = signed_in("auditor")
    page.goto("/audit/")
    page.get_by_role("button", name="Verify the chain now").click()
    assert page.get_by_text("waiting for the worker").is_visible()
    jobs.verify(verification_id=str(_asked()))
    page.locator("#proof").get_by_text("The chain holds").wait_for(timeout=10_000)
    assert violations(page) == []
    page.locator("tbody a[data-open]").first.click()
    page.get_by_text("Place in the chain").wait_for()
    assert violations(page) == []
    page.goto("/health/")
    assert page.get_by_text("Largest tables").first.is_visible()
    assert violations(page) == []


def _asked() -> Any:
    from muniment.operations.models import Verification

    return Verification.objects.get().id
