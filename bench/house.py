"""A database of its own for each benchmark, with an organisation, facilities, queues and a person of each role."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

PASSWORD = "a-bench-has-no-secrets"


def prepare(*, keep: bool = False) -> bool:
    """Start the embedded server and migrate the database of this process's environment. Returns whether it is new.

    With ``keep`` a database that is there stays as it is.
    """
    from muniment.config import database

    server = database.embedded()
    if server:
        server.start()
    with psycopg.connect(database.admin_dsn(), autocommit=True) as admin:
        there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database.DATABASE]).fetchone()
        if there and not keep:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database.DATABASE)))
    database.prepare()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0, skip_checks=True)
    return not (there and keep)


def furnish() -> Any:
    """Found the demo's organisation, with its queues. Returns its first facility."""
    from muniment.accounts import actions
    from muniment.config.furnish import define_queues
    from muniment.demo.organisation import FACILITIES, ORGANISATION, ORGANISATION_CODE

    founder = system_actor("set-up")
    organisation = actions.found_organisation(actor=founder, code=ORGANISATION_CODE, name=ORGANISATION)
    opened = [
        actions.open_facility(
            actor=founder, organisation=organisation, code=one.code, name=one.name, kind=one.kind, zone=one.time_zone
        )
        for one in FACILITIES
    ]
    define_queues(founder)
    return opened[0]


def person(role: str) -> Any:
    """A user who holds ``role`` at every facility; signs in with PASSWORD."""
    from muniment.accounts import actions
    from muniment.accounts.models import Facility, User
    from muniment.accounts.rules import Role

    known = User.objects.filter(username=f"bench-{role}").first()
    if known:
        return known
    founder = system_actor("set-up")
    said = {"username": f"bench-{role}", "family": "Bench", "given": role, "credential": "RHIT", "password": PASSWORD}
    user = actions.add_user(actor=founder, **said)  # with its password: one set past the actions breaks the seal
    actions.assign_role(actor=founder, user=user, role=Role(role), facilities=list(Facility.objects.all()))
    return user


def system_actor(part: str) -> Any:
    from muniment.core.actor import Actor
    from muniment.demo.organisation import ORGANISATION_CODE

    return Actor.system(part, organisation=ORGANISATION_CODE)


def admin() -> psycopg.Connection[Any]:
    """The superuser in the benchmark's database: for peers' tables, which the application may not make."""
    from muniment.config import database

    return psycopg.connect(make_conninfo(database.admin_dsn(), dbname=database.DATABASE), autocommit=True)


def corpora() -> str:
    return os.environ.get("MUNIMENT_CORPORA") or os.path.join(os.path.dirname(__file__), "..", "..", "shared", "corpora")
