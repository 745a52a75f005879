"""By keyboard, in a real browser: an administrator gives more time and closes, and the chart says so; the author signs what was closed, and discards."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support.browser import SignedIn, violations

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def scene(own_house: Any) -> Any:
    """Four notes that Dr Stone left unsigned since March: the rule's time has run out for each."""
    from muniment.accounts.actions import choose_password
    from support.delinquency import at
    from support.pending import Scene

    choose_password(actor=own_house.actor("clinician"), user=own_house.users["clinician"], password=PASSWORD)
    made = Scene(own_house)
    with at(3, 4):
        made.more = [made.file(days=2), made.file(days=3), made.file(days=4)]
    made.look()
    return made


def test_more_time_and_a_closure_that_its_author_signs_after_all(signed_in: SignedIn, scene: Any) -> None:
    page = signed_in("administrator")
    keys = page.keyboard
    page.goto("/pending/?age=proposed")
    assert page.get_by_text("4 pending").is_visible()
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/pending/[0-9a-f-]+/"))
    keys.press("m")
    keys.type("+14")
    keys.press("Tab")
    keys.type("Its author is on leave.")
    keys.press("Enter")
    page.get_by_text("has time until").first.wait_for()
    assert page.get_by_text("Given more time until").is_visible()

    page.goto(f"/pending/{scene.ward.patient.id}/{scene.more[0]}/")
    keys.press("c")
    keys.type("Its author left the house.")
    keys.press("Enter")
    page.get_by_text("Closed “Progress note”").wait_for()
    assert page.get_by_text("Closed, never authenticated").is_visible()

    author = signed_in("clinician")
    author.goto(f"/pending/{scene.ward.patient.id}/{scene.more[0]}/")
    author.keyboard.press("s")
    author.keyboard.type(PASSWORD)
    author.keyboard.press("Enter")
    author.get_by_text("Signed “Progress note”").wait_for()
    assert author.get_by_text("Signed after it was closed").first.is_visible()


def test_its_author_discards_from_their_work_what_nobody_saw(signed_in: SignedIn, scene: Any) -> None:
    author = signed_in("clinician")
    author.goto(f"/pending/{scene.ward.patient.id}/{scene.more[1]}/")
    assert author.get_by_text("Nobody but its author", exact=True).is_visible()
    author.keyboard.press("d")
    author.keyboard.type("Dictated twice.")
    author.keyboard.press("Enter")
    author.get_by_text("Discarded “Progress note”").wait_for()
    assert author.get_by_text("Discarded before it was signed. Dictated twice.").is_visible()


def test_told_its_author_leaves_it_and_the_chart_says_how_it_ended(signed_in: SignedIn, scene: Any) -> None:
    author = signed_in("clinician")
    author.goto("/work/pending-author/")
    told = author.get_by_role("row", name="Progress note").count()
    assert told > 1

    page = signed_in("administrator")
    page.goto(f"/pending/{scene.ward.patient.id}/{scene.more[2]}/")
    page.keyboard.press("c")
    page.keyboard.type("Its author was told and left it.")
    page.keyboard.press("Enter")
    page.get_by_text("Closed “Progress note”").wait_for()
    page.get_by_role("link", name="Read it in the chart").click()
    page.get_by_text("Closed administratively, never authenticated by its author").first.wait_for()
    assert page.get_by_text("Its author was told and left it.").first.is_visible()

    author.goto("/work/pending-author/")
    assert author.get_by_role("row", name="Progress note").count() == told - 1


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("screen", ["list", "closed", "document", "chart", "proof"])
def test_the_screens_are_accessible(signed_in: SignedIn, scene: Any, screen: str, width: int) -> None:
    chart = f"/charts/{scene.ward.encounter_id}/documents/{scene.more[0]}"
    addresses = {
        "list": "/pending/", "closed": "/pending/closed/", "document": f"/pending/{scene.ward.patient.id}/{scene.note}/",
        "chart": f"{chart}/", "proof": f"{chart}/proof",
    }  # fmt: skip
    page = signed_in("administrator", width=width)
    page.goto(addresses[screen])
    assert violations(page) == []
