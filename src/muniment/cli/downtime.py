"""``muniment downtime packs``"""

from __future__ import annotations

from pathlib import Path

import click

from muniment.cli.main import set_up, system_actor


@click.group("downtime")
def command() -> None:
    """Have paper ready for when systems are down."""


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def packs(folder: Path) -> None:
    """Bring the downtime packs up to today and write each as a PDF into FOLDER.

    FOLDER is best on another machine, or one that is printed from without this one: what lies here alone is down with it. A file of
    an earlier day is written over.
    """
    set_up()
    from zoneinfo import ZoneInfo

    from muniment.accounts.models import Facility
    from muniment.core import clock
    from muniment.downtime import actions, queries
    from muniment.record import blobs

    actor = system_actor("downtime packs")
    for facility in Facility.objects.all():
        actions.make_packs(actor=actor, facility=facility, day=clock.now().astimezone(ZoneInfo(facility.zone)).date())
    folder.mkdir(parents=True, exist_ok=True)
    for row in queries.packs(actor):
        path = folder / name_of(row.facility.code, row.unit)
        if row.sha256 is None:
            path.unlink(missing_ok=True)
            click.echo(f"{row.facility.name}, {row.unit or 'all units'}: no form in force is marked for downtime.")
            continue
        path.write_bytes(blobs.get(bytes(row.sha256)))
        click.echo(f"{path}: {row.forms} form{'' if row.forms == 1 else 's'}, {row.pages} pages, as of {row.as_of.isoformat()}")


def name_of(facility: str, unit: str) -> str:
    """``HVMC-ICU.pdf``; characters that file systems dislike become hyphens."""
    return "-".join([facility, *("".join(one if one.isalnum() else "-" for one in unit).split() or ["all-units"])]) + ".pdf"
