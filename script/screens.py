"""Screenshots of the main screens, each as a person of the demo hospital sees it. Run by ``script/screens``."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from muniment.demo.sign_ins import PASSWORD

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ROW = "main tbody tr a[data-open]"
DIAGNOSES = re.compile(r"DISCHARGE DIAGNOSES\s*(.+?)\n\s*\n", re.DOTALL)
MOST_STAYS, FEWEST_CODES, MOST_CODES = 12, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One picture: who looks, where they begin, what they press to get there. ``then`` does what a click can't."""

    name: str
    who: str
    path: str
    click: tuple[str, ...] = ()
    then: Callable[[Any], None] | None = None
    dark: bool = False
    phone: bool = False


def open_unsigned(page: Any) -> None:
    """The first document of the inbox that only waits for a signature."""
    unsigned = page.locator("main tbody tr", has=page.locator("td.next", has_text=re.compile("^Sign")))
    unsigned.first.locator("a[data-open]").click()


def open_last(page: Any) -> None:
    """The last row: the newest of the stays that wait."""
    page.locator(ROW).last.click()


def open_last_and_read(page: Any) -> None:
    open_last(page)
    page.locator("#list a[data-open]").first.click()


def code_a_stay(page: Any) -> None:
    """Open a waiting stay and code the diagnoses of its discharge summary as a coder would: read, search, Enter."""
    addresses = [one.get_attribute("href") for one in page.locator(ROW).all()][::-1][:MOST_STAYS]
    counts = {}
    for address in addresses:
        page.goto(address)
        counts[address] = len(diagnoses(page)) if read_summary(page) else 0
        if counts[address] >= FEWEST_CODES:
            break
    else:
        page.goto(max(counts, key=lambda one: counts[one]))
        read_summary(page)
    if not page.locator("#pane tr[data-line]").count():
        for words in diagnoses(page)[:MOST_CODES]:
            add_code(page, words)
    page.evaluate("document.activeElement.blur()")


def read_summary(page: Any) -> bool:
    """Open the discharge summary beside the codes, if there is one."""
    summary = page.locator("a[data-read]", has_text=re.compile("discharge summary", re.IGNORECASE))
    if not summary.count():
        return False
    summary.first.click()
    page.wait_for_function("document.querySelector('#reading').innerText.includes('DIAGNOS')")
    return True


def diagnoses(page: Any) -> list[str]:
    """The numbered discharge diagnoses of the document that is open, each up to its first comma or bracket."""
    found = DIAGNOSES.search(page.locator("#reading").inner_text() + "\n\n")
    lines = found[1].splitlines() if found else []
    return [re.sub(r"^\W*\d*\W*|[(,.;].*$", "", line.strip()) for line in lines if line.strip()]


def add_code(page: Any, words: str) -> None:
    """Type it, take the first answer. What the search does not know is passed over."""
    before = page.locator("#pane tr[data-line]").count()
    page.locator("#find-diagnosis").fill(words)
    page.locator("#results-diagnosis [data-q]").first.wait_for()
    if not page.locator("#results-diagnosis [role=option]").count():
        page.locator("#find-diagnosis").fill("")
        return
    page.locator("#find-diagnosis").press("Enter")
    page.wait_for_function("before => document.querySelectorAll('#pane tr[data-line]').length > before", arg=before)
    page.wait_for_timeout(300)


def find_somebody(page: Any) -> None:
    page.locator("main input[type=search]").fill("mar")
    page.locator("main input[type=search]").press("Enter")
    page.locator(ROW).first.wait_for()


