"""``muniment terminology install-embedded | list``"""

from __future__ import annotations

import sys

import click

from muniment.cli.main import set_up, system_actor


@click.group("terminology")
def command() -> None:
    """Install and list releases of code systems."""


@command.command("install-embedded")
def install_embedded() -> None:
    """Install the releases that come with Muniment. What is installed already stays as it is."""
    set_up()
    from muniment.terminology.actions import install_embedded as install

    shown = sys.stderr.isatty()
    releases = install(
        actor=system_actor("set-up"), progress=lambda title: click.echo(f"Installing {title}", err=True) if shown else None
    )
    click.echo(f"{len(releases)} releases, {sum(one.concepts for one in releases):,} concepts.")


@command.command("list")
def list_releases() -> None:
    """Every installed release: system, version, when it is in force, how many concepts, where it comes from."""
    set_up()
    from muniment.terminology.queries import releases
    from muniment.terminology.rules import System

    for system in System:
        for one in releases(system):
            until = one.effective_to.isoformat() if one.effective_to else "open"
            click.echo(f"{system.value}\t{one.version}\t{one.effective_from} to {until}\t{one.concepts:,}\t{one.source}")
