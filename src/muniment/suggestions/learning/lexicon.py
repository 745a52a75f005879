"""Which phrases speak for which codes, learned from stays and their final codes alone: nobody marked a word. Pure.

The model is a noisy-or: each phrase of a stay that is known for a code brings the code forth with a strength of its own, and a code is there
when one of its phrases did. The strengths are found by expectation maximisation, code by code: what a stay's code is owed to is shared among the
stay's phrases by their strength (expectation), and a phrase's strength is what it was owed in the stays it stands in (maximisation). A likeness of
the phrase to the code's own terms is the prior, worth one stay. Pearl 1988, Probabilistic reasoning in intelligent systems, 4.3 (noisy-or);
Brown et al. 1993 (alignment of words without marks).
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from muniment.suggestions.learning.reading import TERM
from muniment.suggestions.vocabulary import Vocabulary
from muniment.suggestions.wording import key

ROUNDS = 6
LEAST_STRENGTH = 0.02  # below it a phrase says nothing of a code
LIKE = 0.3  # from this likeness on one stay is enough; else two, a tenth of the phrase's, and thrice the odds of chance
OWN_TERM, NEAR_TERM = 0.5, 0.05  # prior strength of the terminology's own mention, and for a code of the same category
LEAK = 0.02  # what brings a code forth that no phrase speaks for
MOST_PHRASES = 3_000_000  # counted at once; beyond it those that stood once are let go


class Lexicon(msgspec.Struct, frozen=True):
    """``speaks``: phrase → code → (strength, likeness to the code's terms), each 0 to 1. ``stood``: in how many stays each phrase stood.

    ``coded``: code → stays it was assigned in, of ``stays``.
    """

    speaks: dict[str, dict[str, tuple[float, float]]]
    stood: dict[str, int]
    coded: dict[str, int]
    stays: int


@dataclass(slots=True)
class Counted:
    """In how many patients each phrase stood, and each word in small letters; added patient by patient."""

    phrases: Counter[str] = field(default_factory=Counter)
    small: Counter[str] = field(default_factory=Counter)

    def add(self, phrases: Iterable[str], small: Iterable[str]) -> None:
        self.phrases.update(phrases)
        self.small.update(small)
        if len(self.phrases) > MOST_PHRASES:
            self.phrases = Counter({phrase: count for phrase, count in self.phrases.items() if count > 1})

    def kept(self, least: int, known: Collection[str], names: Collection[str]) -> dict[str, int]:
        """Phrase → its number, of those that may be learned.

        A phrase has stood in ``least`` patients. Each of its words is one of the terminology (``known``), or has stood in small letters in as
        many patients and is nobody's name (``names``): so no model holds who anybody is.
        """
        fit = set(known) | {word for word, count in self.small.items() if count >= least and word not in names}
        kept = (
            phrase
            for phrase, count in self.phrases.items()
            if count >= least and (phrase.startswith(TERM) or all(word in fit for word in phrase.split(" ")))
        )
        return {phrase: number for number, phrase in enumerate(kept)}


@dataclass(frozen=True, slots=True)
class Stay:
    """What is kept of a stay while it is learned from: numbers of its phrases, and its codes.

    ``marked``: of codes whose words somebody marked, the phrases within those words: nothing else can have brought the code forth.
    """

    phrases: array[int]
    codes: frozenset[str]
    marked: Mapping[str, frozenset[int]] = field(default_factory=dict)


def learn(
    stays: Sequence[Stay], names: Sequence[str], vocabulary: Vocabulary, heard: Callable[[], None] = lambda: None
) -> Lexicon:
    """``names``: the phrase of each number. ``heard`` is called now and then, for what shows progress."""
    stood: Counter[int] = Counter()
    by_code: dict[str, list[Stay]] = {}
    for stay in stays:
        stood.update(stay.phrases)
        for code in stay.codes:
            by_code.setdefault(code, []).append(stay)
    weight = _weights(stood, names, len(stays))
    speaks: dict[int, dict[str, tuple[float, float]]] = {}
    for code in sorted(by_code):
        heard()
        likeness = Likeness(code, weight, vocabulary)
        for phrase, strength in _of_code(code, by_code[code], len(stays), stood, names, likeness).items():
            speaks.setdefault(phrase, {})[code] = round(strength, 4), round(likeness.of(names[phrase]), 3)
    return Lexicon(
        {names[phrase]: said for phrase, said in speaks.items()}, {names[phrase]: stood[phrase] for phrase in speaks},
        {code: len(some) for code, some in by_code.items()}, len(stays),
    )  # fmt: skip


def _weights(stood: Mapping[int, int], names: Sequence[str], stays: int) -> dict[str, float]:
    """Word → how much it tells: the logarithm of one in how many stays it stands in."""
    return {
        names[phrase]: round(math.log((stays + 1) / (count + 1)) + 0.3, 3)
        for phrase, count in stood.items()
        if " " not in names[phrase] and not names[phrase].startswith(TERM)
    }


def _of_code(
    code: str, stays: Sequence[Stay], total: int, stood: Mapping[int, int], names: Sequence[str], likeness: Likeness
) -> dict[int, float]:
    """Phrase → strength for one code."""
    together = Counter(phrase for stay in stays for phrase in stay.phrases)
    prior = {}
    for phrase, count in together.items():
        like = likeness.of(names[phrase])
        share = count / stood[phrase]
        if like >= LIKE or (count >= 2 and share >= 0.1 and _odds(share) > 3 * _odds(len(stays) / total)):
            prior[phrase] = _prior(names[phrase], code, like)
    rows = [[phrase for phrase in stay.marked.get(code) or stay.phrases if phrase in prior] for stay in stays]
    strength = {phrase: (together[phrase] * (0.05 + prior[phrase]) + prior[phrase]) / (stood[phrase] + 1) for phrase in prior}
    for _ in range(ROUNDS):
        strength = _again(strength, prior, rows, stood)
    return strength


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _prior(name: str, code: str, like: float) -> float:
    if name.startswith(TERM):
        return OWN_TERM if name == TERM + code else NEAR_TERM if name[1:4] == code[:3] else 0.0
    return 0.5 * like * like


def _again(
    strength: Mapping[int, float], prior: Mapping[int, float], rows: Sequence[Sequence[int]], stood: Mapping[int, int]
) -> dict[int, float]:
    """One round of expectation and maximisation. What falls below the least is let go."""
    owed = dict.fromkeys(strength, 0.0)
    for row in rows:
        some = [(phrase, strength[phrase]) for phrase in row if phrase in strength]
        none = 1 - LEAK
        for _, each in some:
            none *= 1 - min(each, 0.999)
        whole = 1 - none
        for phrase, each in some:
            owed[phrase] += each / max(whole, each)
    made = {phrase: (owed[phrase] + prior[phrase]) / (stood[phrase] + 1) for phrase in strength}
    return {phrase: each for phrase, each in made.items() if each >= LEAST_STRENGTH}


class Likeness:
    """How alike phrases are to the terms of one code: twice the words they share over all words of both, by how much each tells."""

    def __init__(self, code: str, weight: Mapping[str, float], vocabulary: Vocabulary) -> None:
        self._code, self._weight = code, weight
        self._unknown = max(weight.values(), default=1.0)
        terms = {
            *vocabulary.by_code.get(code, ()),
            *vocabulary.by_code.get(vocabulary.default(code) or "", ()),
            key(vocabulary.nearest(code)),
        }
        self._terms = [(term, self._sum(term)) for term in terms if term]
        self._words = frozenset().union(*terms)

    def _sum(self, words: Iterable[str]) -> float:
        return sum(self._weight.get(word, self._unknown) for word in words)

    def of(self, phrase: str) -> float:
        """From 0 to 1."""
        if phrase.startswith(TERM):
            return 1.0 if phrase[1:4] == self._code[:3] else 0.0
        words = frozenset(phrase.split(" "))
        if not words & self._words:
            return 0.0
        own = self._sum(words)
        return max((2 * self._sum(words & term) / (own + whole) for term, whole in self._terms if words & term), default=0.0)
