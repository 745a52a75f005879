"""A coder's stay from the queue to the next one, without a mouse."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn, session_of, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stays(own_house: Any) -> list[Any]:
    from muniment.coding.jobs import drain_all
    from support import official
    from support.coding import CodedStay, adopt_coding_rules, install_codes
    from support.house import system_actor
    from support.terminology import install_publications

    install_codes()
    files = (
        official.recognised("ICD10CM_2026_Index.csv", official.INDEX_CSV),
        official.recognised("neoplasm.xml", official.NEOPLASMS),
    )
    install_publications(system_actor(), *files)
    adopt_coding_rules(own_house)
    found = [CodedStay(own_house, str(number)).discharged() for number in range(1, 9)]
    found[0].note("Acute on chronic systolic heart failure with hypoxic respiratory failure. Appendectomy on day three.")
    drain_all()
    return found


def add(page: Any, key: str, text: str, code: str) -> None:
    """Search by keyboard and take the first answer, as soon as it is there."""
    page.keyboard.press(key)
    page.keyboard.type(text, delay=10)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"tr[data-line] th:has-text('{code}')")


def begin(page: Any, stay: Any) -> None:
    """The workspace, with the cursor in the search: Esc from anywhere else leads back to the queue."""
    page.goto(f"/coding/{stay.encounter_id}/")
    page.wait_for_selector("#find-diagnosis:focus")


def leave_field(page: Any) -> None:
    page.keyboard.press("Escape")


def saved(page: Any, revision: int) -> None:
    page.wait_for_selector(f"[name=revision][value='{revision}']", state="attached")


def test_pull_search_code_finalise_next(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    page.goto("/coding/")
    page.keyboard.press("n")
    page.wait_for_url("**/coding/*-*/")
    assert page.evaluate("document.activeElement.id") == "find-diagnosis"
    leave_field(page)
    add(page, "c", "acute on chronic systolic", "I50.23")
    leave_field(page)
    add(page, "c", "J96.01", "J96.01")
    leave_field(page)
    page.wait_for_selector("text=J96.01 as MCC drives 291")
    add_procedure(page)
    set_indicator(page, "I50.23", "Y", 5)
    set_indicator(page, "J96.01", "Y", 6)
    date_of(page, "3 May 2026", 7)
    page.wait_for_selector("text=no operative report is in the chart")  # an edit of the house's own
    page.get_by_label("Why it is right as it is").fill("dictated, being transcribed")
    page.keyboard.press("Tab")
    page.wait_for_selector("text=Nothing stands in the way")
    assert violations(page) == []
    page.reload()
    assert page.locator("tr[data-line]").count() == 3
    leave_field(page)
    page.keyboard.press("s")
    page.wait_for_url("**/final/")
    assert page.get_by_text("Verified").is_visible()
    assert violations(page) == []
    page.keyboard.press("n")
    page.wait_for_url("**/coding/*-*/")
    assert str(stays[0].encounter_id) not in page.url


def add_procedure(page: Any) -> None:
    add(page, "p", "0DTJ4ZZ", "0DTJ4ZZ")
    leave_field(page)


def set_indicator(page: Any, code: str, letter: str, revision: int) -> None:
    page.locator("tr[data-line]", has_text=code).focus()
    page.keyboard.press(letter)
    saved(page, revision)


def date_of(page: Any, text: str, revision: int) -> None:
    page.locator("input.date").focus()
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    saved(page, revision)
    leave_field(page)


def test_removing_can_be_undone_and_the_chart_is_read_beside(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    begin(page, stays[2])
    leave_field(page)
    add(page, "c", "I10", "I10")
    leave_field(page)
    page.locator("tr[data-line]").focus()
    page.keyboard.press("Delete")
    page.wait_for_selector("text=I10 was removed.")
    assert page.locator("tr[data-line]").count() == 0
    page.keyboard.press("u")
    page.wait_for_selector("tr[data-line] th:has-text('I10')")


def test_arrows_choose_and_the_notes_follow(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder")
    begin(page, stays[1])
    page.keyboard.type("heart failure", delay=10)
    page.wait_for_selector("#about-code :text('Code first')")
    first = page.locator("[role=option][aria-selected=true]").get_attribute("id")
    page.keyboard.press("ArrowDown")
    second = page.locator("[role=option][aria-selected=true]").get_attribute("id")
    assert first != second
    page.keyboard.press("Escape")
    assert page.locator("[role=option]").count() == 0


def test_the_index_is_read_as_a_book_and_leads_to_a_code(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    begin(page, stays[5])
    leave_field(page)
    look_up(page, "weakness")
    page.wait_for_selector("#guide [data-here]:has-text('see Failure, heart')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#guide [data-here]:has-text('I50.9')")
    assert violations(page) == []
    page.wait_for_selector("#guide .at-choice :text('Code first')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "acute on chronic" in page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    page.wait_for_selector("tr[data-line] th:has-text('I50.23')")
    page.wait_for_selector("#guide:empty", state="attached")


def look_up(page: Any, text: str) -> None:
    """Search the index by keyboard and open the first term, as soon as it is there."""
    page.keyboard.press("x")
    page.keyboard.type(text, delay=10)
    page.keyboard.press("Enter")
    page.wait_for_selector("#guide .book")


def test_a_favourite_is_kept_and_taken_from_by_keyboard(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    begin(page, stays[6])
    leave_field(page)
    if not page.locator("tr[data-line] th:has-text('E11.9')").count():
        add(page, "c", "E11.9", "E11.9")
        leave_field(page)
    page.keyboard.press("o")
    page.wait_for_selector("#guide .own [data-choice]:has-text('E11.9')")
    page.locator("#guide [data-choice]", has_text="E11.9").focus()
    page.keyboard.press("+")
    page.wait_for_selector("#guide [data-kept]:has-text('E11.9'):focus")
    assert violations(page) == []
    page.keyboard.press("-")
    page.wait_for_selector("#guide [data-choice]:not([data-kept]):has-text('E11.9'):focus")
    page.keyboard.press("+")
    page.wait_for_selector("#guide [data-kept]")
    page.keyboard.press("Escape")
    page.locator("tr[data-line]", has_text="E11.9").focus()
    page.keyboard.press("Delete")
    page.wait_for_selector("tr[data-line] th:has-text('E11.9')", state="detached")
    page.keyboard.press("o")
    page.wait_for_selector("#guide [data-kept][data-choice='1']")
    page.keyboard.press("1")
    page.wait_for_selector("tr[data-line] th:has-text('E11.9')")


def test_a_table_is_walked_by_arrows_and_ends_at_the_guided_path(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    begin(page, stays[7])
    leave_field(page)
    look_up(page, "neoplasm heart")
    page.wait_for_selector("#guide td [data-here]")
    assert violations(page) == []
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.innerText") == "I10"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector("#guide:not(:has(.book)) [data-choice]:has-text('I50.23')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#guide:empty", state="attached")


def test_the_second_coder_is_told_and_keeps_what_is_on_screen(
    signed_in: SignedIn, chromium: Any, site: str, own_house: Any, stays: list[Any]
) -> None:
    stay = stays[2]
    page, other = quiet_page(chromium, site, own_house), signed_in("coder")
    page.goto(f"/coding/{stay.encounter_id}/")
    other.goto(f"/coding/{stay.encounter_id}/")
    other.keyboard.type("N17.9", delay=10)
    other.keyboard.press("Enter")
    other.wait_for_selector("tr[data-line] th:has-text('N17.9')")
    before = page.locator("#pane").inner_text()
    with page.expect_response("**/save/") as answer:
        page.keyboard.type("J96.01", delay=10)
        page.keyboard.press("Enter")
    assert answer.value.status == 409
    page.wait_for_selector(".messages :text('changed these codes in the meantime')")
    assert page.locator("#pane").inner_text() == before
    choose_of_both(page)
    page.close()


def choose_of_both(page: Any) -> None:
    """Side by side, by keyboard: all of one's own."""
    leave_field(page)
    page.keyboard.press("v")
    page.wait_for_selector("h1:has-text('Your codes and')")
    assert page.locator("tr.differs").count() == 2
    assert violations(page) == []
    page.keyboard.press("y")
    page.wait_for_url("**/coding/*-*/")
    page.wait_for_selector(".messages :text('Saved what you chose of the two drafts.')")
    page.wait_for_selector("tr[data-line] th:has-text('J96.01')")


