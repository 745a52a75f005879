"""By keyboard, in a real browser: a channel is set up, its silence becomes work, and switching it off settles it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.house import system_actor

pytestmark = pytest.mark.browser


def look(**later: float) -> int:
    """The worker's look, so much later."""
    from muniment.channels import actions
    from muniment.core import clock

    token = clock._moment.set(clock.now() + timedelta(**later))
    try:
        return actions.look(actor=system_actor())
    finally:
        clock._moment.reset(token)


def test_a_silent_channel_is_work_until_it_is_switched_off(own_house: Any, signed_in: SignedIn) -> None:
    page = signed_in("database-administrator")
    page.goto("/interfaces/")
    page.keyboard.press("e")
    page.wait_for_url(re.compile("/interfaces/new/"))
    page.get_by_label("Name").fill("Reference laboratory")
    page.get_by_label("Something comes at least every").fill("60")
    page.keyboard.press("Escape")  # leaves the field
    page.keyboard.press("s")
    page.get_by_text("Reference laboratory is set up so.").wait_for()
    assert violations(page) == []

    assert look(minutes=59) == 0
    assert look(minutes=61) == 1
    page.goto("/work/interfaces/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/interfaces/[0-9a-f-]{36}/"))  # where it is worked on
    assert violations(page) == []
    page.get_by_label("Switched on").uncheck()
    page.get_by_role("button", name="Change the channel").click()
    page.get_by_text("Switched off").wait_for()
    assert look(minutes=61) == 0
    page.goto("/work/interfaces/")
    page.get_by_text("Nothing waits in this queue").wait_for()
