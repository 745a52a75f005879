"""The parent of the services: one that ends takes the others with it, and anchors outlive a bad moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db.utils import InterfaceError, OperationalError

from muniment.audit import anchors
from muniment.config import services

SLEEPER, ENDER = "import time; time.sleep(60)", "import sys; sys.exit({})"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Programs given as text run in place of ``muniment <arguments>``; signals of the test run stay as they are."""
    made: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(command: list[str], **more: Any) -> Any:
        if command[-1] == "unstartable":
            raise OSError("no more processes")
        made.append(popen([sys.executable, "-c", command[-1]], **more))
        return made[-1]

    monkeypatch.setattr(services.subprocess, "Popen", start)
    monkeypatch.setattr(services.signal, "signal", lambda *_: None)
    return made


@pytest.mark.parametrize(("ends_with", "code"), [(3, 3), (0, 1)])
def test_when_one_ends_the_others_are_stopped_and_the_code_is_not_success(started: Any, ends_with: int, code: int) -> None:
    assert services.together({"web": [SLEEPER], "worker": [ENDER.format(ends_with)]}) == code
    assert [process.poll() is not None for process in started] == [True, True]


def test_when_one_cannot_be_started_the_others_are_stopped(started: Any) -> None:
    with pytest.raises(OSError, match="no more"):
        services.together({"web": [SLEEPER], "worker": ["unstartable"]})
    assert [process.poll() is not None for process in started] == [True]


class EnoughError(BaseException):
    """Ends a loop that has no end."""


@pytest.mark.parametrize(
    "trouble", [OperationalError("away"), InterfaceError("closed"), OSError("disk full"), ValueError("torn")]
)
def test_anchors_are_dropped_again_after_trouble(trouble: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.time, "sleep", lambda seconds: None)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    with mock.patch.object(anchors, "drop", side_effect=[trouble, 1, EnoughError()]) as drop, pytest.raises(EnoughError):
        services._anchor_forever()
    assert drop.call_count == 3


PARENT = """
import subprocess, sys
from muniment.config import services
real = subprocess.Popen
services.subprocess.Popen = lambda command, **more: real([sys.executable, "-c", {child!r}], **more)
services.together({{"web": ["web"]}})
"""
CHILD = """
import os, time
from muniment.config import services
services.follow_parent()
print(os.getpid(), flush=True)
time.sleep(60)
"""


def test_a_parent_that_is_killed_takes_its_services_with_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(child=CHILD)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    alive = _alive(child)
    if alive:
        os.kill(child, signal.SIGKILL)
    parent.stdout.close()
    assert not alive


def _alive(pid: int) -> bool:
    """A process that ended and was not waited for yet is not alive."""
    try:
        return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()[:1] not in (
            "",
            "Z",
        )
    except FileNotFoundError:
        return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