def quiet_page(chromium: Any, site: str, house: Any) -> Any:
    """A coder's page whose console may speak: the browser itself reports the answer 409 there."""
    context = chromium.new_context(base_url=site)
    context.add_cookies([{"name": "sessionid", "value": session_of(house.users["coder"]), "url": site}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def test_what_if_by_keyboard_leaves_the_draft_alone(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    begin(page, stays[3])
    leave_field(page)
    add(page, "c", "acute on chronic systolic", "I50.23")
    leave_field(page)
    add(page, "c", "J96.01", "J96.01")
    leave_field(page)
    page.wait_for_selector("text=J96.01 as MCC drives 291")
    page.keyboard.press("i")
    page.wait_for_url("**/what-if/")
    page.wait_for_selector("text=The MS-DRG stays 291")
    page.get_by_label("Leave out J96.01").press("Enter")
    page.wait_for_selector("text=J96.01 left out")
    page.keyboard.press("c")
    page.keyboard.type("xx")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=not shaped like an ICD-10-CM code")
    assert page.locator("#more").input_value() == "xx"
    page.locator("#more").fill("N17.9")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=N17.9 added")
    assert page.locator("#more").input_value() == ""
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name="Back to the codes").click()
    page.wait_for_selector("text=J96.01 as MCC drives 291")
    assert page.locator("tr[data-line]").count() == 2


def test_a_heading_leads_to_a_code_and_a_procedure_is_built_by_keyboard(signed_in: SignedIn, stays: list[Any]) -> None:
    page = signed_in("coder", width=1440, height=900)
    begin(page, stays[4])
    page.keyboard.type("I50.2", delay=10)
    page.wait_for_selector("#results-diagnosis [data-guide][aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#guide [data-choice='4']:has-text('I50.23')")
    assert violations(page) == []
    page.keyboard.press("Backspace")
    page.wait_for_selector("#guide [data-choice]:has-text('I50.2')")
    page.locator("#guide [data-guide][data-choice]", has_text="I50.2").press("Enter")
    page.wait_for_selector("#guide [data-choice='4']:has-text('I50.23')")
    page.keyboard.press("4")
    page.wait_for_selector("tr[data-line] th:has-text('I50.23')")
    page.wait_for_selector("#guide:empty", state="attached")
    leave_field(page)
    page.keyboard.press("b")
    page.keyboard.type("0dtj4zz")  # as fast as it goes: a key pressed before its step is there waits for it

    page.wait_for_selector("tr[data-line] th:has-text('0DTJ4ZZ')")
    leave_field(page)
    page.keyboard.press("c")
    page.keyboard.type("I50.9X", delay=10)
    page.wait_for_selector("#results-diagnosis :text('is not in ICD-10-CM')")
