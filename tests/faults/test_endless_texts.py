"""Texts that are made, or happen, to be endless: what looks through them takes seconds, and says what it says of others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from muniment.kernel.prose import LONGEST, sentences
from muniment.qualitative.checks.copied import passages
from muniment.record.differences import compare


@contextmanager
def soon() -> Iterator[None]:
    """Half a minute of a busy machine; each took several, or had no end, before it was bounded."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 30


@pytest.mark.parametrize("line", ["Ab cd. " * 20_000, "left knee " * 20_000, "x" * 200_000, ". " * 100_000])
def test_a_text_without_lines_is_told_into_sentences(line: str) -> None:
    with soon():
        found = sentences(line)
    assert max(one.end - one.start for one in found) <= LONGEST
    assert all(line[one.start : one.end] == one.text for one in found)
    assert "".join("".join(one.text.split()) for one in found) == "".join(line.split())


def test_the_same_words_again_and_again_are_one_copy() -> None:
    with soon():
        [found] = passages(["normal"] * 20_000, ["normal"] * 20_000)
    assert (found.at, found.source, found.length) == (0, 0, 20_000)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("x\n" * 4000, "x\ny\n" * 2000),
        ("x " * 1900, "x y " * 950),
        ("x " * 500_000, "x y " * 250_000),
        ("\n".join("x y z w " * 40 + str(at) for at in range(4000)), "\n".join("y x w " * 40 + str(-at) for at in range(4000))),
    ],
)  # fmt: skip
def test_what_is_repeated_is_compared_all_the_same(older: str, newer: str) -> None:
    with soon():
        pairs = compare(older, newer)
    sides: tuple[tuple[str, Callable[[object], bool]], ...] = ((older, lambda one: one.kind != "added"), (newer, lambda one: one.kind != "removed"))  # type: ignore[attr-defined]  # fmt: skip
    for number, (text, there) in enumerate(sides):
        shown = ["".join(piece.text for piece in (one.older, one.newer)[number]) for one in pairs if there(one)]
        assert shown == text.splitlines()
