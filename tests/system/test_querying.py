"""A query from the coder's chart to the clinician's telephone and back, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn, violations

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"
FAILURE = "Acute respiratory failure with hypoxia"


@pytest.fixture(scope="module")
def stay(own_house: Any) -> Any:
    from muniment.accounts.actions import choose_password
    from muniment.coding.jobs import drain_all
    from support.coding import adopt_coding_rules, install_codes
    from support.house import system_actor
    from support.querying import AskedStay, adopt_query_rules

    install_codes()
    adopt_coding_rules(own_house)
    adopt_query_rules(own_house)
    choose_password(actor=system_actor(), user=own_house.users["clinician"], password=PASSWORD)
    found = AskedStay(own_house).ready()
    drain_all()
    return found


def type_into(page: Any, name: str, text: str, place: int = 0) -> None:
    page.locator(f"#query [name={name}]").nth(place).fill(text)


def test_asked_blocked_mended_answered_on_a_telephone_and_seen(stay: Any, signed_in: SignedIn) -> None:
    page = signed_in("coder", width=1440, height=900)
    page.goto(f"/coding/{stay.encounter_id}/")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.get_by_role("heading", name="Query to the clinician").wait_for()
    assert violations(page) == []
    pick_two(page)
    write(page)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_text("“Please document” in the title leads to an answer").wait_for()
    assert violations(page) == []
    assert page.locator("[data-indicators] li").count() == 2
    type_into(page, "title", "Clarification of respiratory findings")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_text("Nothing stands in the way.").wait_for()
    page.keyboard.press("s")
    page.get_by_text("The stay is held until it is answered").wait_for()
    page.get_by_text("Awaiting query: “Clarification of respiratory findings” is not answered.").or_(
        page.get_by_text("Queries to clinicians")
    ).first.wait_for()
    reply(signed_in("clinician", width=390, height=844))
    page.reload()
    page.get_by_text(f"{FAILURE}. As documented on day two.").wait_for()
    assert page.get_by_text("Awaiting query").count() == 0
    page.get_by_role("link", name="Read the addendum").click()
    page.locator("#reading").get_by_text("As documented on day two.").wait_for()


def pick_two(page: Any) -> None:
    """The first document is opened by keyboard; its second and third line are quoted."""
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#reading tr[data-source]").first.wait_for()
    page.locator("#reading tr:focus").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("i")
    page.keyboard.press("j")
    page.keyboard.press("i")
    quoted = page.locator("[data-indicators] [data-quote]").all_text_contents()
    assert quoted == ["Oxygen saturation 84 % on room air.", "Placed on high-flow oxygen."]


def write(page: Any) -> None:
    type_into(page, "title", "Please document respiratory failure")
    type_into(page, "question", "In your clinical judgment, which condition do the findings represent?")
    for place, (option, support) in enumerate(((FAILURE, "1 2"), ("Hypoxemia only", "1"))):
        type_into(page, "option", option, place)
        type_into(page, "support", support, place)


def reply(page: Any) -> None:
    page.goto("/completion/")
    page.get_by_role("heading", name="Queries to you").wait_for()
    assert violations(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your answer").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []
    page.keyboard.press("1")
    assert page.locator("input[name=choice]:checked").input_value() == FAILURE
    page.keyboard.press("e")
    page.keyboard.type("As documented on day two.")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Answered and signed “Clarification of respiratory findings”.").wait_for()


def test_words_selected_in_a_line_are_quoted_alone(stay: Any, signed_in: SignedIn) -> None:
    page = signed_in("coder", width=1440, height=900)
    page.goto(f"/queries/about/{stay.encounter_id}/")
    page.get_by_role("link", name="Discharge summary", exact=True).click()
    line = page.locator("#reading .quotable", has_text="Oxygen saturation")
    line.wait_for()
    line.evaluate("""node => { const range = document.createRange(); range.setStart(node.firstChild, 0); range.setEnd(node.firstChild, 22);
        const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(range); }""")
    page.keyboard.press("i")
    assert page.locator("[data-indicators] [data-quote]").all_text_contents() == ["Oxygen saturation 84 %"]


def test_list_figures_and_record(stay: Any, own_house: Any, signed_in: SignedIn) -> None:
    from support.querying import ask

    ask(own_house, stay)
    page = signed_in("administrator")
    for address, heading in (("/queries/", "Queries to clinicians"), ("/queries/figures/", "Figures of clinician queries")):
        page.goto(address)
        page.get_by_role("heading", name=heading).first.wait_for()
        assert violations(page) == []
    page.goto("/queries/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="History").wait_for()
    assert violations(page) == []
