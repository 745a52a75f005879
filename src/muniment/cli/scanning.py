"""``muniment scanning take | read``"""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import UUID

import click

from muniment.cli.main import set_up, system_actor


@click.group("scanning")
def command() -> None:
    """Take scanned files and read them."""


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--facility", required=True, help="Code of the facility the paper belongs to.")
@click.option("--paper", default="", help="Where the paper lies, for instance: Box 12.")
@click.option("--read", "at_once", is_flag=True, help="Read the pages now instead of leaving it to the worker.")
def take(paths: tuple[Path, ...], facility: str, paper: str, at_once: bool) -> None:
    """Take PDF, TIFF, JPEG and PNG files, or folders of them, as scanned batches.

    The original bytes are kept. What can't be read is kept too, with its reason, and waits among the scan exceptions. The same
    file twice changes nothing.
    """
    set_up()
    from muniment.accounts.queries import facility_by_code
    from muniment.kernel.errors import Problem
    from muniment.scanning import jobs, taking

    place = facility_by_code(facility)
    if place is None:
        raise click.BadParameter(f"no facility goes by the code {facility}", param_hint="--facility")
    actor, refused = system_actor("scanning"), 0
    for path in _files(paths):
        arrival = taking.arrival_of(path, facility=place, source="command line", operator=actor, paper=paper)
        outcome = (
            taking.Outcome(path.name, "refused", str(arrival)) if isinstance(arrival, Problem) else taking.take(actor, arrival)
        )
        refused += outcome.status == "refused"
        click.echo(f"{outcome.name}: {outcome.words}")
        if at_once and outcome.status == "taken" and outcome.batch:
            _read(actor, outcome.batch.id)
    if not at_once:
        jobs.read_soon()
    sys.exit(1 if refused else 0)


@command.command("read")
def read_waiting() -> None:
    """Read every batch that waits to be read, here and now. May be stopped and given again: it goes on where it was."""
    set_up()
    from muniment.scanning.models import Batch
    from muniment.scanning.rules import BatchState

    actor = system_actor("scan reader")
    for batch_id in Batch.objects.filter(state=BatchState.READING).order_by("received_at").values_list("id", flat=True):
        _read(actor, batch_id)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    from muniment.scanning.taking import ENDINGS

    found: list[Path] = []
    for path in paths:
        found += sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS) if path.is_dir() else [path]
    return found


def _read(actor: object, batch_id: UUID) -> None:
    from muniment.core.actor import Actor
    from muniment.scanning import reading

    assert isinstance(actor, Actor)
    shown = sys.stderr.isatty()
    reading.read(
        actor,
        batch_id,
        progress=lambda done, total: click.echo(f"\r{done}/{total} pages", nl=False, err=True) if shown else None,
    )
    if shown:
        click.echo(err=True)
