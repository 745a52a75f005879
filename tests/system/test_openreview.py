"""By keyboard, in a real browser: a review from the queue to its end, what is overruled, who comes second, and a finding mended."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support.browser import SignedIn, session_of, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(own_house: Any) -> Any:
    """Two open stays with notes that were not signed; both wait to be reviewed now."""
    from datetime import UTC, datetime, timedelta

    from support import stays
    from support.openreview import Scene

    stays.ADMITTED, was = datetime.now(UTC) - timedelta(days=4), stays.ADMITTED
    made = Scene(own_house, stays=0)
    for number in ("1", "2"):
        ward = stays.StayMaker(own_house, made.stone, number=number)
        ward.admit()
        ward.file("34117-2", author=made.stone, days=0.2, signed=True)
        ward.note = ward.file("11506-3", author=made.stone, days=1.2)
        made.wards.append(ward)
    made.rows = [made.add(ward, f"Asked for by ward {ward.number}.") for ward in made.wards]
    yield made
    stays.ADMITTED = was


def focused_on(page: Any) -> str:
    return str(page.evaluate("document.activeElement?.dataset?.question || document.activeElement?.id || ''"))


def answered(page: Any, key: str, here: str, then: str) -> None:
    """Press a key on a question, and wait until the cursor has moved on."""
    assert focused_on(page) == here
    page.keyboard.press(key)
    page.wait_for_function("code => document.activeElement?.dataset?.question === code", arg=then)


def test_a_review_by_keyboard_alone(signed_in: SignedIn, scene: Any) -> None:
    from muniment.openreview.models import GivenAnswer, Review

    page = signed_in("technician")
    keys = page.keyboard
    page.goto("/open-records/reviews/?state=waiting")
    assert page.get_by_text("2 reviews").is_visible()
    keys.press("n")
    page.wait_for_url(re.compile(r"/reviews/[0-9a-f-]+/$"))
    row = Review.objects.get(id=page.url.rstrip("/").rsplit("/", 1)[1])
    assert "by the record" in page.locator("[data-question=hp-24h]").inner_text()
    assert "Not answered" in page.locator("[data-question=legible]").inner_text()

    # the evidence, the documents in turn, and an answer that the record has given
    page.locator("[data-question=hp-24h]").focus()
    keys.press("Enter")
    page.locator("#reading .viewer").wait_for()
    keys.press("]")
    page.get_by_text("Progress note").first.wait_for()
    keys.press("n")
    page.get_by_text("Say why you overrule what the record says").wait_for()
    page.wait_for_function("() => document.activeElement?.id === 'c-hp-24h'")
    keys.type("Written by another hand; not signed as such.")
    keys.press("Enter")
    page.get_by_text("overruling “Yes”").wait_for()

    # what is left, with a comment
    page.wait_for_function("() => document.activeElement?.dataset?.question")
    answered(page, "y", "plan-followed", "legible")
    keys.press("c")
    keys.type("The form of day two bears no time.")
    keys.press("Escape")
    answered(page, "n", "legible", "abbreviations")
    keys.press("a")
    page.get_by_text("All 13 answered").wait_for()
    keys.press("s")
    page.get_by_text("told to who can mend it").wait_for()

    given = {one.question: one for one in GivenAnswer.objects.filter(review_id=row.id)}
    assert (given["hp-24h"].answer, given["hp-24h"].overruled) == ("no", True)
    assert (given["legible"].answer, given["legible"].comment) == ("no", "The form of day two bears no time.")
    assert given["abbreviations"].answer == "na"
    assert page.url.rstrip("/").rsplit("/", 1)[1] != str(row.id)  # the next one is open


def quiet_page(chromium: Any, site: str, house: Any) -> Any:
    """An administrator's page whose console may speak: the browser itself reports the answer 409 there."""
    context = chromium.new_context(base_url=site)
    context.add_cookies([{"name": "sessionid", "value": session_of(house.users["administrator"]), "url": site}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def test_the_second_is_told_and_keeps_what_was_typed(
    signed_in: SignedIn, chromium: Any, site: str, own_house: Any, scene: Any
) -> None:
    first, second = signed_in("technician"), quiet_page(chromium, site, own_house)
    row = scene.begin(scene.rows[1]) if scene.rows[1].state == "waiting" else scene.rows[1]
    for page in (first, second):
        page.goto(f"/open-records/reviews/{row.id}/")
    assert second.get_by_text("is reviewing this chart").is_visible()
    first.locator("[data-question=legible]").focus()
    first.keyboard.press("y")
    first.get_by_text("by Test Technician").first.wait_for()
    second.locator("#c-legible").fill("Page 2 can't be read.")
    second.locator("[data-question=legible]").focus()
    second.keyboard.press("n")
    second.get_by_text("changed this in the meantime").wait_for()
    assert second.locator("#c-legible").input_value() == "Page 2 can't be read."
    second.reload()
    text = second.locator("[data-question=legible]").inner_text()
    assert "by Test Technician" in text
    assert "changed this after you began" in text or "is back in this form" in text
    second.close()


def test_a_clinician_mends_and_the_department_looks_again(signed_in: SignedIn, scene: Any) -> None:
    page = signed_in("clinician")
    keys = page.keyboard
    page.goto("/open-records/findings/?whose=mine")
    keys.press("j")
    keys.press("Enter")
    page.get_by_role("heading", name="Finding in the open chart").wait_for()
    keys.press("m")
    keys.type("Done on the ward.")
    keys.press("Enter")
    page.get_by_text("Noted.").wait_for()
    again = signed_in("technician")
    again.goto(page.url)
    again.keyboard.press("a")
    again.keyboard.press("Space")
    again.keyboard.press("Tab")
    again.keyboard.type("It is there now.")
    again.keyboard.press("Enter")
    again.get_by_text("Mended. It is settled.").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "screen", ["figures", "reviews", "review", "add", "findings", "finding", "draws", "answers", "stays", "actions"]
)
def test_the_screens_are_accessible(signed_in: SignedIn, scene: Any, screen: str, width: int) -> None:
    finding = next(iter(scene.findings().values()))
    addresses = {
        "figures": "", "review": f"reviews/{scene.rows[1].id}/", "finding": f"findings/{finding.id}/", "add": f"add/{scene.wards[0].encounter_id}/",
        "findings": "findings/?state=all", "answers": "answers/?origin=focused",
    }  # fmt: skip
    page = signed_in("technician", width=width)
    page.goto(f"/open-records/{addresses.get(screen, screen + '/')}")
    assert violations(page) == []
