"""What only one sex can have, in the chart of a patient registered with the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from muniment.kernel.negation import Said, said_of
from muniment.qualitative.parameters import Sex
from muniment.qualitative.rules import Chart, Code, Document, Evidence, Finding, Kind
from muniment.qualitative.tables import beginnings, spoken_of

OTHER = {"male": "female", "female": "male"}
_DESCRIBED = re.compile(
    r"\b\d{1,3}[- ]?(?:year|yr)s?[- ]old (?:[a-z-]+ ){0,2}?(?P<female>woman|female|lady|girl)\b"
    r"|\b\d{1,3}[- ]?(?:year|yr)s?[- ]old (?:[a-z-]+ ){0,2}?(?P<male>man|male|gentleman|boy)\b",
    re.IGNORECASE,
)  # fmt: skip
_SOMEBODY_ELSE = re.compile(
    r"\b(?:his|her|their|the patient's|by|with) (?:[a-z]+ )?$|\b(?:mother|father|wife|husband|son|daughter|sister|brother|partner|roommate|friend)\b|\b(?:baby|infant|newborn|fetus|donor)\b",
    re.IGNORECASE,
)  # fmt: skip


def check(chart: Chart, rule: Sex) -> Iterator[Finding]:
    """Nothing where the sex is not registered as one of two, or the patient is younger than the rule's age."""
    age = chart.age_on(chart.discharged)
    if chart.sex not in OTHER or (age is not None and age < rule.min_age):
        return
    yield from _codes(chart)
    for document in chart.in_order:
        yield from _document(chart.sex, document)


def _codes(chart: Chart) -> Iterator[Finding]:
    for one in chart.codes:
        sex = sex_of(one)
        if sex and sex != chart.sex:
            yield _finding(
                f"Code {one.code} is of {sex} patients; this one is registered as {chart.sex}.", Evidence.of_code(one)
            )


def sex_of(one: Code) -> str:
    system = "ICD-10-PCS" if one.procedure else "ICD-10-CM"
    return next((said[1] for begin, said in _bound() if said[0] == system and one.code.startswith(begin)), "")


def _bound() -> Iterator[tuple[str, tuple[str, str]]]:
    systems = dict(beginnings("sex_codes", "system", "beginnings"))
    return ((begin, (systems[begin], sex)) for begin, sex in beginnings("sex_codes", "sex", "beginnings"))


def _document(sex: str, document: Document) -> Iterator[Finding]:
    """The first of each in a document: what is said ten times is wrong once."""
    described = bound = False
    for one in document.sentences:
        found = _DESCRIBED.search(one.text)
        if found and not described and found.lastgroup != sex and not _SOMEBODY_ELSE.search(one.text[: found.start()]):
            described = True
            sentence = f"“{document.name}” describes a {found.lastgroup} patient; this one is registered as {sex}."
            yield _finding(sentence, Evidence.at(document, one.start, one.end))
        for whose, start, end in spoken_of("sex_words", "sex", one.text):
            if bound or whose == sex or _SOMEBODY_ELSE.search(one.text):
                continue
            if said_of(one.text, start, end, one.section) in (Said.PRESENT, Said.PAST):
                bound = True
                sentence = f"“{document.name}” speaks of “{one.text[start:end]}”, which is of {whose} patients; this one is registered as {sex}."
                yield _finding(sentence, Evidence.at(document, one.start, one.end))


def _finding(sentence: str, evidence: Evidence) -> Finding:
    return Finding(Kind.SEX, sentence, (evidence,))
