"""A text as learning sees it: its phrases and its mentions of the terminology, each with its place. Pure.

A phrase is one to four words of a sentence, as ``wording`` compares them. A mention of the terminology is a phrase too, named by its code
behind "=": so a department's habits with what the terminology already finds are learned the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from muniment.kernel.negation import Said
from muniment.suggestions.mentions import Mention, Sentence, of_sentence, sentences
from muniment.suggestions.vocabulary import Vocabulary
from muniment.suggestions.wording import Word, read

LONGEST = 4  # words of a learned phrase
TERM = "="  # before the code of a mention of the terminology
LEFT_OUT = frozenset({Said.ABSENT, Said.FAMILY, Said.IF})  # what is denied, a relative's or conditional


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end`` of a document; ``sentence`` is its number there."""

    document: str
    sentence: int
    start: int
    end: int
    words: int


@dataclass(slots=True)
class Reading:
    """Every phrase of a stay's documents with its places; ``small`` are the words that stand there in small letters, as no name does."""

    sentences: dict[tuple[str, int], Sentence] = field(default_factory=dict)
    phrases: dict[str, list[Place]] = field(default_factory=dict)
    mentions: dict[Place, Mention] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)
    _said: dict[Place, Said] = field(default_factory=dict)

    def says(self, place: Place) -> Said:
        """What the sentence says of what stands at the place; asked once of each."""
        if place in self.mentions:
            return self.mentions[place].said
        if place not in self._said:
            of = self.sentences[place.document, place.sentence]
            self._said[place] = of.says(place.start - of.offset, place.end - of.offset)
        return self._said[place]

    def section(self, place: Place) -> str:
        return self.sentences[place.document, place.sentence].section


def reading(texts: Mapping[str, str], vocabulary: Vocabulary) -> Reading:
    """Of a stay's documents, by name → text."""
    made = Reading()
    for name, text in texts.items():
        made.lengths[name] = len(text)
        for number, sentence in enumerate(sentences(text)):
            made.sentences[name, number] = sentence
            _add(made, name, number, sentence, vocabulary)
    return made


def _add(made: Reading, name: str, number: int, sentence: Sentence, vocabulary: Vocabulary) -> None:
    words = read(sentence.text)
    made.small.update(word.text for word in words if sentence.text[word.start].islower())
    for first, last, phrase in _runs(words):
        place = Place(name, number, sentence.offset + words[first].start, sentence.offset + words[last].end, last - first + 1)
        made.phrases.setdefault(phrase, []).append(place)
    for one in of_sentence(sentence, words, vocabulary):
        place = Place(name, number, one.start, one.end, len(one.words))
        made.mentions[place] = one
        made.phrases.setdefault(TERM + one.code, []).append(place)


def _runs(words: list[Word]) -> Iterator[tuple[int, int, str]]:
    """(first word, last word, phrase) of every run of words without a number in it."""
    for first in range(len(words)):
        said = ""
        for last in range(first, min(len(words), first + LONGEST)):
            word = words[last].text
            if not word.isalpha():
                break
            said = f"{said} {word}" if said else word
            yield first, last, said


def told(found: Reading, phrase: str, *, denied: bool) -> bool:
    """Whether a phrase stands somewhere it is not denied, a relative's or conditional; ``denied``: wherever it stands."""
    return denied or any(found.says(place) not in LEFT_OUT for place in found.phrases[phrase])
