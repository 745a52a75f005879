"""Results that no note of the stay mentions: positive cultures, critical values, diagnoses in a report's impression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from muniment.kernel.negation import Said, said_of
from muniment.kernel.prose import sentences
from muniment.qualitative.parameters import Results
from muniment.qualitative.rules import Chart, Evidence, Finding, Kind, Result
from muniment.qualitative.tables import rows, spoken_of

_CULTURE = re.compile(r"\bcultures?\b|bacteria identified", re.IGNORECASE)
_NOTHING = re.compile(
    r"no growth|negative|normal flora|mixed flora|contaminant|sterile|pending|not detected|no \w+ isolated", re.IGNORECASE
)


def check(chart: Chart, rule: Results) -> Iterator[Finding]:
    """Nothing for a stay without a single note to mention it in: that is a missing document, not a contradiction."""
    notes = "\n".join(one.text.casefold() for one in chart.in_order if one.code in rule.notes)
    if not notes.strip():
        return
    told: set[str] = set()
    for one in sorted(chart.results, key=lambda result: (result.code, str(result.entry_id))):
        for about, finding in (*_culture(one, notes), *_critical(one, notes, rule), *_report(one, notes, rule)):
            if about not in told:
                told.add(about)
                yield finding


def _mentions(notes: str, words: str) -> bool:
    return _any_of(words).search(notes) is not None


@cache
def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words.split('|')))})(?![\w-])")


def _culture(one: Result, notes: str) -> Iterator[tuple[str, Finding]]:
    said = one.value or one.text
    if not _CULTURE.search(one.name) or _NOTHING.search(said):
        return
    organism = next((name for name, _, _ in spoken_of("organisms", "organism", said)), "")
    words = next((row["words"] for row in rows("organisms") if row["organism"] == organism), "")
    if organism and not _mentions(notes, words):
        yield (
            organism,
            _finding(f"A culture grew {organism}; no note of the stay mentions it.", Evidence.of_result(one, said), organism),
        )


def _critical(one: Result, notes: str, rule: Results) -> Iterator[tuple[str, Finding]]:
    words = next((row["words"] for row in rows("analytes") if row["loinc"] == one.code), "")
    if one.flag in rule.flags and words and not _mentions(notes, words):
        name = words.split("|")[0]
        yield (
            one.code,
            _finding(
                f"A critical {name} ({one.value}) is mentioned in no note of the stay.",
                Evidence.of_result(one, f"{one.name}: {one.value}"),
                name,
            ),
        )


def _report(one: Result, notes: str, rule: Results) -> Iterator[tuple[str, Finding]]:
    """Diagnoses that the impression asserts. A mention of any kind will do, also that there is none."""
    for sentence in sentences(_headed(one.text, rule)):
        if sentence.section not in rule.report_sections:
            continue
        for diagnosis, start, end in spoken_of("diagnoses", "diagnosis", sentence.text):
            words = next(row["words"] for row in rows("diagnoses") if row["diagnosis"] == diagnosis)
            if said_of(sentence.text, start, end) is Said.PRESENT and not _mentions(notes, words.casefold()):
                quote = Evidence.of_result(one, sentence.text, sentence.start, sentence.end)
                yield (
                    diagnosis,
                    _finding(f"“{one.name}” reports {diagnosis}; no note of the stay mentions it.", quote, diagnosis),
                )


def _headed(text: str, rule: Results) -> str:
    """Headings in capitals, as ``sentences`` knows them, where a report writes them otherwise. Places stay."""
    names = "|".join(map(re.escape, rule.report_sections))
    return re.sub(rf"(?im)^[ \t]*(?:{names})[ \t]*:", lambda found: found[0].upper(), text) if names else text


def _finding(sentence: str, evidence: Evidence, about: str) -> Finding:
    return Finding(Kind.RESULTS, sentence, (evidence,), about)
