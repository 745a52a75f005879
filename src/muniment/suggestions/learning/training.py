"""Learning from stays and their final codes: phrases, then how far to trust them, then how good it is on stays it did not see. Pure.

The stays are read three times as a stream; between the readings no text is kept, only numbers of phrases that may be learned. The probability is
learned from candidates that a lexicon of *other* patients made, so that it knows how a phrase does where it was not learned from
(Wolpert 1992, Stacked generalization).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from zlib import crc32

import msgspec

from muniment.suggestions.learning import measures, trees
from muniment.suggestions.learning.candidates import candidates
from muniment.suggestions.learning.lexicon import Counted, Lexicon, Stay, learn
from muniment.suggestions.learning.measures import Measures
from muniment.suggestions.learning.model import Model, found_by
from muniment.suggestions.learning.reading import Reading, reading, told
from muniment.suggestions.scoring import Found, found_in
from muniment.suggestions.vocabulary import Vocabulary

MOST_SCORED = 2000  # stays the trees learn from: enough for some dozen figures


@dataclass(frozen=True, slots=True)
class Example:
    """A stay: whose it is, its documents by name, and the codes finally assigned, without dots. Stays of a patient follow each other.

    ``marked``: of some codes the words they were read off, where a coder took a suggestion or somebody marked them.
    """

    patient: str
    texts: Mapping[str, str]
    codes: frozenset[str]
    marked: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Settings(msgspec.Struct, frozen=True):
    """``least``: patients a phrase must have stood in. ``held_out``: of a hundred patients those that are only measured on.

    ``denied``: whether what is denied, a relative's or conditional may speak for a code, for collections that code it.
    """

    least: int = 5
    denied: bool = False
    held_out: int = 20
    folds: int = 5
    rounds: int = 120


class Result(msgspec.Struct, frozen=True):
    """A model, and how it does beside the terminology alone on ``unseen`` stays, and by the first letter of the code."""

    model: Model
    stays: int
    unseen: int
    trained: Measures
    alone: Measures
    by_chapter: dict[str, tuple[Measures, Measures]]
    other: Measures | None = None


Codes = list[tuple[str, float]]  # with their probabilities, the most probable first
Stream = Callable[[], Iterable[Example]]
Heard = Callable[[str, int], None]  # what is done, and how many stays or codes of it


def train(
    stream: Stream, vocabulary: Vocabulary, settings: Settings, *, names: Collection[str] = (), beside: Model | None = None,
    heard: Heard = lambda what, done: None,
) -> Result:  # fmt: skip
    """``stream`` gives the stays anew each time it is called, in one order. ``names`` are words no phrase may hold.

    ``beside``: the model in use, measured on the same unseen stays.
    """
    learned_from = _Learner(stream, vocabulary, settings, heard)
    kept = learned_from.counted().kept(settings.least, vocabulary.known, names)
    stays = learned_from.numbered(kept)
    phrases = list(kept)
    scorer = learned_from.scorer(stays, phrases)
    model = Model(learned_from.lexicon([stay for _, stay in stays], phrases), scorer, settings.denied)
    return _measured(model, len(stays), learned_from, beside)


def part(patient: str, of: int, salt: str) -> int:
    """Which of ``of`` parts a patient is in: the same at every training."""
    return crc32(f"{salt} {patient}".encode()) % of


@dataclass(slots=True)
class _Learner:
    stream: Stream
    vocabulary: Vocabulary
    settings: Settings
    heard: Heard

    def unseen(self, one: Example) -> bool:
        return part(one.patient, 100, "unseen") < self.settings.held_out

    def seen(self, what: str) -> Iterator[tuple[Example, Reading]]:
        done = 0
        for one in self.stream():
            if not self.unseen(one):
                done += 1
                self.heard(what, done)
                yield one, reading(one.texts, self.vocabulary)

    def counted(self) -> Counted:
        counted = Counted()
        for _, some in groupby(self.seen("counting phrases"), key=lambda one: one[0].patient):
            phrases, small = set[str](), set[str]()
            for _, read in some:
                phrases.update(read.phrases)
                small |= read.small
            counted.add(phrases, small)
        return counted

    def numbered(self, kept: Mapping[str, int]) -> list[tuple[str, Stay]]:
        """(patient, stay) with the phrases that may be learned."""
        return [(one.patient, self._numbered(one, read, kept)) for one, read in self.seen("noting phrases")]

    def _numbered(self, one: Example, read: Reading, kept: Mapping[str, int]) -> Stay:
        denied = self.settings.denied
        phrases = sorted(kept[phrase] for phrase in read.phrases if phrase in kept and told(read, phrase, denied=denied))
        marked = {code: self._within(words, kept).intersection(phrases) for code, words in one.marked.items()}
        return Stay(array("I", phrases), one.codes, {code: some for code, some in marked.items() if some})

    def _within(self, words: Sequence[str], kept: Mapping[str, int]) -> frozenset[int]:
        """The numbers of the phrases that stand in marked words."""
        found = reading({str(number): text for number, text in enumerate(words)}, self.vocabulary)
        return frozenset(kept[phrase] for phrase in found.phrases if phrase in kept)

    def lexicon(self, stays: Sequence[Stay], phrases: Sequence[str]) -> Lexicon:
        done = 0

        def heard() -> None:
            nonlocal done
            done += 1
            self.heard("learning codes", done)

        return learn(stays, phrases, self.vocabulary, heard)

    def scorer(self, stays: Sequence[tuple[str, Stay]], phrases: Sequence[str]) -> trees.Trees:
        """The trees, from each stay's candidates by the lexicon of the other patients."""
        folds = self.settings.folds
        lexicons = [
            self.lexicon([stay for patient, stay in stays if part(patient, folds, "fold") != fold], phrases)
            for fold in range(folds)
        ]
        every = max(1, len(stays) // MOST_SCORED)
        rows, right = list[list[float]](), list[bool]()
        for number, (one, read) in enumerate(self.seen("weighing phrases")):
            if number % every == 0:
                for each in candidates(
                    read, lexicons[part(one.patient, folds, "fold")], self.vocabulary, denied=self.settings.denied
                ):
                    rows.append(each.figures)
                    right.append(each.code in one.codes)
        return trees.fit(rows, right, rounds=self.settings.rounds)


def _measured(model: Model, stays: int, learner: _Learner, beside: Model | None) -> Result:
    trained, alone, other, wanted = list[Codes](), list[Codes](), list[Codes](), list[frozenset[str]]()
    for one in learner.stream():
        if learner.unseen(one):
            learner.heard("measuring", len(wanted) + 1)
            wanted.append(one.codes)
            trained.append(answers(found_by(model, one.texts, learner.vocabulary)))
            alone.append(answers(found_in(one.texts, learner.vocabulary)))
            if beside:
                other.append(answers(found_by(beside, one.texts, learner.vocabulary)))
    return Result(
        model, stays, len(wanted), measures.measure(trained, wanted), measures.measure(alone, wanted), _by_chapter(trained, alone, wanted),
        measures.measure(other, wanted) if beside else None,
    )  # fmt: skip


def answers(found: Iterable[Found]) -> Codes:
    return [(one.code, one.score) for one in found]


def _by_chapter(
    trained: Sequence[Codes],
    alone: Sequence[Codes],
    wanted: Sequence[frozenset[str]],
) -> dict[str, tuple[Measures, Measures]]:
    """First letter of the code → (trained, alone)."""

    def only(answer: Codes, letter: str) -> Codes:
        return [one for one in answer if one[0][0] == letter]

    found = {}
    for letter in sorted({code[0] for codes in wanted for code in codes}):
        gold = [frozenset(code for code in codes if code[0] == letter) for codes in wanted]
        found[letter] = (
            measures.measure([only(one, letter) for one in trained], gold),
            measures.measure([only(one, letter) for one in alone], gold),
        )
    return found
