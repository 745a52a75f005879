"""``muniment edit --jsonl``"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from muniment.cli.lines import answer_each, open_lines
from muniment.cli.main import database_there
from muniment.kernel.errors import Problem


@click.command("edit")
@click.argument("path", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--jsonl", is_flag=True, help="Claims as JSON, one a line, in and out. The only format there is.")
def command(path: str, jsonl: bool) -> None:
    """Look at each claim as the coding workspace does: Medicare's code editor and the house's own edits, each with its codes and citation.

    A line in, a line out; a line that can't be read is answered by a sentence. Needs the installed code sets.
    """
    if not jsonl:
        raise click.UsageError("say --jsonl: claims as JSON, one a line")
    if not database_there():
        raise Problem(
            "There is no database with code sets.",
            remedy="Run “muniment database prepare”, then “muniment terminology install-embedded”.",
        )
    from muniment.coding.claims import edits_answer, read_claim
    from muniment.coding.edits import find_edits
    from muniment.coding.mce import editor_on
    from muniment.coding.terms import ClaimTerms

    def answer(said: Mapping[str, Any]) -> dict[str, Any]:
        claim = read_claim(said)
        editor = editor_on(claim.discharged)
        missing = (
            () if editor else (f"Medicare Code Editor: none is installed for a discharge on {claim.discharged:%d %B %Y}.",)
        )
        return edits_answer(find_edits(claim, ClaimTerms(claim), editor), missing)

    answer_each(open_lines(path), answer)
