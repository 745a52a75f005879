"""Where a text mentions a condition: the longest terms first, each with its place, its code and what its sentence says of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from muniment.kernel.negation import Said, said_of
from muniment.suggestions.vocabulary import Meaning, Source, Vocabulary
from muniment.suggestions.wording import Word, key, read

LONGEST = 7  # words of a term in a text
_SENTENCE = re.compile(r"(?:[^\n.;]|\.(?=\d)){1,1000}[.;]?")  # a sentence, or a thousand characters of what has none
_HEADING = re.compile(  # in capitals, with a word that headings have, before a colon or on a line of its own
    r"\s*((?=[A-Z /&,()-]*\b(?:HISTORY|ILLNESS|EXAM(?:INATION)?|ASSESSMENT|PLAN|DIAGNOS[IE]S|MEDICATIONS?|ALLERG(?:Y|IES)|COURSE|COMPLAINTS?|INDICATION|FINDINGS"
    r"|IMPRESSION|REVIEW|INSTRUCTIONS|PROCEDURES?|RESULTS|PROBLEMS?|REASON|TECHNIQUE|COMPARISON|CONDITION|DISPOSITION)\b)[A-Z][A-Z /&,()-]{2,60})(?::|$)"
)
_AGAINST = re.compile(
    r"(?:[ -]+\w+)?[ -]+(?:vaccin|immuni[sz]|immune globulin|prophyla|screen|antibod|serolog|titers?\b)", re.IGNORECASE
)  # not had: prevented, or looked for
QUIET = frozenset(
    [
        "unspecified",
        "site",
        "organism",
        "initial",
        "encounter",
        "side",
        "without",
        "complication",
        "closed",
        "nontraumatic",
        "type",
        "part",
        "not",
        "elsewhere",
        "classified",
    ]
)


@dataclass(frozen=True, slots=True)
class Mention:
    """``start`` and ``end`` in characters of the whole text. ``words``: how many of the term's were found; ``special``: what the sentence adds."""

    code: str
    start: int
    end: int
    said: Said
    source: Source
    words: frozenset[str]
    special: bool
    section: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` begins at ``offset`` of the whole; ``section`` is the heading above it, in small letters."""

    text: str
    offset: int
    section: str

    def says(self, start: int, end: int) -> Said:
        """What it says of its own characters ``start`` to ``end``."""
        return Said.IF if _AGAINST.match(self.text, end) else said_of(self.text, start, end, self.section)


def mentions(text: str, vocabulary: Vocabulary) -> list[Mention]:
    """In the order of the text's sentences. No two of them overlap."""
    return [one for sentence in sentences(text) for one in of_sentence(sentence, read(sentence.text), vocabulary)]


def sentences(text: str) -> Iterator[Sentence]:
    """The text's sentences, what stands in a heading blanked: it is no finding."""
    section = ""
    for said in _SENTENCE.finditer(text):
        sentence = said[0]
        heading = _HEADING.match(sentence)
        if heading:
            section = heading[1].lower()
            sentence = " " * heading.end() + sentence[heading.end() :]
        yield Sentence(sentence, said.start(), section)


def of_sentence(sentence: Sentence, words: list[Word], vocabulary: Vocabulary) -> Iterator[Mention]:
    """The mentions among a sentence's words."""
    offset = sentence.offset
    spoken = frozenset(one.text for one in words)
    for place, meaning, term in _terms(words, vocabulary):
        start, end = words[place[0]].start, words[place[-1]].end
        code = _more_special(meaning.code, term, spoken, vocabulary)
        said = sentence.says(start, end)
        special = code != meaning.code
        yield Mention(code, offset + start, offset + end, said, meaning.source, term, special, sentence.section)


def _terms(words: list[Word], vocabulary: Vocabulary) -> Iterator[tuple[list[int], Meaning, frozenset[str]]]:
    """(which words, meaning, term): the longest first, none of whose words is in another."""
    taken: set[int] = set()
    known = vocabulary.known
    for length in range(min(LONGEST, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            place = [at for at in range(first, first + length) if words[at].text in known]
            if (
                len(place) < max(1, length - 1)
                or taken.intersection(place)
                or first not in place
                or first + length - 1 not in place
            ):
                continue
            for some in _with_a_gap(place, length):
                term = frozenset(words[at].text for at in some)
                meaning = vocabulary.meaning(term)
                if meaning and (len(term) > 1 or length == 1 or words[some[0]].start == words[some[-1]].start):
                    taken.update(some)
                    yield some, meaning, term
                    break


def _with_a_gap(place: list[int], length: int) -> Iterator[list[int]]:
    """The words of a window, and from three on those without one in its middle: "enlarged cervical lymph nodes"."""
    yield place
    if length >= 3 and len(place) == length:
        for skipped in range(1, length - 1):
            yield place[:skipped] + place[skipped + 1 :]


def _more_special(code: str, term: frozenset[str], spoken: frozenset[str], vocabulary: Vocabulary) -> str:
    """The sibling whose further words the sentence speaks, the most of them: side, kind, stage."""
    own = title_words(vocabulary.title(code)) | term | QUIET
    most, found = 0, code
    for sibling in vocabulary.siblings(code):
        further = title_words(vocabulary.title(sibling)) - own
        if further and further <= spoken and len(further) > most:
            most, found = len(further), sibling
    return found


_titles: dict[str, frozenset[str]] = {}


def title_words(title: str) -> frozenset[str]:
    if title not in _titles:
        _titles[title] = key(title)
    return _titles[title]


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """Where the sentence that holds a place begins and ends."""
    return next(
        ((found.start(), found.end()) for found in _SENTENCE.finditer(text) if found.start() <= place < found.end()),
        (place, place),
    )
