"""By keyboard, in a real browser: find a patient, open the chart, read a document, find in the chart, and back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.charts import BEGUN, NOTE, add_patient, add_stay, condition, document, file, file_note, new_version, observation

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stay(own_house: Any) -> Any:
    found = add_stay(add_patient(own_house.hospital, phone="555 010 4432"), own_house.hospital)
    file_note(
        found,
        title="Progress note",
        code="11506-3",
        at=BEGUN + timedelta(days=1),
        text="Weight down 2 kg. Ankles less swollen.",
    )
    entry = file_note(found, signed_by_source="Ines Moreau, MD")
    newer = NOTE.replace("systolic", "diastolic")
    file(found, new_version(document(newer), found, entry_id=entry, text=newer, reason="Corrected by the author"))
    file(found, new_version(condition(), found), new_version(observation(), found))
    return found


def test_find_open_read_find_in_chart_and_back(signed_in: SignedIn, stay: Any) -> None:
    page = signed_in("technician")
    keys = page.keyboard
    page.goto("/find")
    keys.press("/")
    keys.type("okonjo")
    keys.press("Enter")
    page.get_by_role("link", name="OKONJO, Ada").wait_for()
    page.evaluate("document.activeElement.blur()")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(re.compile("/people/"))
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(re.compile("/charts/"))
    keys.press("j")
    keys.press("Enter")
    page.locator("#reader .viewer").get_by_text("Acute on chronic diastolic").wait_for()
    assert "/documents/" in page.url
    keys.press("f")
    keys.type("ankles")
    keys.press("Enter")
    page.locator("#list mark").wait_for()
    page.evaluate("document.activeElement.blur()")
    keys.press("j")
    keys.press("Enter")
    page.locator("#reader mark#found").wait_for()
    assert page.locator("#reader mark#found").inner_text() == "Ankles"
    keys.press("Escape")
    page.get_by_role("heading", name="Movements").wait_for()
    keys.press("Escape")
    page.wait_for_url(re.compile("/people/"))
    keys.press("Escape")
    page.wait_for_url(re.compile("/find"))


def test_the_browsers_own_back_shows_the_whole_page_again(signed_in: SignedIn, stay: Any) -> None:
    page = signed_in("coder")
    page.goto(f"/charts/{stay.id}/")
    page.get_by_role("link", name="Discharge summary").click()
    page.locator("#reader .viewer").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Movements").wait_for()
    assert page.locator(".topbar").count() == 1


def test_the_keys_of_the_chart_are_listed(signed_in: SignedIn, stay: Any) -> None:
    page = signed_in("coder")
    page.goto(f"/charts/{stay.id}/")
    page.keyboard.press("?")
    listed = page.locator("#keys dl").inner_text()
    assert "Find in this chart" in listed
    assert "All stays of the person" in listed


@pytest.mark.parametrize(
    "place",
    [
        "",
        "?tab=timeline",
        "?tab=results",
        "?tab=coded",
        "?tab=problems",
        "?tab=new",
        "find?q=heart",
        "find?q=zebra",
        "document",
        "compare",
    ],
)
def test_axe_finds_nothing(signed_in: SignedIn, stay: Any, place: str) -> None:
    page = signed_in("technician")
    page.goto(f"/charts/{stay.id}/" + ("" if place in ("document", "compare") else place))
    if place in ("document", "compare"):
        page.get_by_role("link", name="Discharge summary").click()
        page.locator("#reader .viewer").wait_for()
    if place == "compare":
        page.get_by_role("link", name="What changed").click()
        page.locator(".differences del").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("place", ["/find", "/find?q=okonjo", "/find?q=zebra", "person"])
def test_axe_finds_nothing_on_the_way_there(signed_in: SignedIn, stay: Any, place: str) -> None:
    page = signed_in("technician")
    page.goto(f"/people/{stay.patient.person_id}/" if place == "person" else place)
    assert violations(page) == []


def test_nothing_is_cut_off_at_phone_width(signed_in: SignedIn, stay: Any) -> None:
    page = signed_in("technician", width=390)
    for path in ("/find?q=okonjo", f"/people/{stay.patient.person_id}/", f"/charts/{stay.id}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
