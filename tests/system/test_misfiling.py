"""By keyboard, in a real browser: from the document to the right chart, and the screening of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.misfiled import misfiled, two_patients

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pair(own_house: Any) -> Any:
    return two_patients(own_house)


def test_a_document_is_moved_and_screened_by_keyboard(signed_in: SignedIn, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    reader = signed_in("clinician")
    reader.goto(f"/charts/{wrong.id}/documents/{note}/")
    page = signed_in("technician")
    keys = page.keyboard
    page.goto(f"/charts/{wrong.id}/documents/{note}/")
    keys.press("w")
    page.wait_for_url(re.compile(r"/moves/"))
    keys.type("ruiz")
    keys.press("Enter")
    page.get_by_text("Which of these?").wait_for()
    keys.press("1")
    page.get_by_text("What will happen").wait_for()
    keys.type("The face sheet shows another name.")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/moves/[0-9a-f-]+/$"))
    page.get_by_text("Moved. It stands in the right chart").wait_for()
    keys.press("e")
    page.get_by_text("Moved from another chart on").wait_for()
    assert str(right.id) in page.url

    reader.goto("/work/mine/")
    assert reader.get_by_text("it belonged to another patient").first.is_visible()

    officer = signed_in("privacy-officer")
    officer.goto("/work/privacy-screening/")
    officer.keyboard.press("n")
    officer.wait_for_url(re.compile(r"/screenings/"))
    officer.keyboard.press("t")
    officer.keyboard.type("Spoke with her")
    officer.keyboard.press("Enter")
    officer.get_by_text("Ticked:").wait_for()
    officer.keyboard.press("c")
    officer.keyboard.type("Within the house; no breach.")
    officer.keyboard.press("Enter")
    officer.get_by_text("The screening is closed.").wait_for()
    assert officer.get_by_text("Within the house; no breach.").is_visible()


@pytest.fixture(scope="module")
def addresses(own_house: Any, pair: Any) -> dict[str, tuple[str, str]]:
    """Each screen of a move, and a role that sees it."""
    from support.misfiled import became, move

    wrong, right = pair
    waiting, note = misfiled(wrong), misfiled(wrong)
    row = move(own_house, note, wrong, right)
    return {
        "find": ("technician", f"/moves/{wrong.patient_id}/{waiting}/?who=ruiz"),
        "preview": ("technician", f"/moves/{wrong.patient_id}/{waiting}/?who=ruiz&to={right.patient_id}"),
        "done": ("technician", f"/moves/{row.id}/"),
        "screening": ("privacy-officer", f"/screenings/{row.id}/"),
        "away": ("technician", f"/charts/{wrong.id}/documents/{note}/"),
        "here": ("technician", f"/charts/{right.id}/documents/{became(row, note).entry_id}/"),
    }


@pytest.mark.parametrize("name", ["find", "preview", "done", "screening", "away", "here"])
def test_axe_finds_nothing_and_nothing_runs_over_at_phone_width(
    signed_in: SignedIn, addresses: dict[str, tuple[str, str]], name: str
) -> None:
    role, path = addresses[name]
    page = signed_in(role)
    page.goto(path)
    _picture(page, f"{name}")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    _picture(page, f"{name}-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _picture(page: Any, name: str) -> None:
    import os

    if os.environ.get("PICTURES"):
        page.screenshot(path=f"{os.environ['PICTURES']}/{name}.png")
