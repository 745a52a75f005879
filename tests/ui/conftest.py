"""The gallery served by itself, under the content security policy the site sends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PLAIN_SITE: dict[str, Any] = {
    "ROOT_URLCONF": "ui.site_urls",
    "MIDDLEWARE": [],
    "ALLOWED_HOSTS": ["*"],
    "STATIC_URL": "/static/",
    "STORAGES": {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tests speak."""


def _guarded(application: Callable[..., Any]) -> Callable[..., Any]:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        return application(
            environ, lambda status, headers, *rest: start(status, [*headers, ("Content-Security-Policy", POLICY)], *rest)
        )

    return answer


@pytest.fixture
def plain_site() -> Iterator[None]:
    with override_settings(**PLAIN_SITE):
        yield


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a running gallery."""
    with override_settings(**PLAIN_SITE):
        server = make_server("127.0.0.1", 0, _guarded(StaticFilesHandler(get_wsgi_application())), _Server, _Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ui/"
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, headless. Skipped by name where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; set CHROMIUM to one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield running
        running.close()
