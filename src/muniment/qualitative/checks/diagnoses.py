"""A diagnosis at discharge, or coded, that the notes negate where they last speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from muniment.kernel.negation import Said, said_of
from muniment.kernel.prose import Sentence
from muniment.qualitative.checks.laterality import named
from muniment.qualitative.parameters import Diagnoses
from muniment.qualitative.rules import Chart, Document, Evidence, Finding, Kind
from muniment.qualitative.tables import beginnings, spoken_of

_EXAMINED = re.compile(r"physical exam|examination|review of systems|\bexam\b|vital|indication")
_WHOLE = re.compile(
    r"(?:^|[\s,/])(?:no|not|or|and|nor|of|for|denies|without|acute|any|overt|clinical|evidence|signs?|active|definite|radiographic|frank|the|an?)$|[,/]$|^$",
    re.IGNORECASE,
)  # fmt: skip


def check(chart: Chart, rule: Diagnoses) -> Iterator[Finding]:
    """One finding a diagnosis: the last word of the notes is no, yet it is diagnosed at discharge or coded."""
    last = _last_words(chart, rule)
    for diagnosis, evidence in sorted(_asserted(chart, rule).items()):
        if diagnosis in last and last[diagnosis] is not None:
            no = last[diagnosis]
            assert no is not None
            where = "coded" if evidence.source == "Final codes" else f"a diagnosis of {named(evidence)}"
            sentence = f"{diagnosis[0].upper()}{diagnosis[1:]} is {where}; the last word of the notes on it, in {named(no)}, is that there is none."
            yield Finding(Kind.DIAGNOSES, sentence, (no, evidence), diagnosis)


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


def _last_words(chart: Chart, rule: Diagnoses) -> dict[str, Evidence | None]:
    """Diagnosis → where the notes last speak of it, if that negates it as a whole; None where it does not."""
    last: dict[str, Evidence | None] = {}
    for document in chart.in_order:
        if document.code not in (*rule.notes, *rule.summaries):
            continue
        for one in document.sentences:
            if _EXAMINED.search(one.section) or (document.code in rule.summaries and one.section in rule.sections):
                continue
            for diagnosis, start, end in spoken_of("diagnoses", "diagnosis", one.text):
                said = said_of(one.text, start, end, one.section)
                if said in (Said.PRESENT, Said.POSSIBLE):
                    last[diagnosis] = None
                elif said is Said.ABSENT:
                    whole = _WHOLE.search(one.text[:start].rstrip()) is not None
                    last[diagnosis] = Evidence.at(document, one.start, one.end) if whole else None
    return last
