"""Peak memory of the web server's processes after many requests for pages of the scale set."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import psutil

from bench import house, scale
from bench.figures import Figure

REQUESTS = 1_000


def run(options: Any) -> list[Figure]:
    scale.make(options.size)
    from django.urls import reverse

    house.person("technician")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "muniment", "web", "--port", str(port)], env=os.environ)
    try:
        browser = _Browser(port)
        browser.sign_in("bench-technician", house.PASSWORD)
        address = reverse("record-chart", args=[scale.FULL_STAY])
        for _ in range(20):
            browser.get(address)
        early = _peak(process.pid)
        for _ in range(REQUESTS):
            browser.get(address)
        return [Figure(f"Web server, peak memory after {REQUESTS:,} pages", _peak(process.pid), "MiB", "after 20 pages", early)]
    finally:
        process.terminate()
        process.wait(20)


def _peak(pid: int) -> float:
    """The sum of the processes' high-water marks of resident memory, in MiB."""
    parent = psutil.Process(pid)
    total = 0
    for one in [parent, *parent.children(recursive=True)]:
        with open(f"/proc/{one.pid}/status") as status:
            found = re.search(r"VmHWM:\s+(\d+)", status.read())
        total += int(found[1]) if found else 0
    return total / 1024


class _Browser:
    """As much of one as signing in needs."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.1)
        raise RuntimeError("the web server did not start")

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def sign_in(self, name: str, password: str) -> None:
        page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "no sign-in form"
        self._ask("POST", "/accounts/login/", {"login": name, "password": password, "csrfmiddlewaretoken": token[1]})
        assert "sessionid" in self.cookies, "not signed in"

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self.port}/"}
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        for line in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode()
        connection.close()
        assert answer.status < 400, (path, answer.status)
        return text
