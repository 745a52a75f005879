"""What the codes below a heading differ in, read off their titles, so that one question leads one level down. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
PCS_VALUES = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PCS_LENGTH = 7

_SIDES = frozenset(["right", "left", "bilateral", "both", "unspecified", "side", "ear", "eye"])
_SIDED = frozenset(["right", "left", "bilateral"])
_JOINING = frozenset(["of", "and", "or", "with", "to", "in", "from", "using", "into", "by", "for", "the", "via"])
_INTENTS = ("accidental", "self-harm", "assault", "undetermined", "adverse effect", "underdosing")


def key_of(place: int) -> str:
    """The key that chooses the option at a place, from 0; nothing beyond the 35th, which the arrows reach."""
    return KEYS[place] if place < len(KEYS) else ""


def tokens(title: str) -> list[str]:
    return [word.strip(",;()") for word in title.split()]


def shared(titles: Sequence[str]) -> list[str]:
    """The words all titles have, in the order of the first one."""
    if not titles:
        return []
    common = set(tokens(titles[0])).intersection(*(tokens(title) for title in titles[1:]))
    return [word for word in tokens(titles[0]) if word in common]


def question(titles: Sequence[str], *, seventh: bool = False) -> str:
    """The question the titles of siblings answer differently: side, trimester, stage, intent, seventh character, or which one."""
    plain = [title.lower() for title in titles]
    if seventh:
        return (
            "Which episode of care?"
            if all("encounter" in one or "sequela" in one for one in plain)
            else "Which seventh character?"
        )
    if _by_side(plain):
        return "Which side?"
    if sum("trimester" in one for one in plain) > 1:
        return "Which trimester?"
    if sum(" stage " in f" {one} " for one in plain) > 1:
        return "Which stage?"
    if len({intent for intent in _INTENTS for one in plain if intent in one}) > 2:
        return "Which intent?"
    return "Which one?"


def _by_side(plain: Sequence[str]) -> bool:
    common = set(shared(plain))
    differing = [frozenset(tokens(one)) - common for one in plain]
    sided = sum(bool(words & _SIDED) for words in differing)
    return sided > 1 and all(words <= _SIDES for words in differing)


def labels(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Value → the words every title below it has and not every title beside it; empty where no such words tell it apart.

    A label is said only when it is certain: two values with the same words get none, and their titles are shown instead.
    """
    everywhere = set(shared([title for titles in groups.values() for title in titles]))
    found = {value: _phrase(word for word in shared(titles) if word not in everywhere) for value, titles in groups.items()}
    times = Counter(found.values())
    return {value: words if times[words] == 1 else "" for value, words in found.items()}


def _phrase(words: Iterable[str]) -> str:
    """Words without the joining ones at either end, which only led to what is left out."""
    kept = list(words)
    while kept and kept[-1].lower() in _JOINING:
        kept.pop()
    while kept and kept[0].lower() in _JOINING:
        kept.pop(0)
    return " ".join(kept)


def by_value(codes: Iterable[tuple[str, str]], place: int) -> dict[str, list[str]]:
    """Titles of codes by the character at a place (from 0)."""
    found: dict[str, list[str]] = {}
    for code, title in codes:
        found.setdefault(code[place], []).append(title)
    return found
