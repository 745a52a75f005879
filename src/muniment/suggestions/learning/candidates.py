"""What speaks for each code in a stay's documents, as figures a probability is made of. Pure.

A code is a candidate where a learned phrase or the terminology speaks for it; every candidate has places in the text.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from muniment.kernel.negation import Said
from muniment.suggestions.learning.lexicon import Lexicon
from muniment.suggestions.learning.reading import LEFT_OUT, TERM, Place, Reading
from muniment.suggestions.mentions import Mention
from muniment.suggestions.scoring import WEIGHTS, facts, probability
from muniment.suggestions.vocabulary import Vocabulary

NO_FIGURE = -1.0
FIGURES = (
    "all phrases together", "all phrases, none within a longer", "the strongest phrase", "the strongest phrase, within no longer", "within a longer phrase",
    "another code's strength there", "share among the codes there", "likeness to the code's terms", "stays the phrase stood in", "words of the phrase",
    "phrases", "places", "places said to be there", "denied everywhere", "in the past somewhere", "possible somewhere", "where it stands first",
    "terminology", "mentions of the terminology", "source in the terminology", "words of the term", "stays the term stood in", "learned strength of the term",
    "stays the code was assigned in", "chapter", "unspecified", "other", "the best of its category beside it", "how many of its category",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase at a place, and how strongly it speaks for a code."""

    phrase: str
    place: Place
    strength: float
    likeness: float


@dataclass(slots=True)
class Candidate:
    """``figures`` in the order of ``FIGURES``; ``places`` the strongest first."""

    code: str
    figures: list[float]
    places: list[Spoken]


def candidates(read: Reading, lexicon: Lexicon, vocabulary: Vocabulary, *, denied: bool) -> list[Candidate]:
    """``denied``: whether what is denied, a relative's or conditional speaks too (for collections that code it)."""
    spoken: dict[str, list[Spoken]] = defaultdict(list)
    spans = Spans()
    for phrase, places in read.phrases.items():
        codes = _codes(phrase, lexicon)
        if not codes:
            continue
        some = places if denied else [place for place in places if read.says(place) not in LEFT_OUT]
        for code, (strength, likeness) in codes.items():
            spoken[code].extend(Spoken(phrase, place, strength, likeness) for place in some)
        for place in some:
            spans.add(place, codes)
    made = [_candidate(code, some, spans, read, lexicon, vocabulary) for code, some in spoken.items() if some]
    _beside(made)
    return made


def _codes(phrase: str, lexicon: Lexicon) -> Mapping[str, tuple[float, float]]:
    """What a phrase speaks for; the terminology's own mention at least for its code, with nothing learned of it yet."""
    codes = lexicon.speaks.get(phrase, {})
    return {phrase[1:]: (0.0, 1.0), **codes} if phrase.startswith(TERM) else codes


class Spans:
    """Who speaks for what, sentence by sentence: for what stands within something longer, or beside another code at one place."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, int], dict[tuple[int, int], dict[str, float]]] = defaultdict(dict)

    def add(self, place: Place, codes: Mapping[str, tuple[float, float]]) -> None:
        at = self._of[place.document, place.sentence].setdefault((place.start, place.end), {})
        for code, (strength, _) in codes.items():
            at[code] = max(strength, at.get(code, 0.0))

    def beside(self, place: Place, code: str) -> tuple[float, float, float]:
        """(the strongest other code of a longer span around it, of this very span, this code's share of the span)."""
        around = same = 0.0
        share = 1.0
        for (start, end), codes in self._of[place.document, place.sentence].items():
            if start > place.start or end < place.end:
                continue
            if (start, end) == (place.start, place.end):
                same = max((each for one, each in codes.items() if one != code), default=0.0)
                share = codes.get(code, 0.0) / (sum(codes.values()) or 1.0)
            elif (best := max(codes, key=lambda one: (codes[one], one))) != code:
                around = max(around, codes[best])
        return around, same, share


def _candidate(
    code: str, spoken: Sequence[Spoken], spans: Spans, read: Reading, lexicon: Lexicon, vocabulary: Vocabulary
) -> Candidate:
    beside = {one.place: spans.beside(one.place, code) for one in spoken}
    order = sorted(
        spoken,
        key=lambda one: (
            round(-one.strength * (1 - beside[one.place][0]), 3),
            -one.place.words,
            one.place.document,
            one.place.start,
            one.phrase,
        ),
    )
    return Candidate(
        code,
        [
            *_of_phrases(order, beside, lexicon), *_of_places(order, read), *_of_terms(code, order, read, lexicon, vocabulary),
            *_of_code(code, lexicon, vocabulary), 0.0, 0.0,
        ],
        order,
    )  # fmt: skip


def _of_phrases(order: Sequence[Spoken], beside: Mapping[Place, tuple[float, float, float]], lexicon: Lexicon) -> list[float]:
    best = order[0]
    whole = {one.phrase: one.strength for one in order}
    free: dict[str, float] = {}
    for one in order:
        free.setdefault(one.phrase, one.strength * (1 - beside[one.place][0]))
    around, same, share = beside[best.place]
    return [
        _together(whole.values()), _together(free.values()), max(whole.values()), free[best.phrase], around, same, share, best.likeness,
        math.log1p(lexicon.stood.get(best.phrase, 0)), float(best.place.words), float(len(whole)),
    ]  # fmt: skip


def _together(strengths: Iterable[float]) -> float:
    none = 1.0
    for each in strengths:
        none *= 1 - min(each, 0.99)
    return 1 - none


def _of_places(order: Sequence[Spoken], read: Reading) -> list[float]:
    own = [one.place for one in order if one.phrase == order[0].phrase]
    said = [read.says(place) for place in own]
    return [
        float(len(own)), float(sum(one is Said.PRESENT for one in said)), float(all(one in LEFT_OUT for one in said)),
        float(Said.PAST in said), float(Said.POSSIBLE in said), min(place.start / max(1, read.lengths[place.document]) for place in own),
    ]  # fmt: skip


def _of_terms(code: str, order: Sequence[Spoken], read: Reading, lexicon: Lexicon, vocabulary: Vocabulary) -> list[float]:
    terms: list[Mention] = [read.mentions[one.place] for one in order if one.phrase == TERM + code]
    if not terms:
        return [NO_FIGURE] * 6
    strength, _ = lexicon.speaks.get(TERM + code, {}).get(code, (NO_FIGURE, 0.0))
    return [
        probability(facts(code, terms, vocabulary), WEIGHTS), float(len(terms)), float(min(one.source for one in terms)),
        float(max(len(one.words) for one in terms)), math.log1p(lexicon.stood.get(TERM + code, 0)), strength,
    ]  # fmt: skip


def _of_code(code: str, lexicon: Lexicon, vocabulary: Vocabulary) -> list[float]:
    title = vocabulary.nearest(code).lower()
    return [
        math.log1p(lexicon.coded.get(code, 0)), float(ord(code[0])), float("unspecified" in title), float(title.startswith("other")),
    ]  # fmt: skip


def _beside(made: Sequence[Candidate]) -> None:
    """Fill in the last two figures: codes of one category are seldom assigned together."""
    together, terminology = FIGURES.index("all phrases together"), FIGURES.index("terminology")
    of: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for one in made:
        of[one.code[:3]].append((max(one.figures[together], one.figures[terminology]), one.code))
    for one in made:
        some = of[one.code[:3]]
        one.figures[-2:] = [max((each for each, code in some if code != one.code), default=0.0), float(len(some))]
