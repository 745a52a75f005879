"""The database of the tests: real PostgreSQL, real roles. Tests write through the application's login, never the owner's."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from support.environment import FOLDER, WORKER

TEMPLATE = "muniment_test_template"


@contextmanager
def _alone() -> Iterator[None]:
    """One worker at a time: the first prepares the template, the others copy it."""
    with (FOLDER / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Replaces pytest-django's: the template is migrated by the owner, this worker's database is a copy of it."""
    with _alone():
        _make_template(django_db_blocker)
        copy_database(os.environ["MUNIMENT_DATABASE_NAME"])
    yield
    from django.db import connections

    connections.close_all()


def _make_template(blocker: pytest.FixtureRequest) -> None:
    from django.core.management import call_command
    from django.db import connections

    from muniment.config import database

    server = database.embedded()
    if server:
        server.start()
    made = FOLDER / "template.made"  # in this run: a server of the house's own may hold one of an earlier run
    if made.exists():
        return
    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(TEMPLATE))) if _there(
            admin
        ) else None
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(TEMPLATE)))
    database.prepare(TEMPLATE)
    connection = connections["owner"]
    connection.close()
    name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], TEMPLATE
    with blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
    connection.close()
    connection.settings_dict["NAME"] = name
    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(TEMPLATE)))
    made.touch()


def _there(admin: psycopg.Connection) -> bool:
    return bool(admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone())


def copy_database(name: str) -> None:
    """A fresh database ``name``, a copy of the migrated template."""
    from muniment.config import database

    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        owner = sql.Identifier(database.OWNER)
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(sql.Identifier(name), owner, sql.Identifier(TEMPLATE))
        )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        app = sql.Identifier(database.APPLICATION)
        admin.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), app))


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Both logins of this process at the database ``name``, for as long as it lasts."""
    from django.db import connections

    before = {}
    for alias in ("default", "owner"):
        connections[alias].close()
        before[alias] = connections[alias].settings_dict["NAME"]
        connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        for alias, old in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = old


@pytest.fixture(scope="module")
def own_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this module's own, where commits are real: for servers, workers, crashes and concurrency."""
    name = f"muniment_test_{WORKER}_own"
    copy_database(name)
    with pointed_at(name), django_db_blocker.unblock():
        yield name
    from muniment.config import database

    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
