"""Mentions of a text as suggestions: merged by code, each with its spans and the probability that a coder assigns it. Pure.

The probability is logistic in a handful of facts about the mentions. Its weights were fitted on 500 published case reports with codes
(``bench/suggestions.py --fit``): a dozen numbers, of which none is about a word or a code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from muniment.kernel.negation import Said
from muniment.suggestions.mentions import QUIET, Mention, mentions, title_words
from muniment.suggestions.vocabulary import Vocabulary

LEFT_OUT = (Said.ABSENT, Said.FAMILY, Said.IF)
MOST_PLACES = 8  # of a code that are kept
EQUALS = 3  # decisions that weigh as much as the terminology
LEAST = 0.05  # below it nothing is suggested
# words that are no diagnosis without a site or a kind beside them
_VAGUE = frozenset(
    [
        "neoplasm",
        "mass",
        "wound",
        "injury",
        "trauma",
        "traumatism",
        "malignant",
        "metastasis",
        "abscess",
        "ulcer",
        "fibrosis",
        "fistula",
        "failure",
        "clot",
        "allergy",
        "allergic",
        "lesion",
        "deformity",
        "contusion",
        "colic",
        "nephropathy",
        "hemorrhage",
        "thrombosis",
        "fall",
        "poisoning",
        "blister",
        "ganglion",
        "hypersensitivity",
        "hernia",
        "stenosis",
        "perforation",
        "scar",
        "growth",
        "dilation",
        "dilatation",
        "fracture",
        "burn",
        "malignancy",
        "calculus",
        "disease",
        "disorder",
    ]
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters ``start`` to ``end`` of the text, and what is written there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``code`` without dot; ``score`` a probability from 0 to 1; the best evidence first."""

    code: str
    score: float
    evidence: tuple[Evidence, ...]


WEIGHTS: Mapping[str, float] = {
    "a symptom": 0.1,
    "always": -0.08,
    "an injury": -0.71,
    "everyday": 0.98,
    "heading": -0.37,
    "included": -0.05,
    "made special by its sentence": -0.77,
    "never said to be there": 0.74,
    "no diagnosis by itself": -2.46,
    "one word": -0.02,
    "said twice or more": 0.67,
    "shortened": -0.68,
    "three words or more": 0.14,
    "title": 0.03,
    "title says no more": 0.94,
    "title says other": 0.15,
}


def suggest(text: str, vocabulary: Vocabulary, weights: Mapping[str, float] = WEIGHTS) -> list[Suggestion]:
    """What a text's sentences say, the most probable first. Negated, family's and conditional mentions suggest nothing."""
    found = [
        Suggestion(code, score, _evidence(text, mine))
        for code, mine in by_code(text, vocabulary).items()
        if (score := probability(facts(code, mine, vocabulary), weights)) >= LEAST
    ]
    return sorted(found, key=lambda one: (-one.score, one.code))


class Found(msgspec.Struct, frozen=True):
    """A code that several documents suggest together; ``places`` are (document, start, end), the best first, ``words`` and ``section`` the best one's."""

    code: str
    score: float
    places: tuple[tuple[str, int, int], ...]
    words: str
    section: str = ""


def found_in(texts: Mapping[str, str], vocabulary: Vocabulary, weights: Mapping[str, float] = WEIGHTS) -> list[Found]:
    """What several documents of one stay suggest together, by name → text; the most probable first."""
    together: dict[str, list[tuple[str, Mention]]] = {}
    for name, text in texts.items():
        for code, mine in by_code(text, vocabulary).items():
            together.setdefault(code, []).extend((name, one) for one in mine)
    made = [_found(code, mine, texts, vocabulary, weights) for code, mine in together.items()]
    return sorted((one for one in made if one.score >= LEAST), key=lambda one: (-one.score, one.code))


def _found(
    code: str,
    mine: Sequence[tuple[str, Mention]],
    texts: Mapping[str, str],
    vocabulary: Vocabulary,
    weights: Mapping[str, float],
) -> Found:
    order = sorted(mine, key=lambda one: (one[1].said is not Said.PRESENT, one[1].source, one[0], one[1].start))
    score = probability(facts(code, [one for _, one in mine], vocabulary), weights)
    name, best = order[0]
    return Found(
        code,
        round(score, 4),
        tuple((at, one.start, one.end) for at, one in order[:MOST_PLACES]),
        texts[name][best.start : best.end],
        best.section,
    )


def learned(score: float, taken: int, refused: int) -> float:
    """A probability after ``taken`` and ``refused`` suggestions of the same code in this department. A few change little."""
    odds = score / (1 - score) * (taken + EQUALS) / (refused + EQUALS)
    return odds / (1 + odds)


def by_code(text: str, vocabulary: Vocabulary) -> dict[str, list[Mention]]:
    """The mentions that count, by code; what is said to be there before what was or may be."""
    found: dict[str, list[Mention]] = {}
    for one in mentions(text, vocabulary):
        if one.said not in LEFT_OUT:
            found.setdefault(one.code, []).append(one)
    return found


def facts(code: str, mine: Sequence[Mention], vocabulary: Vocabulary) -> dict[str, float]:
    """What the probability is made of, each 0 or 1."""
    best = min(mine, key=lambda one: (one.source, -len(one.words)))
    size, title = max(len(one.words) for one in mine), vocabulary.title(code).lower()
    said = {
        "always": True,
        best.source.name.lower(): True,
        "one word": size == 1,
        "three words or more": size >= 3,
        "said twice or more": len(mine) > 1,
        "never said to be there": all(one.said is not Said.PRESENT for one in mine),
        "no diagnosis by itself": all(one.words <= _VAGUE for one in mine),
        "made special by its sentence": all(one.special for one in mine),
        "an injury": code[0] in "ST",
        "a symptom": code[0] == "R",
        "title says other": title.startswith("other"),
        "title says no more": any(title_words(vocabulary.title(code)) <= one.words | QUIET for one in mine),
    }
    return {name: 1.0 for name, holds in said.items() if holds}


def probability(said: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in said.items())))


def _evidence(text: str, mine: Sequence[Mention]) -> tuple[Evidence, ...]:
    order = sorted(mine, key=lambda one: (one.said is not Said.PRESENT, one.source, one.start))
    return tuple(Evidence(one.start, one.end, text[one.start : one.end]) for one in order)
