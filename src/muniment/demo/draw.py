"""Chance that repeats itself: seeded draws, and a small phrase language for prose that differs from patient to patient.

Only ``Random.random()`` is used: Python promises its sequence for a seed across versions and platforms, which it does not
for ``choice``, ``sample`` or ``gauss``. Seeds come from SHA-256 of a key, never from ``hash()``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import TypeVar

T = TypeVar("T")
_ONE = re.compile(r"\b1 (day|hour|week|month|year|tablet)s\b")
_AN = re.compile(r"\b([Aa]) (8\d?-|11-|18-)")
Node = str | tuple[str, tuple[object, ...]]


class Draw:
    """A stream of draws that belongs to one key, so that one patient's story never shifts another's."""

    def __init__(self, *key: object) -> None:
        digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).digest()
        self._random = Random(int.from_bytes(digest[:8], "big")).random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both possible."""
        return low + int(self._random() * (high - low + 1))

    def real(self, low: float, high: float) -> float:
        return low + self._random() * (high - low)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        mark = self._random() * sum(weight for _, weight in options)
        for value, weight in options:
            mark -= weight
            if mark < 0:
                return value
        return options[-1][0]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        keyed = [(self._random(), place) for place in range(len(items))]
        return [items[place] for _, place in sorted(keyed)]

    def say(self, template: str, facts: Mapping[str, str]) -> str:
        """Speak a template: ``[a|b]`` one of them, ``<2-5>`` a number, ``{name}`` a fact. Choices may nest.
        Numbers agree with what they count ("1 day", "an 80-year-old").

        Raises KeyError for a fact that is not known: a story with a hole must not be told.
        """
        out: list[str] = []
        self._speak(_parsed(template), facts, out)
        return _ONE.sub(r"1 \1", _AN.sub(r"\1n \2", "".join(out)))

    def _speak(self, nodes: tuple[Node, ...], facts: Mapping[str, str], out: list[str]) -> None:
        for node in nodes:
            if isinstance(node, str):
                out.append(node)
                continue
            kind, body = node
            if kind == "fact":
                out.append(facts[str(body[0])])
            elif kind == "number":
                out.append(self._number(*body))  # type: ignore[arg-type]
            else:
                self._speak(body[int(self._random() * len(body))], facts, out)  # type: ignore[arg-type]

    def _number(self, low: float, high: float, places: int) -> str:
        if not places:
            return str(self.between(int(low), int(high)))
        return f"{self.real(low, high):.{places}f}"


@cache
def _parsed(template: str) -> tuple[Node, ...]:
    nodes, end = _sequence(template, 0, "")
    if end != len(template):
        raise ValueError(f"a stray {template[end]!r} at {end} in {template!r}")
    return nodes


def _sequence(text: str, at: int, stops: str) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    plain = at
    while at < len(text) and text[at] not in stops:
        mark = text[at]
        if mark not in "[{<":
            at += 1
            continue
        if plain < at:
            nodes.append(text[plain:at])
        node, at = _choice(text, at + 1) if mark == "[" else _short(text, at)
        nodes.append(node)
        plain = at
    if plain < at:
        nodes.append(text[plain:at])
    return tuple(nodes), at


def _choice(text: str, at: int) -> tuple[Node, int]:
    options: list[object] = []
    while True:
        option, at = _sequence(text, at, "|]")
        options.append(option)
        if at >= len(text):
            raise ValueError(f"an open [ in {text!r}")
        at += 1
        if text[at - 1] == "]":
            return ("choice", tuple(options)), at


def _short(text: str, at: int) -> tuple[Node, int]:
    if text[at] == "{":
        end = text.index("}", at)
        return ("fact", (text[at + 1 : end],)), end + 1
    end = text.index(">", at)
    low, high = text[at + 1 : end].split("-")
    return ("number", (float(low), float(high), len(high.partition(".")[2]))), end + 1
