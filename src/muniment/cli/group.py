"""``muniment group --jsonl``"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from muniment.cli.lines import answer_each, open_lines
from muniment.cli.main import database_there

if TYPE_CHECKING:
    from muniment.coding.grouping import WeightLookup


@click.command("group")
@click.argument("path", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--jsonl", is_flag=True, help="Claims as JSON, one a line, in and out. The only format there is.")
@click.option(
    "--drivers/--no-drivers", default=True, help="Name the codes that decide each DRG; without, it is many times faster."
)
def command(path: str, jsonl: bool, drivers: bool) -> None:
    """Give each claim its MS-DRG, by the grouper version of its discharge date or the one it asks for.

    A line in, a line out; what can't be grouped is answered by a sentence. Weights come from the installed releases, and where there is
    no database from the tables that come with Muniment.
    """
    if not jsonl:
        raise click.UsageError("say --jsonl: claims as JSON, one a line")
    from muniment.coding.claims import grouped_answer, read_claim, version_asked
    from muniment.coding.grouping import explain
    from muniment.coding.site import site_grouper

    weights, grouper = _weights(), site_grouper()

    def answer(said: Mapping[str, Any]) -> dict[str, Any]:
        version = version_asked(said)
        return grouped_answer(explain(read_claim(said), grouper, weights, version=version, drivers=drivers))

    answer_each(open_lines(path), answer)


def _weights() -> WeightLookup:
    """Each DRG of a date is looked up once."""
    if database_there():
        from muniment.coding.terms import weighting

        return cache(weighting)
    from muniment.coding.packaged_weights import weighting as packaged

    return packaged
