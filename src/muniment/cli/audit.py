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
    """Walk the whole chain and the anchors outside the database; name the first broken row. Exit code 1 when it is broken."""
    set_up()
    from muniment.audit.verify import verify as walk

    shown = sys.stderr.isatty()
    found = walk(lambda count: click.echo(f"\r{count:,} events", nl=False, err=True) if shown else None)
    if found.sound:
        click.echo(f"The chain holds: {found.events:,} events, {found.anchors:,} anchors.")
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
