"""Text carried from an earlier note of the patient into a later one. Pure but for one question: whether it is a template."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from muniment.kernel.prose import Sentence
from muniment.qualitative.parameters import Copied
from muniment.qualitative.rules import Chart, Document, Evidence, Finding, Kind
from muniment.ui.dates import day as shown

RUN = 8  # words by which two texts are brought together
MOST_PLACES = 32  # of one run in an earlier note: a text that says the same again and again is looked at no further
PROBES = 3  # places of a passage asked for in other patients' notes
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run in common: words ``later[at : at + length]`` are ``earlier[source : source + length]``."""

    at: int
    source: int
    length: int


@dataclass(frozen=True, slots=True)
class _Note:
    """A document with its own words and their places: without its head and the sections that are meant to be carried on."""

    document: Document
    at: datetime
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def span(self, at: int, length: int) -> tuple[int, int]:
        return self.places[at][0], self.places[at + length - 1][1]


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a later note holds of an earlier one. ``share``: of the later one's words."""

    later: _Note
    source: _Note
    longest: Passage
    share: float


def check(chart: Chart, rule: Copied) -> Iterator[Finding]:
    """Of each note, the earlier one of which it holds most, above the rule's length and share."""
    notes = list(_notes(chart.in_order, rule))
    before = list(_notes(sorted(chart.earlier, key=lambda one: one.order), rule))
    for place, later in enumerate(notes):
        copies = [found for source in (*before, *notes[:place]) if (found := _copy(source, later, rule))]
        best = max(copies, key=lambda one: (one.share, one.source.document.order), default=None)
        if best and not _template(chart, best, rule):
            yield _finding(best)


def _notes(documents: Iterable[Document], rule: Copied) -> Iterator[_Note]:
    for one in documents:
        if one.code in rule.documents and one.at and not one.addendum:
            found = [
                word
                for sentence in one.sentences
                if _own(sentence, rule)
                for word in _WORD.finditer(one.text, sentence.start, sentence.end)
            ]
            yield _Note(one, one.at, tuple(word[0].casefold() for word in found), tuple(word.span() for word in found))


def _own(sentence: Sentence, rule: Copied) -> bool:
    return bool(sentence.section) and not any(name in sentence.section for name in rule.leave_out)


def _copy(source: _Note, later: _Note, rule: Copied) -> _Copy | None:
    """The same note sent twice is no copy."""
    sent_twice = source.document.code == later.document.code and source.at == later.at
    if sent_twice or not timedelta() <= later.at - source.at <= timedelta(days=rule.look_back_days):
        return None
    found = passages(source.words, later.words)
    longest = max(found, key=lambda one: one.length, default=None)
    share = sum(one.length for one in found) / max(1, len(later.words))
    if longest is None or longest.length < rule.min_words or share < rule.min_share:
        return None
    return _Copy(later, source, longest, share)


def passages(earlier: Sequence[str], later: Sequence[str]) -> list[Passage]:
    """The runs of at least ``RUN`` words of ``later`` that stand in ``earlier``, each as long as it goes, none over another."""
    begins: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in range(len(earlier) - RUN + 1):
        places = begins[tuple(earlier[at : at + RUN])]
        if len(places) < MOST_PLACES:
            places.append(at)
    found, at = [], 0
    while at <= len(later) - RUN:
        sources = begins.get(tuple(later[at : at + RUN]), ())
        runs = [Passage(at, source, _length(earlier, later, source, at)) for source in sources]
        best = max(runs, key=lambda one: one.length, default=None)
        if best:
            found.append(best)
        at += best.length if best else 1
    return found


def _length(earlier: Sequence[str], later: Sequence[str], source: int, at: int) -> int:
    length = RUN
    while source + length < len(earlier) and at + length < len(later) and earlier[source + length] == later[at + length]:
        length += 1
    return length


def _template(chart: Chart, copy: _Copy, rule: Copied) -> bool:
    """Whether most of a few places in the longest passage stand in the notes of several other patients."""
    first, last = copy.longest.at, copy.longest.at + copy.longest.length - RUN
    places = {first + (last - first) * step // (PROBES - 1) for step in range(PROBES)}
    text = copy.later.document.text
    probes = (" ".join(text[slice(*copy.later.span(at, RUN))].split()) for at in sorted(places))
    known = [chart.elsewhere(probe) >= rule.patients for probe in probes]
    return 2 * sum(known) > len(known)


def _finding(copy: _Copy) -> Finding:
    later, source, length = copy.later.document, copy.source.document, copy.longest.length
    whose = "the same author" if later.author == source.author else source.author or "an author not named"
    sentence = (
        f"{copy.share:.0%} of “{later.name}” stands word for word in “{source.name}” of {shown(copy.source.at.date())}, by {whose}; "
        f"{length} words in one run."
    )
    here = _passage(later, *copy.later.span(copy.longest.at, length))
    return Finding(Kind.COPIED, sentence, (here, _passage(source, *copy.source.span(copy.longest.source, length))))


def _passage(one: Document, start: int, end: int) -> Evidence:
    """The place is the whole run, the quote the first line of it."""
    first = one.text[start:end].splitlines()[0]
    return replace(Evidence.at(one, start, start + len(first)), end=end)
