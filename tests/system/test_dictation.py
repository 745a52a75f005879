"""In a real browser: a dictation waits on the board, comes back transcribed, is signed, and counts with its turnaround."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.browser import SignedIn, violations

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def feed(own_house: Any) -> Any:
    """Dr Stone dictated a summary two days ago."""
    from muniment.accounts.actions import choose_password
    from muniment.core import clock
    from support.dictation import DictationFeed, follow
    from support.stays import adopt_rules

    choose_password(actor=own_house.actor("clinician"), user=own_house.users["clinician"], password=PASSWORD)
    adopt_rules(own_house)
    adopt_rules(own_house, "transcription.")
    made = DictationFeed(own_house)
    made.dictated = clock.now().astimezone(ZoneInfo("America/New_York")) - timedelta(hours=50)
    made.document("D1", dictated=f"{made.dictated:%Y%m%d%H%M%S}")
    follow()
    return made


def test_from_dictation_to_the_signed_document(feed: Any, signed_in: SignedIn) -> None:
    from muniment.completion import actions as completion
    from support.dictation import follow
    from support.house import system_actor

    board = signed_in("administrator")
    board.goto("/transcription/?step=transcription")
    assert board.get_by_role("row", name="Not transcribed").get_by_role("link", name="1", exact=True).is_visible()
    board.get_by_role("link", name="Not transcribed").click()
    assert board.get_by_role("link", name="ROWE, Alba").is_visible()
    assert violations(board) == []

    came = feed.dictated + timedelta(hours=4)
    feed.document("D1", dictated=f"{feed.dictated:%Y%m%d%H%M%S}", transcribed=f"{came:%Y%m%d%H%M%S}", trigger="T08")
    follow()
    while completion.drain(actor=system_actor()):
        pass
    author = signed_in("clinician")
    author.goto("/completion/")
    author.get_by_role("row", name="Sign discharge summary").get_by_role("link").click()
    author.get_by_text("Text of D1.").wait_for()
    author.keyboard.press("s")
    author.keyboard.type(PASSWORD)
    author.keyboard.press("Enter")
    author.get_by_text("Signed").first.wait_for()
    follow()

    board.goto("/transcription/documents/?step=whole")
    row = board.get_by_role("row", name="ROWE, Alba")
    assert row.locator("td.number").inner_text().startswith("50.")
    board.keyboard.press("Escape")
    board.get_by_role("heading", name="Transcription", exact=True).wait_for()
    assert board.get_by_role("row", name="Ada Stone, MD").is_visible()
