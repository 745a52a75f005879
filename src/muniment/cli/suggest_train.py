"""``muniment suggest-train``"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muniment.kernel.errors import Problem, Unreadable

if TYPE_CHECKING:
    from muniment.suggestions.learning.training import Example, Result


@click.command("suggest-train")
@click.argument("path", type=click.Path(exists=True, dir_okay=False))
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="Where the model is written.")
@click.option(
    "--least",
    default=5,
    show_default=True,
    type=click.IntRange(min=1),
    help="Patients a phrase must have stood in to be learned.",
)
@click.option(
    "--held-out",
    default=20,
    show_default=True,
    type=click.IntRange(0, 90),
    help="Of a hundred patients those that are only measured on.",
)
@click.option(
    "--denied",
    is_flag=True,
    help="What is denied, a relative's or conditional may speak too: for collections in which it is coded.",
)
def command(path: str, out: str, least: int, held_out: int, denied: bool) -> None:
    """Learn from coded texts which words lead to which codes, and measure it on texts that were held out.

    PATH has a line each: {"id", "text", "codes", "patient"}; texts of one patient follow each other, and without "patient" each is somebody's of
    their own. The model is for "muniment suggest --jsonl --model"; the same lines give the same model. No database is needed. A model holds
    phrases of the texts: keep --least at five or more where they are of patients.
    """
    from muniment.suggestions.learning.model import dumps
    from muniment.suggestions.learning.training import Settings, train
    from muniment.suggestions.vocabulary import packaged

    result = train(
        lambda: _examples(path), packaged(), Settings(least=least, denied=denied, held_out=held_out), heard=_Progress()
    )
    if not result.stays:
        raise Unreadable(
            "There is nothing to learn from.", where=path, remedy="Give at least one line with a text and its codes."
        )
    Path(out).write_bytes(dumps(result.model))
    _tell(result, out)


def _examples(path: str) -> Iterator[Example]:
    from muniment.suggestions.lines import read_example

    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    said = json.loads(line)
                    if not isinstance(said, dict):
                        raise Unreadable("This line is not a JSON object.", remedy="Write one object a line, in braces.")
                    yield read_example(said)
                except ValueError as error:
                    raise Unreadable(
                        f"Line {number} is not JSON in UTF-8.", where=path, remedy="Write one object a line."
                    ) from error
                except Problem as problem:
                    raise Unreadable(f"Line {number}: {problem.what}", where=path, remedy=problem.remedy) from problem


class _Progress:
    def __init__(self) -> None:
        self._stage, self._told = "", 0.0

    def __call__(self, stage: str, done: int) -> None:
        if stage != self._stage or time.monotonic() - self._told > 5:
            click.echo(f"{stage}: {done}", err=True)
            self._stage, self._told = stage, time.monotonic()


def _tell(result: Result, out: str) -> None:
    model = result.model
    click.echo(
        f"{out}: {len(model.lexicon.speaks)} phrases for {len(model.lexicon.coded)} codes, learned from {result.stays} texts."
    )
    if result.unseen:
        for name, one in (("The terminology alone", result.alone), ("The model", result.trained)):
            click.echo(
                f"{name}, on {result.unseen} texts held out: F1 {one.f1:.3f} (precision {one.precision:.3f}, recall {one.recall:.3f}), "
                f"MAP {one.average_precision:.3f}, calibration error {one.off:.3f}."
            )
