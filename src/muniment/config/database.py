"""Which PostgreSQL, under which roles.

Three logins from the first migration on (ADR 0003): an administrator who makes roles and the database (set-up only), an *owner*
who migrates, and the *application*, which owns nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from muniment.config.paths import data_dir
from muniment.config.postgres import EmbeddedPostgres
from muniment.kernel import keyfiles

DATABASE = os.environ.get("MUNIMENT_DATABASE_NAME", "muniment")
OWNER = "muniment_owner"
APPLICATION = "muniment_app"
EXTENSIONS = ("pg_trgm", "unaccent", "fuzzystrmatch", "btree_gin")


def embedded() -> EmbeddedPostgres | None:
    """The embedded server, or None when ``DATABASE_URL`` points at another one."""
    return None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(data_dir() / "postgres")


def admin_dsn() -> str:
    server = embedded()
    return server.admin_dsn() if server else os.environ["DATABASE_URL"]


def login(role: str, database: str = DATABASE) -> dict[str, str]:
    """Connection parameters of ``role``; its password is this installation's own unless a URL of its own is set."""
    given = os.environ.get("DATABASE_OWNER_URL") if role == OWNER else os.environ.get("DATABASE_APP_URL")
    if given:
        return _text(conninfo_to_dict(given)) | {"dbname": database}
    server = embedded()
    if server:
        place = {"host": str(server.socket_folder)}
    else:
        place = _text(conninfo_to_dict(os.environ["DATABASE_URL"]))
    return place | {"user": role, "password": keyfiles.password(keys_folder(), role), "dbname": database}


def keys_folder() -> Path:
    return data_dir() / "keys"


def prepare(database: str = DATABASE) -> None:
    """Make the roles, the database and its extensions where they are missing. Runs as the administrator; repeatable."""
    with psycopg.connect(admin_dsn(), autocommit=True) as admin:
        for role in (OWNER, APPLICATION):
            _make_role(admin, role)
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            name, owner = sql.Identifier(database), sql.Identifier(OWNER)
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(name, owner))
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            admin.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(APPLICATION)))
    with psycopg.connect(make_conninfo(admin_dsn(), dbname=database), autocommit=True) as admin:
        for extension in EXTENSIONS:
            admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        admin.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
        admin.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APPLICATION)))


def drop(database: str = DATABASE) -> None:
    """Throw a database away, with what it points at outside: documents and anchors. For the demo's fresh start."""
    import shutil

    with psycopg.connect(admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
    for name in ("documents", "anchors"):
        shutil.rmtree(data_dir() / name, ignore_errors=True)


def _make_role(admin: psycopg.Connection[Any], role: str) -> None:
    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    word = keyfiles.password(keys_folder(), role)
    admin.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(word)))


def django_databases(database: str = DATABASE) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: ``default`` is the application, ``owner`` migrates and does nothing else."""
    return {"default": _django(APPLICATION, database), "owner": _django(OWNER, database)}


def _django(role: str, database: str) -> dict[str, Any]:
    found = login(role, database)
    known = {"host", "port", "user", "password", "dbname"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": found.get("host", ""),
        "PORT": found.get("port", ""),
        "NAME": found["dbname"],
        "USER": found["user"],
        "PASSWORD": found.get("password", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {name: value for name, value in found.items() if name not in known},
        "TEST": {"MIRROR": None, "MIGRATE": True},
    }


def _text(found: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in found.items() if value is not None}


class OwnerMigrates:
    """Database router: only the owner's login migrates; everything else goes through the application's."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
