"""A coder looks twice without a mouse: reads both places beside the codes, then mutes with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn, violations

pytestmark = pytest.mark.browser
WHY = "The consent was corrected by hand."


@pytest.fixture(scope="module")
def chart(own_house: Any) -> Any:
    from support.coding import install_codes
    from support.findings import Contradicted

    install_codes()
    return Contradicted(own_house)


def test_a_quote_opens_its_document_beside_the_codes(signed_in: SignedIn, chart: Any) -> None:
    page = signed_in("coder", width=1440, height=900)
    page.goto(f"/coding/{chart.ward.encounter_id}/")
    page.get_by_role("link", name="Informed consent", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#reading #found")
    assert page.locator("#reading #found").inner_text() == "Right total hip arthroplasty"
    assert page.url.endswith(f"/coding/{chart.ward.encounter_id}/")
    assert page.locator("details.documents").get_attribute("open") is None
    assert page.get_by_text("Look twice").is_visible()
    assert violations(page) == []


def test_from_the_list_to_a_muted_finding_by_keyboard(signed_in: SignedIn, chart: Any) -> None:
    page = signed_in("coder", width=390, height=844)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/findings/")
    assert violations(page) == []
    page.get_by_role("link", name="Replacement, hip").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/*-*/")
    assert violations(page) == []
    page.keyboard.press("m")
    page.keyboard.type(WHY)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Muted. It stays so while these words stand in the chart.")
    assert page.get_by_text(WHY).is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_selector("text=The finding is listed again.")
