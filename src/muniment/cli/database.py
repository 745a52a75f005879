"""``muniment database …``"""

from __future__ import annotations

import click

from muniment.kernel.errors import Problem


@click.group("database")
def command() -> None:
    """Prepare, migrate, start and stop the database."""


@command.command()
def prepare() -> None:
    """Start the embedded server where it is used, make roles and database where they are missing, and migrate as the owner."""
    from django.core.management import call_command

    from muniment.config import database

    server = database.embedded()
    if server:
        server.start()
    database.prepare()
    import django

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    click.echo("The database is prepared.")


@command.command()
def start() -> None:
    """Start the embedded server."""
    _embedded().start()


@command.command()
def stop() -> None:
    """Stop the embedded server."""
    _embedded().stop()


def _embedded():  # type: ignore[no-untyped-def]
    from muniment.config import database

    server = database.embedded()
    if server is None:
        raise Problem("DATABASE_URL points at a server of its own.", remedy="Start and stop it by its own means.")
    return server
