"""A diagnosis at discharge, or coded, that the notes negate where they last speak of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from muniment.kernel.negation import Said, said_of
from muniment.kernel.prose import Sentence
from muniment.qualitative.parameters import Diagnoses
from muniment.qualitative.rules import CODES, Chart, Document, Evidence, Finding, Kind, named
from muniment.qualitative.tables import beginnings, spoken_of

_EXAMINED = re.compile(r"physical exam|examination|review of systems|\bexam\b|vital|indication")
_WHOLE = re.compile(
    r"(?:^|[\s,/])(?:no|not|or|and|nor|of|for|denies|without|acute|any|overt|clinical|evidence|signs?|active|definite|radiographic|frank|the|an?)$|[,/]$|^$",
    re.IGNORECASE,
)  # fmt: skip
_PARTLY = re.compile(r"^[^;.]*\b(?:left|right|of the)\b", re.IGNORECASE)
_RULED_OUT = re.compile(r"\b(?:ruled out|excluded|rather than|not confirmed|not supported)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Word:
    """What the notes say of a diagnosis: where they last speak of it if that is a no, and whether any has ever asserted it."""

    no: Evidence | None = None
    ruled_out: bool = False
    ever: bool = False


def check(chart: Chart, rule: Diagnoses) -> Iterator[Finding]:
    """One finding a diagnosis: diagnosed at discharge or coded, yet the last word of the notes is no.

    Where a note asserted it before, only an express "ruled out" counts: what was treated is gone at last.
    """
    words = _words(chart, rule)
    for diagnosis, evidence in sorted(_asserted(chart, rule).items()):
        word = words.get(diagnosis, _Word())
        if word.no and (word.ruled_out or not word.ever):
            where = "coded" if evidence.source == CODES else f"a diagnosis of {named(evidence)}"
            sentence = f"{diagnosis[0].upper()}{diagnosis[1:]} is {where}; the last word of the notes on it, in {named(word.no)}, is no."
            yield Finding(Kind.DIAGNOSES, sentence, (word.no, evidence), diagnosis)


def _asserted(chart: Chart, rule: Diagnoses) -> dict[str, Evidence]:
    """Diagnosis → where it is asserted: a discharge summary's list before the codes."""
    found: dict[str, Evidence] = {}
    for document, one in _listed(chart, rule):
        for diagnosis, start, end in spoken_of("diagnoses", "diagnosis", one.text):
            if said_of(one.text, start, end) is Said.PRESENT:
                found.setdefault(diagnosis, Evidence.at(document, one.start, one.end))
    for code in sorted(chart.codes, key=lambda one: (one.code, str(one.entry_id))):
        coded = diagnosis_of(code.code) if not code.procedure else ""
        if coded and not re.search(r"history of|sequela|subsequent", code.title, re.IGNORECASE):
            found.setdefault(coded, Evidence.of_code(code))
    return found


def diagnosis_of(code: str) -> str:
    return next((name for begin, name in beginnings("diagnoses", "diagnosis", "codes") if code.startswith(begin)), "")


def _listed(chart: Chart, rule: Diagnoses) -> Iterator[tuple[Document, Sentence]]:
    for document in chart.in_order:
        if document.code in rule.summaries:
            yield from ((document, one) for one in document.sentences if one.section in rule.sections)


def _words(chart: Chart, rule: Diagnoses) -> dict[str, _Word]:
    """By diagnosis, through the notes in order."""
    words: dict[str, _Word] = defaultdict(_Word)
    for document in chart.in_order:
        if document.code not in (*rule.notes, *rule.summaries):
            continue
        for one in document.sentences:
            if _EXAMINED.search(one.section) or (document.code in rule.summaries and one.section in rule.sections):
                continue
            for diagnosis, start, end in spoken_of("diagnoses", "diagnosis", one.text):
                _hear(words[diagnosis], document, one, start, end)
    return words


def _hear(word: _Word, document: Document, one: Sentence, start: int, end: int) -> None:
    said = said_of(one.text, start, end, one.section)
    word.ever |= said in (Said.PRESENT, Said.PAST)
    if said in (Said.PRESENT, Said.POSSIBLE):
        word.no, word.ruled_out = None, False
    elif said is Said.ABSENT:
        whole = _WHOLE.search(one.text[:start].rstrip()) and not _PARTLY.search(one.text[end:])
        word.no = Evidence.at(document, one.start, one.end) if whole else None
        word.ruled_out = _RULED_OUT.search(one.text) is not None
