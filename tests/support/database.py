"""The databases of the tests: real PostgreSQL, real roles. Tests write through the application's login, never the owner's.

Each worker has an empty one and, once a test asks for ``house``, one in which the small department is founded already. A module
marked ``rules("completion.")`` has one in which the shipped rules of that area are adopted too: ``adopt_rules`` finds them there.
A test runs in a transaction on the one it needs.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pytest_django.plugin import blocking_manager_key

from muniment.config import database
from support.environment import FOLDER, WORKER

TEMPLATE, FURNISHED = "muniment_test_migrated", "muniment_test_furnished"
EMPTY, HOUSE = f"muniment_test_{WORKER}", f"muniment_test_{WORKER}_house"
_lent: list[str] = []  # databases that a module has for its own: its tests stay there


@contextmanager
def _alone() -> Iterator[None]:
    """One worker at a time: the first prepares the template, the others copy it."""
    with (FOLDER / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Replaces pytest-django's: the template is migrated by the owner, this worker's database is a copy of it."""
    _prepare(EMPTY, django_db_blocker)
    yield
    from django.db import connections

    connections.close_all()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture of a test that runs in a transaction: this process's logins go to the database it needs."""
    wanted = getattr(item, "fixturenames", ())
    if not _lent and ("house" in wanted or "db" in wanted or item.get_closest_marker("django_db")):
        marked = item.get_closest_marker("rules")
        areas = marked.args if marked else ()
        name = f"{HOUSE}{'_'.join(areas).replace('.', '')}" if "house" in wanted else EMPTY
        _prepare(name, item.config.stash[blocking_manager_key], areas)
        _point_at(name)


@cache
def _prepare(name: str, blocker: Any, areas: tuple[str, ...] = ()) -> None:
    """Once a worker: the templates, made by the first who comes, and this worker's copy of one, with rules adopted in it."""
    with _alone():
        _make(TEMPLATE, database.prepare, _migrate, blocker)
        if name != EMPTY:
            _make(FURNISHED, copy_database, _furnish, blocker)
        copy_database(name, TEMPLATE if name == EMPTY else FURNISHED)
    if areas:
        with pointed_at(name), blocker.unblock():
            _adopt(areas)


def _make(name: str, create: Callable[[str], None], fill: Callable[[], object], blocker: Any) -> None:
    """The template ``name`` of this run: a server of the house's own may hold one of an earlier run."""
    server = database.embedded()
    if server:
        server.start()
    made = FOLDER / f"{name}.made"
    if made.exists():
        return
    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    create(name)
    with pointed_at(name), blocker.unblock():
        fill()
    made.touch()


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0)


def _furnish() -> None:
    from support.house import build_house

    build_house()


def _adopt(areas: tuple[str, ...]) -> None:
    from support.house import standing
    from support.stays import adopt_rules

    for area in areas:
        adopt_rules(standing(), area)


def copy_database(name: str, template: str = TEMPLATE) -> None:
    """A fresh database ``name``, a copy of the migrated template, or of another."""
    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        owner = sql.Identifier(database.OWNER)
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(sql.Identifier(name), owner, sql.Identifier(template))
        )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        app = sql.Identifier(database.APPLICATION)
        admin.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), app))


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Both logins of this process at the database ``name``, for as long as it lasts."""
    from django.db import connections

    before = connections["default"].settings_dict["NAME"]
    _point_at(name)
    _lent.append(name)
    try:
        yield
    finally:
        _lent.remove(name)
        _point_at(before)


def _point_at(name: str) -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        if connections[alias].settings_dict["NAME"] != name:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name


@pytest.fixture(scope="module")
def own_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this module's own, where commits are real: for servers, workers, crashes and concurrency."""
    name = f"muniment_test_{WORKER}_own"
    copy_database(name)
    with pointed_at(name), django_db_blocker.unblock():
        yield name
    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
