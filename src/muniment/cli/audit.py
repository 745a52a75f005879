"""``muniment audit verify | anchor``"""

from __future__ import annotations

import sys

import click

from muniment.cli.main import set_up


@click.group("audit")
def command() -> None:
    """Verify and anchor the chain of lifecycle events."""


@command.command()
def verify() -> None:
    """Walk the chain and the anchors outside the database, then each row that may change; name what is broken. Exit code 1 then."""
    set_up()
    from muniment.audit.verify import verify as walk

    shown = sys.stderr.isatty()
    found = walk(lambda count: click.echo(f"\r{count:,} events", nl=False, err=True) if shown else None)
    if found.sound:
        click.echo(
            f"The chain holds: {found.events:,} events, {found.anchors:,} anchors; {found.rows:,} rows stand as their last events say."
        )
        return
    for one in found.breaks:
        click.echo(f"Broken at {one}")
    sys.exit(1)


@command.command()
def anchor() -> None:
    """Write the heads of all lanes to the anchor file now. The worker does it every few seconds."""
    set_up()
    from muniment.audit import anchors

    click.echo(f"{anchors.drop()} lanes anchored in {anchors.path()}.")
