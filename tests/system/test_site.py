"""The site answers a browser: signed in by session, refused to others, static files served."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn

pytestmark = pytest.mark.browser


def test_the_door_opens_to_a_stranger(site: str, chromium: Any) -> None:
    page = chromium.new_page()
    page.goto(site + "/accounts/login/")
    assert page.get_by_role("button", name="Sign in", exact=True).is_visible()
    page.close()


def test_a_session_signs_in(signed_in: SignedIn) -> None:
    page = signed_in("technician")
    answer = page.goto("/accounts/password/change/")
    assert answer.status == 200
    assert "/login/" not in page.url
