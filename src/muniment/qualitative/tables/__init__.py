"""The words the checks know, from the CSV files beside this one. Read once. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    with (HERE / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@cache
def _spoken(name: str, column: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all words of a table, the longest first, and what each of them means."""
    means = {word: row[column] for row in rows(name) for word in row["words"].split("|")}
    longest = sorted(means, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])", re.IGNORECASE), means


def spoken_of(name: str, column: str, text: str) -> Iterator[tuple[str, int, int]]:
    """What a table knows of the words in ``text``: (meaning, beginning, end). The longest words win."""
    pattern, means = _spoken(name, column)
    for found in pattern.finditer(text):
        yield means[found[0].casefold()], found.start(), found.end()


@cache
def beginnings(name: str, column: str, code_column: str) -> tuple[tuple[str, str], ...]:
    """(beginning of a code, meaning), the longest first."""
    found = [(code, row[column]) for row in rows(name) for code in row[code_column].split("|") if code]
    return tuple(sorted(found, key=lambda one: -len(one[0])))
