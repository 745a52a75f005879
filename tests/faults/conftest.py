"""A department in a database of its own, and processes that work on it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from support.house import build_house
from support.processes import Running


@pytest.fixture(scope="module")
def site(own_database: str) -> dict[str, str]:
    """A department in a database of its own; the environment in which a process works on it."""
    build_house()
    return {"MUNIMENT_DATABASE_NAME": own_database, "DJANGO_SETTINGS_MODULE": "muniment.config.settings"}


@pytest.fixture
def start(site: dict[str, str]) -> Iterator[object]:
    """Start a process; whatever still runs at the end is killed."""
    running: list[Running] = []

    def begin(*arguments: str) -> Running:
        running.append(Running(*arguments, env=site))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.kill()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
