"""``muniment facility list | alias``"""

from __future__ import annotations

import click

from muniment.cli.main import set_up, system_actor
from muniment.kernel.errors import Unfileable


@click.group("facility")
def command() -> None:
    """List facilities and name the codes that messages use for them."""


@command.command("list")
def list_() -> None:
    """Every facility with its time zone and the other codes it goes by."""
    set_up()
    from muniment.accounts.models import Facility

    for one in Facility.objects.all():
        click.echo(f"{one.code:<12} {one.name:<40} {one.zone:<24} {', '.join(one.aliases)}")


@command.command()
@click.argument("code")
@click.argument("aliases", nargs=-1, required=True)
def alias(code: str, aliases: tuple[str, ...]) -> None:
    """Add ALIASES to the codes by which messages may call the facility CODE. What waits for one in quarantine can then be replayed."""
    set_up()
    from muniment.accounts import actions
    from muniment.accounts.models import Facility

    facility = Facility.objects.filter(code=code).first()
    if facility is None:
        raise Unfileable(f"No facility has the code {code}.", remedy="muniment facility list shows them.")
    kept = actions.name_facility(actor=system_actor("command line"), facility=facility, aliases=[*facility.aliases, *aliases])
    click.echo(f"{kept.name} goes by {', '.join([kept.code, *kept.aliases])}.")