TECHNICIAN, CODER, CLINICIAN, ADMINISTRATOR, IDENTITY, AUDITOR, DATABASE = (
    "tnowell", "dferreira", "clinician", "ethackeray", "cokafor", "hdevereaux", "bniculescu",
)  # fmt: skip
SCREENS = (
    Screen(name="sign-in", who="", path="/accounts/login/"),
    Screen(name="day-technician", who=TECHNICIAN, path="/"),
    Screen(name="day-coder", who=CODER, path="/"),
    Screen(name="day-administrator", who=ADMINISTRATOR, path="/"),
    Screen(name="day-auditor", who=AUDITOR, path="/"),
    Screen(name="arrivals", who=TECHNICIAN, path="/arrivals/"),
    Screen(name="quarantine", who=TECHNICIAN, path="/arrivals/quarantine/"),
    Screen(name="quarantine-input", who=TECHNICIAN, path="/arrivals/quarantine/", click=(ROW,)),
    Screen(name="outside-records", who=TECHNICIAN, path="/work/outside-records/", click=(ROW,)),
    Screen(name="scans", who=TECHNICIAN, path="/scans/"),
    Screen(name="indexing", who=TECHNICIAN, path="/scans/documents/", click=(ROW,)),
    Screen(name="paper", who=TECHNICIAN, path="/paper/"),
    Screen(name="forms", who=TECHNICIAN, path="/forms/"),
    Screen(name="downtime", who=TECHNICIAN, path="/downtime/", click=(ROW,)),
    Screen(name="deficiencies", who=TECHNICIAN, path="/completion/deficiencies/"),
    Screen(name="chart", who=TECHNICIAN, path="/coding/?class=IMP", then=open_last),
    Screen(name="chart-document", who=TECHNICIAN, path="/coding/?class=IMP", then=open_last_and_read),
    Screen(name="inbox", who=CLINICIAN, path="/completion/"),
    Screen(name="signing", who=CLINICIAN, path="/completion/", then=open_unsigned),
    Screen(name="coding-queue", who=CODER, path="/coding/"),
    Screen(name="coding-workspace", who=CODER, path="/coding/?class=IMP", then=code_a_stay),
    Screen(name="coding-workspace-dark", who=CODER, path="/coding/?class=IMP", then=code_a_stay, dark=True),
    Screen(name="find", who=IDENTITY, path="/find", then=find_somebody),
    Screen(name="possible-match", who=IDENTITY, path="/work/possible-matches/", click=(ROW.replace("tr a", "td a"),)),
    Screen(name="board", who=ADMINISTRATOR, path="/board/"),
    Screen(name="delinquency", who=ADMINISTRATOR, path="/delinquency/"),
    Screen(name="letters", who=ADMINISTRATOR, path="/delinquency/letters/"),
    Screen(name="transcription", who=ADMINISTRATOR, path="/transcription/"),
    Screen(name="pending", who=ADMINISTRATOR, path="/pending/"),
    Screen(name="interfaces", who=ADMINISTRATOR, path="/interfaces/"),
    Screen(name="rule-book", who=ADMINISTRATOR, path="/rules/"),
    Screen(name="rule", who=ADMINISTRATOR, path="/rules/", click=(ROW,)),
    Screen(name="people", who=ADMINISTRATOR, path="/staff/"),
    Screen(name="access-table", who=AUDITOR, path="/access/"),
    Screen(name="audit-trail", who=AUDITOR, path="/audit/"),
    Screen(name="system-health", who=DATABASE, path="/health/"),
    Screen(name="inbox-phone", who=CLINICIAN, path="/completion/", phone=True),
)


class Photographer:
    """Keeps one browser, and each person's session."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser, self.url = browser, url
        self.sessions: dict[str, Any] = {}

    @cached_property
    def clinician(self) -> str:
        """The user name of somebody who owes a signature, from the department's list."""
        with self._page(Screen(name="", who=TECHNICIAN, path="")) as page:
            page.goto("/completion/deficiencies/?kind=signature")
            row = page.locator("main tbody tr", has_text="Inpatient stay").last
            name = row.locator("td").nth(2).inner_text().split(",")[0].split()
        return f"{name[0][0]}{name[-1]}".lower()

    def take(self, screen: Screen) -> None:
        if screen.who == CLINICIAN:
            screen = replace(screen, who=self.clinician)
        with self._page(screen) as page:
            answer = page.goto(screen.path)
            if answer is None or not answer.ok:
                raise RuntimeError(f"the site answered {answer.status if answer else 'nothing'}")
            for selector in screen.click:
                page.locator(selector).first.click()
                page.wait_for_load_state("networkidle")
            if screen.then:
                screen.then(page)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(300)  # what announces itself has been said
            page.screenshot(path=FOLDER / f"{screen.name}.png")

    @contextmanager
    def _page(self, screen: Screen) -> Any:
        """A page signed in as the screen's person; they sign in once."""
        context = self.browser.new_context(
            base_url=self.url, viewport=PHONE if screen.phone else WIDE, color_scheme="dark" if screen.dark else "light",
            storage_state=self.sessions.get(screen.who), bypass_csp=True,  # only the driver's own waiting needs it
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15_000)
        if screen.who and screen.who not in self.sessions:
            self._sign_in(page, screen.who)
            self.sessions[screen.who] = context.storage_state()
        yield page
        context.close()

    def _sign_in(self, page: Any, who: str) -> None:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"^(?!.*/accounts/login)"))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", help="only these screens")
    asked.add_argument("--url", default="http://localhost:8000", help="where the demo runs")
    said = asked.parse_args()
    if unknown := set(said.names) - {one.name for one in SCREENS}:
        asked.error(f"no screen is called {', '.join(sorted(unknown))}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        photographer = Photographer(browser, said.url)
        for screen in SCREENS:
            if not said.names or screen.name in said.names:
                failed += _try(photographer, screen)
        browser.close()
    return 1 if failed else 0


def _try(photographer: Photographer, screen: Screen) -> bool:
    """Take one picture; whether it failed. One screen that can't be reached does not cost the others."""
    try:
        photographer.take(screen)
        sys.stderr.write(f"ok    {screen.name}\n")
        return False
    except Exception as error:
        sys.stderr.write(f"FAIL  {screen.name}: {str(error).splitlines()[0]}\n")
        return True


if __name__ == "__main__":
    sys.exit(main())
