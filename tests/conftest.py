"""One PostgreSQL for the whole run; a template database migrated once; every test on a copy or in a transaction of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.environment import FOLDER

# How busy the machine is decides no test. Fixtures are made once a test and not once an example: our tests know.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("unhurried")

pytest_plugins = ["support.database", "support.house", "support.browser", "support.one_door"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller (or the only process) stops the server it shares and removes the folder."""
    if hasattr(session.config, "workerinput"):
        return
    from muniment.config.database import embedded

    server = embedded()
    if server:
        server.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path


@pytest.fixture(autouse=True)
def anchors_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test anchors is gone with its database: the next one begins with no anchors. Programs it starts see the same file."""
    from django.conf import settings

    monkeypatch.setattr(settings, "MUNIMENT_ANCHORS", tmp_path / "anchors.jsonl")
    monkeypatch.setenv("MUNIMENT_ANCHORS", str(tmp_path / "anchors.jsonl"))
