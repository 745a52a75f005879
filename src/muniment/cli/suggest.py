"""``muniment suggest --jsonl``"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from muniment.cli.lines import answer_each, open_lines


@click.command("suggest")
@click.argument("path", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--jsonl", is_flag=True, help="Texts as JSON, one a line, in and out. The only format there is.")
@click.option(
    "--model",
    type=click.Path(exists=True, dir_okay=False),
    help="A model of “muniment suggest-train”; without it the terminology alone answers.",
)
def command(path: str, jsonl: bool, model: str | None) -> None:
    """Suggest diagnosis codes for each text, the most probable first, each with the words it rests on.

    A line in, a line out: {"id", "text"} is answered by {"id", "suggestions": [{"code", "score", "evidence"}]}. Codes are of the tabular
    list that comes with Muniment; no database is needed, and nothing is kept.
    """
    if not jsonl:
        raise click.UsageError("say --jsonl: texts as JSON, one a line")
    from muniment.suggestions.learning.model import loads
    from muniment.suggestions.lines import read_text, suggested
    from muniment.suggestions.vocabulary import packaged

    trained = loads(Path(model).read_bytes()) if model else None

    def answer(said: Mapping[str, Any]) -> dict[str, Any]:
        return suggested(read_text(said), packaged(), trained)

    answer_each(open_lines(path), answer)
