"""``muniment record verify``"""

import click

from muniment.cli.main import set_up


@click.group("record")
def command() -> None:
    """Verify what is kept."""


@command.command()
def verify() -> None:
    """Hold every version, document and signature against its hash and seal. Exit code 1 when something does not match."""
    set_up()
    import sys

    from muniment.record.verify import verify as walk

    shown = sys.stderr.isatty()
    found = walk(lambda count: click.echo(f"\r{count:,} versions", nl=False, err=True) if shown else None)
    for sentence in found.faults:
        click.echo(sentence)
    click.echo(
        f"{found.versions:,} versions, {found.documents:,} documents, {found.signatures:,} signatures; {len(found.faults)} faults."
    )
    sys.exit(1 if found.faults else 0)
