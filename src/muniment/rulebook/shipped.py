"""The rules that come with the software, and what their parameters are called."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
PACK, WORDS = HERE / "pack", HERE / "words.toml"


def shipped_rules() -> Iterator[dict[str, Any]]:
    """The rules of ``rulebook/pack``, with ``verified`` saying whether their text was held against its primary source."""
    for path in sorted(PACK.glob("*.toml")):
        yield from tomllib.loads(path.read_text())["rule"]


@cache
def _parameters() -> dict[str, dict[str, Any]]:
    return {rule["code"]: rule.get("parameters", {}) for rule in shipped_rules()}


def parameters_of(code: str) -> dict[str, Any]:
    """What the software ships as the parameters of a rule; nothing for a rule of the house's own."""
    return _parameters().get(code, {})


class Words(NamedTuple):
    """How a parameter is asked for. ``one_of``: the values there are; ``otherwise``: what holds where the rule does not say."""

    label: str = ""
    hint: str = ""
    one_of: tuple[str, ...] = ()
    otherwise: Any = None


@cache
def words_of(code: str) -> dict[str, Words]:
    """A parameter's name, or ``table.column``, → its words. What has none is called by its name."""
    said = tomllib.loads(WORDS.read_text()).get(code, {})
    return {name: Words(one) if isinstance(one, str) else Words(**one | {"one_of": tuple(one.get("one_of", ()))}) for name, one in said.items()}  # fmt: skip
