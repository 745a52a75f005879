"""The ``muniment`` command. Each command is a file of its own, loaded when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

COMMANDS = {
    "intake": "take HL7 v2, C-CDA and FHIR input into the record",
    "audit": "verify and anchor the chain of lifecycle events",
    "serve": "run web server, worker and MLLP listener",
    "web": "run the web server alone",
    "worker": "run the worker alone",
    "mllp": "run the MLLP listener alone",
    "database": "prepare, migrate, start and stop the database",
    "staff": "add people and give them roles",
    "facility": "list facilities and the codes messages use for them",
    "rules": "propose the shipped rules and list the book",
    "terminology": "install and list releases of code systems",
    "group": "give claims their MS-DRG",
    "suggest": "suggest diagnosis codes for texts",
    "suggest-train": "learn to suggest codes from coded texts",
    "edit": "look at claims as the code editor does",
    "record": "verify what is kept, produce certified copies",
    "scanning": "take scanned files and read them",
    "downtime": "have paper ready for when systems are down",
    "demo": "load the demo hospital",
}


class Lazy(click.Group):
    """Loads ``muniment.cli.<name>`` when the command is asked for, so that starting is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found = importlib.import_module(f"muniment.cli.{name.replace('-', '_')}").command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy)
@click.version_option(package_name="muniment", message="Muniment %(version)s")
def cli() -> None:
    """Muniment runs a health records department."""


def main() -> None:
    """Run a command; a Problem, or a database that is away, is printed as a sentence, with exit code 1."""
    from django.db import DatabaseError, ProgrammingError

    from muniment.kernel.errors import Problem

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muniment.config.settings")
    try:
        cli(prog_name="muniment", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except Problem as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
    except ProgrammingError:  # a table or column this version asks for is not there
        click.echo(
            "The database was made by another version of Muniment and lacks something this one asks for. What was acknowledged before is kept."
            " Bring it up to date with “muniment database prepare”; a demo hospital of an earlier build is made anew with “script/demo --fresh”.",
            err=True,
        )
        sys.exit(1)
    except DatabaseError as error:  # its own words may hold what was to be written: only its kind is said
        click.echo(
            f"The database did not do its part ({type(error).__name__}). What was acknowledged before is kept."
            " See that it runs, then give the same command again.",
            err=True,
        )
        sys.exit(1)


def set_up() -> None:
    """Load Django, for the commands that need the database."""
    import django

    from muniment.config import database

    server = database.embedded()
    if server:
        server.start()
    django.setup()


def database_there() -> bool:
    """Whether this installation has a database with code sets; it is started where it is the embedded one, never made."""
    from django.db import DatabaseError

    from muniment.config import database

    server = database.embedded()
    if server and not (server.cluster / "PG_VERSION").exists():
        return False
    set_up()
    from muniment.terminology.models import CodeSystemRelease

    try:
        return CodeSystemRelease.objects.exists()
    except DatabaseError:
        return False


def system_actor(part: str, **more: Any) -> Any:
    """The command line as an actor: the operating system's user at this machine."""
    from muniment.accounts.queries import organisation_code
    from muniment.core.actor import Actor

    return Actor.system(part, organisation=organisation_code(), workstation=os.uname().nodename, **more)
