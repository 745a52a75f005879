"""The site served to a real Chromium, on a module's own database.

``site`` serves the whole application; ``signed_in(role)`` opens a page as the house's person of that role, and fails the test
when the browser's console complained. ``violations`` asks axe. Write through actions only, as everywhere.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SignedIn = Callable[..., Any]


@pytest.fixture(scope="module")
def own_house(own_database: str) -> Any:
    """The small department, committed in the module's own database."""
    from support.house import build_house

    return build_house()


@pytest.fixture(scope="module")
def site(own_database: str) -> Iterator[str]:
    """The address of the running application, without a slash at its end."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(("127.0.0.1", 0), _quiet_handler())
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def _quiet_handler() -> type:
    from django.core.servers.basehttp import WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the tests speak."""

    return Quiet


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium, headless. Skipped by name where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; set CHROMIUM to one")
    from django.db import connections
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield running
        connections.close_all()  # while the driver's loop runs, Django keeps connections apart from the thread's own
        running.close()


@pytest.fixture(scope="module")
def kept_contexts(chromium: Any) -> dict[str, Any]:
    """Role → a context that the module's tests use in turn: what the site serves to all is fetched once."""
    return {}


@pytest.fixture
def signed_in(chromium: Any, site: str, own_house: Any, kept_contexts: dict[str, Any]) -> Iterator[SignedIn]:
    """``signed_in("coder")`` gives a page whose session is the house's coder; ``page.goto(path)`` takes paths of the site.

    The same role a second time in one test is a second browser. Every page begins with a session of its own.
    """
    used: dict[str, Any] = {}
    alone: list[Any] = []
    complaints: list[str] = []

    def context_for(role: str) -> Any:
        if role in used or role not in kept_contexts:
            made = chromium.new_context(base_url=site)
            if role in used:
                alone.append(made)
                return made
            kept_contexts[role] = made
        used[role] = kept_contexts[role]
        return used[role]

    def open_page(role: str, *, width: int = 1280, height: int = 800) -> Any:
        context = context_for(role)
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": session_of(own_house.users[role]), "url": site}])
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in alone:
        context.close()
    for context in used.values():
        for page in context.pages:
            page.close()
    assert complaints == []


def session_of(user: Any) -> str:
    """The key of a fresh session in which ``user`` is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def violations(page: Any) -> list[str]:
    """What axe finds on the page as it stands, every ``<details>`` but the menus opened: one line a place.

    By light all rules are tried; by dark, of which nothing but the colours differs, that of contrast.
    """
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")
    page.emulate_media(color_scheme="light")
    found = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": ["color-contrast"]}).response["violations"]
    lines = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    return lines + [f"{one['id']} by dark: {node['html'][:160]}" for one in dark for node in one["nodes"]]
