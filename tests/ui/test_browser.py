"""The components in Chromium: clean by axe in both themes, and usable by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muniment.ui.gallery import SCREENS
from support.browser import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert complaints == []


@pytest.mark.parametrize("path", ["", *(screen.kind for screen in SCREENS)])
def test_axe_finds_nothing(page: Any, site: str, path: str) -> None:
    page.goto(site + path)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["", *(screen.kind for screen in SCREENS)])
def test_nothing_is_cut_off_at_phone_width(page: Any, site: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def _focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim().slice(0, 60)"))


def test_rows_are_walked_selected_and_opened(page: Any, site: str) -> None:
    page.goto(site + "queue")
    page.keyboard.press("j")
    assert _focused(page).startswith("LINDQVIST")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert _focused(page).startswith("OKONJO")
    page.keyboard.press("x")
    assert page.locator("tbody input:checked").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/record")


def test_letters_go_places_and_escape_comes_back(page: Any, site: str) -> None:
    page.goto(site + "queue")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/workspace")
    page.keyboard.press("Escape")
    page.wait_for_url("**/queue")
    page.keyboard.press("n")
    page.wait_for_url("**/workspace")


def test_the_menu_of_all_places_opens_by_key_and_a_place_in_it_answers_to_its_own(page: Any, site: str) -> None:
    page.goto(site + "queue")
    page.keyboard.press("g")
    page.keyboard.press("m")
    assert page.get_by_role("navigation", name="All places").is_visible()
    assert _focused(page).startswith("Day")
    page.keyboard.press("Escape")
    assert not page.get_by_role("navigation", name="All places").is_visible()
    page.keyboard.press("?")
    keys = page.locator("#keys dt").all_inner_texts()
    assert {"g m", "g s", "g w"} <= set(keys)
    assert len(keys) == len(set(keys))  # what stands in the bar and in the menu is listed once
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**#sign-in")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_open_menu_of_all_places_fits_the_window_and_passes_axe(page: Any, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(site + "queue")
    page.get_by_text("All places").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_typing_is_never_a_command(page: Any, site: str) -> None:
    page.goto(site + "queue")
    page.keyboard.press("/")
    page.keyboard.type("nagwjx?")
    assert page.url.endswith("/queue")
    assert page.locator("#find").input_value() == "nagwjx?"


def test_the_key_list_is_the_screens_own(page: Any, site: str) -> None:
    page.goto(site + "workspace")
    page.keyboard.press("?")
    words = page.locator("#keys dl").inner_text()
    assert "Finalise 4 codes" in words
    assert "Back to the queue" in words
    assert "Next chart" not in words
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_letter_keys_can_be_switched_off(page: Any, site: str) -> None:
    page.goto(site + "queue")
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("j")
    assert page.url.endswith("/queue")
    assert page.locator("tbody tr:focus").count() == 0


def test_the_divider_moves_by_arrow_and_is_remembered(page: Any, site: str) -> None:
    page.goto(site + "workspace")
    divider = page.get_by_role("separator")
    before = page.locator(".pane").first.bounding_box()["width"]
    divider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert divider.get_attribute("aria-valuenow") == "48"
    assert page.locator(".pane").first.bounding_box()["width"] < before - 80
    page.reload()
    assert page.get_by_role("separator").get_attribute("aria-valuenow") == "48"


def test_the_divider_is_dragged(page: Any, site: str) -> None:
    page.goto(site + "workspace")
    box = page.get_by_role("separator").bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(400, box["y"] + 200)
    page.mouse.up()
    assert page.get_by_role("separator").get_attribute("aria-valuenow") == "31"


def test_a_draft_comes_back_and_can_be_discarded(page: Any, site: str) -> None:
    page.goto(site)
    page.fill("#id_reason", "Wrong side named")
    page.check("#id_told")
    page.reload()
    assert page.input_value("#id_reason") == "Wrong side named"
    assert page.is_checked("#id_told")
    page.get_by_role("button", name="Discard it").click()
    assert page.input_value("#id_reason") == ""


def test_a_draft_over_somebody_elses_change_shows_both(page: Any, site: str) -> None:
    page.goto(site)
    page.fill("#id_reason", "Mine")
    page.wait_for_timeout(700)  # the draft is written 400 ms after the last stroke
    page.evaluate(
        "Object.keys(sessionStorage).forEach((key) =>"
        " sessionStorage.setItem(key, sessionStorage.getItem(key).replace('\"1\"', '\"0\"')))"
    )
    page.reload()
    assert page.input_value("#id_reason") == ""
    assert "yours “Mine”" in page.locator("form[data-autosave] .notice").inner_text()
    page.get_by_role("button", name="Use mine for Reason").click()
    assert page.input_value("#id_reason") == "Mine"


def test_the_theme_is_chosen_and_kept_in_a_cookie(page: Any, site: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(site)
    page.get_by_role("button", name="Dark").first.click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"


def test_charts_open_their_tables_by_key(page: Any, site: str) -> None:
    page.goto(site + "board")
    page.keyboard.press("t")
    assert page.locator("[data-chart-table][open]").count() == 3


def test_a_dialog_opens_and_closes_by_keyboard(page: Any, site: str) -> None:
    page.goto(site)
    opener = page.locator("[data-dialog]")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("#specimen-dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#specimen-dialog").is_visible()
    assert page.evaluate("document.activeElement.matches('[data-dialog]')")


def test_every_stop_of_the_tab_key_is_seen(page: Any, site: str) -> None:
    """Each element that takes the focus by Tab shows an outline."""
    page.goto(site + "workspace")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "(() => { const one = document.activeElement;"
            " return [one.outerHTML.slice(0, 80), getComputedStyle(one).outlineStyle]; })()"
        )
        if name.startswith("<body"):
            break
        assert outline != "none", name
        seen.add(name)
    assert len(seen) > 15


def test_a_form_is_not_sent_twice(page: Any, site: str) -> None:
    """The second press while the first is under way goes nowhere; the button says it is busy."""
    page.goto(site)
    page.evaluate(
        """() => {
          window.sent = 0;
          document.addEventListener("submit", (event) => { event.preventDefault(); window.sent += 1; });
          const form = document.querySelector("form[data-autosave]");
          form.noValidate = true;
          const button = form.querySelector("button.primary");
          button.type = "submit";
          button.click();
          button.click();
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.sent") == 1
    assert page.get_by_role("button", name="Add the amendment").get_attribute("aria-busy") == "true"
