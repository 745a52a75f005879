"""``muniment terminology install-embedded | install | list | diff``"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from muniment.cli.main import set_up, system_actor
from muniment.kernel.errors import Problem


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


@command.command("install")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--from",
    "begins",
    type=click.DateTime(["%Y-%m-%d"]),
    help="From when it is in force, where neither name nor content of a file says so.",
)
def install_files(paths: tuple[Path, ...], begins: datetime | None) -> None:
    """Install releases from the files CDC and CMS publish: ZIPs, folders, XML and text, recognised by their content.

    What belongs to one release is named together: its list of codes, the tabular list, the codes exempt from present-on-admission reporting.
    A release that is there already is not changed: one with other files becomes its next revision. The same files again change nothing.
    """
    set_up()
    from muniment.terminology import actions, composing, official

    used, left = official.find(list(paths))
    sources, alone = composing.compose(used, begins.date() if begins else None)
    for one in (*left, *alone):
        click.echo(f"not used: {one.name}: {one.reason}", err=True)
    if not sources:
        raise Problem("None of these files is a release.", remedy="Name the files as CDC or CMS publishes them.")
    actor = system_actor("command line")
    for source in sources:
        if sys.stderr.isatty():
            click.echo(f"Installing {source.title}", err=True)
        release = actions.install_release(actor=actor, source=source, revise=True)
        until = f"to {release.effective_to}" if release.effective_to else "on"
        click.echo(
            f"{release.title}: {release.concepts:,} {'terms' if source.system.is_publication else 'concepts'}, in force from {release.effective_from} {until}, from {release.source}"
        )


@command.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per change.")
def diff(before: str, after: str, as_json: bool) -> None:
    """What AFTER changes of BEFORE: each named as system|version, such as “icd-10-cm|2026-04” and “icd-10-cm|2027”."""
    set_up()
    from muniment.terminology import changes

    first, second = changes.named(before), changes.named(after)
    counts: Counter[str] = Counter()
    for one in changes.between(first, second):
        counts[one.kind] += 1
        if as_json:
            click.echo(json.dumps(one.line(), ensure_ascii=False))
        else:
            click.echo(f"{one.kind}\t{one.written}\t{one.words}")
    told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "no change"
    click.echo(f"{first.title} → {second.title}: {told}", err=True)


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
