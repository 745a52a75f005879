"""JSON, one object a line, in and out: the shape of ``muniment group``, ``muniment edit`` and ``muniment suggest``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from muniment.kernel.errors import Problem, Unreadable

LONGEST = 8 * 1024 * 1024  # bytes of a line
Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


def answer_each(lines: Iterable[bytes], answer: Answer) -> None:
    """Answer line by line, in their order, as they come. What can't be answered is answered by a line with ``error``; the rest goes on."""
    read = wrong = 0
    for line in lines:
        if not line.strip():
            continue
        read += 1
        found = _answered(line, answer, read)
        wrong += "error" in found
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if wrong:
        click.echo(f"{wrong} of {read} lines could not be answered; each says why.", err=True)


def _answered(line: bytes, answer: Answer, number: int) -> dict[str, Any]:
    said: Any = None
    try:
        said = _read(line)
        return {"id": said.get("id")} | answer(said)
    except Problem as problem:
        name = said.get("id") if isinstance(said, dict) else None
        return {"id": name, "line": number, "error": str(problem)}


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST:
        raise Unreadable(f"The line is longer than {LONGEST // 2**20} MB.", remedy="Write one object a line.")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable("This line is not JSON in UTF-8.", remedy="Write one object a line.") from error
    if not isinstance(said, dict):
        raise Unreadable("This line is not a JSON object.", remedy="Write one object a line, in braces.")
    return said


def open_lines(path: str) -> Iterable[bytes]:
    """The lines of a file, or of standard input for “-”, as they come."""
    return click.open_file(path, "rb")
