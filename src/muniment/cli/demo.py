"""``muniment demo load | sign-ins``"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from muniment.cli.main import set_up

if TYPE_CHECKING:
    from muniment.demo.load import Step


@click.group("demo")
def command() -> None:
    """Load the demo hospital and list its sign-ins."""


@command.command()
@click.option("--fresh", is_flag=True, help="Throw the database away and start over.")
@click.option("--small", is_flag=True, help="500 stays instead of 6,000, for a quick look.")
def load(fresh: bool, small: bool) -> None:
    """Prepare the database and load the demo hospital; does nothing when it is there already. May be stopped and resumed."""
    _prepare(fresh)
    set_up()
    from muniment.demo import load as demo
    from muniment.demo.size import FULL, SMALL

    if demo.loaded():
        click.echo("The demo hospital is there; its data is kept.", err=True)
        return
    begun = time.monotonic()
    bar = Bar()
    demo.load(bar.show, size=SMALL if small else FULL)
    bar.end()
    click.echo(f"The demo hospital is loaded ({time.monotonic() - begun:.0f} s).", err=True)


@command.command("sign-ins")
@click.option("--port", default=8000, show_default=True, type=int, help="Port of the site.")
def sign_ins(port: int) -> None:
    """Print the address and one sign-in per role."""
    from muniment.demo import sign_ins as people

    click.echo(f"\n  http://localhost:{port}/\n\n  Password of everybody: {people.PASSWORD}\n")
    for role, name, username in people.one_per_role():
        click.echo(f"  {username:<14} {role:<36} {name}")
    click.echo()


def _prepare(fresh: bool) -> None:
    from muniment.config import database

    server = database.embedded()
    if server:
        server.start()
    if fresh:
        database.drop()
    database.prepare()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0)


class Bar:
    """A progress bar on a terminal; a line every few seconds elsewhere."""

    def __init__(self) -> None:
        self.shown, self.what = 0.0, ""

    def show(self, step: Step) -> None:
        what, done, total = step.what, step.done, step.total
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if now - self.shown < (0.1 if terminal else 5) and done < total and what == self.what:
            return
        if what != self.what and self.what:
            self.end()
        self.shown, self.what = now, what
        width = 30
        full = int(width * done / total) if total else width
        line = f"{what:<22} [{'█' * full}{' ' * (width - full)}] {done:,} of {total:,}"
        click.echo(f"\r{line}" if terminal else line, nl=not terminal, err=True)

    def end(self) -> None:
        if sys.stderr.isatty() and self.what:
            click.echo(err=True)
