"""A clinician reads, signs and goes on, by keyboard alone; the pages are sound for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.browser
PASSWORD = "a long enough phrase"


@pytest.fixture(scope="module")
def owed(own_house: Any) -> Any:
    """Two unsigned notes and one unwritten note of the house's clinician."""
    from muniment.accounts.actions import choose_password
    from muniment.completion import actions

    choose_password(actor=own_house.actor("clinician"), user=own_house.users["clinician"], password=PASSWORD)
    adopt_rules(own_house)
    stone = practitioner(own_house, "Stone", "clinician")
    for number, text in (("1", "HISTORY\nFell off a ladder."), ("2", "HISTORY\nBee sting."), ("3", "")):
        ward = StayMaker(own_house, stone, number=number, class_code="EMER")
        ward.admit()
        if text:
            ward.file("34111-5", text, author=stone)
        ward.discharge(int(number))
    actions.drain(actor=system_actor())
    return own_house


def test_read_sign_next_in_three_keys(owed: Any, signed_in: SignedIn) -> None:
    from muniment.record.models import Signature

    page = signed_in("clinician")
    page.goto("/completion/")
    assert page.get_by_role("row").count() == 4
    assert violations(page) == []
    page.reload()
    page.keyboard.press("n")
    page.get_by_text("Fell off a ladder.").wait_for()
    assert violations(page) == []
    page.reload()
    page.get_by_label("Your password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Bee sting.").wait_for()
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("s")
    page.get_by_role("heading", name="Write the emergency department note").wait_for()
    assert Signature.objects.filter(meaning="author").count() == 2


def test_what_is_typed_survives_leaving_the_page(owed: Any, signed_in: SignedIn) -> None:
    from muniment.completion.models import Deficiency

    page = signed_in("clinician")
    lack = Deficiency.objects.get(kind="missing document", state="open")
    page.goto(f"/completion/write/{lack.id}/")
    assert violations(page) == []
    page.get_by_label("Text").fill("HISTORY\nCut to the thumb, sutured.")
    page.wait_for_timeout(600)
    page.goto("/completion/")
    page.goto(f"/completion/write/{lack.id}/")
    assert page.get_by_label("Text").input_value() == "HISTORY\nCut to the thumb, sutured."
    page.get_by_role("button", name="File the emergency department note").click()
    page.get_by_text("Read it once more, then sign it").wait_for()
    assert page.get_by_text("Cut to the thumb, sutured.").is_visible()


def test_the_departments_list_and_record(owed: Any, signed_in: SignedIn) -> None:
    page = signed_in("administrator")
    page.goto("/completion/deficiencies/")
    assert violations(page) == []
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="History").wait_for()
    assert violations(page) == []


def test_the_key_of_an_act_opens_its_form_and_stands_in_it(owed: Any, signed_in: SignedIn) -> None:
    from muniment.completion.models import Deficiency

    page = signed_in("technician")
    page.goto(f"/completion/deficiencies/{Deficiency.objects.filter(state='open')[0].id}/")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.name") == "practitioner"
    assert page.evaluate("document.activeElement.value") == ""


def test_what_was_opened_is_signed_together(owed: Any, signed_in: SignedIn) -> None:
    from muniment.completion import actions
    from muniment.completion.opened import opened
    from muniment.completion.queries import inbox
    from muniment.record.models import Signature

    stone = owed.users["clinician"].practitioner
    for number in ("7", "8"):
        ward = StayMaker(owed, stone, number=number, class_code="EMER")
        ward.admit()
        ward.file("34111-5", f"HISTORY\nOpened note {number}.", author=stone)
        ward.discharge(1)
    actions.drain(actor=system_actor())
    page = signed_in("clinician")
    for number in ("7", "8"):
        page.goto("/completion/")
        page.get_by_role("link", name=f"Rowe{number}").click()
        page.get_by_text(f"Opened note {number}.").wait_for()
    clinician = owed.actor("clinician")
    ready = sum(one.at is not None for one in opened(clinician, [row.deficiency for row in inbox(clinician)]))
    before = Signature.objects.count()
    assert ready >= 2  # what another test of this module opened and left stands among them
    page.keyboard.press("Escape")
    page.get_by_role("link", name=f"Sign the {ready} you opened").wait_for()
    page.keyboard.press("o")
    page.get_by_role("heading", name="Sign what you opened").wait_for()
    assert violations(page) == []
    page.reload()
    page.keyboard.press("s")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text(f"Signed {ready} documents, each by itself.").wait_for()
    assert Signature.objects.count() == before + ready
