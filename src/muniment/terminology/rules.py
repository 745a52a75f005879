"""How a search text becomes a question and how answers are ranked. Pure: no Django, no database."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class System(StrEnum):
    """The code systems. The value is the short name used in addresses, files and the database."""

    ICD10CM = "icd-10-cm"
    ICD10PCS = "icd-10-pcs"
    MS_DRG = "ms-drg"
    DISCHARGE_STATUS = "discharge-status"
    POA = "poa"
    CMS_HCC = "cms-hcc"
    CCSR = "ccsr"
    ELIXHAUSER = "elixhauser"
    CM_INDEX = "icd-10-cm-index"
    CM_CAUSES = "icd-10-cm-causes"
    CM_NEOPLASMS = "icd-10-cm-neoplasms"
    CM_DRUGS = "icd-10-cm-drugs"

    @property
    def is_publication(self) -> bool:
        """Whether it is an index or table that leads to the codes of ICD-10-CM, and none of codes itself."""
        return self in PUBLICATIONS

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def uri(self) -> str:
        """The system's FHIR identifier, as published by its owner or HL7; of a publication, that of the codes it leads to."""
        return _URIS[System.ICD10CM if self.is_publication else self]


_LABELS = {
    System.ICD10CM: "ICD-10-CM",
    System.ICD10PCS: "ICD-10-PCS",
    System.MS_DRG: "MS-DRG",
    System.DISCHARGE_STATUS: "Patient discharge status",
    System.POA: "Present on admission",
    System.CMS_HCC: "CMS-HCC, version 28",
    System.CCSR: "CCSR for diagnoses",
    System.ELIXHAUSER: "Elixhauser comorbidities",
    System.CM_INDEX: "ICD-10-CM Index to Diseases and Injuries",
    System.CM_CAUSES: "ICD-10-CM External Cause of Injuries Index",
    System.CM_NEOPLASMS: "ICD-10-CM Table of Neoplasms",
    System.CM_DRUGS: "ICD-10-CM Table of Drugs and Chemicals",
}
PUBLICATIONS = (System.CM_INDEX, System.CM_CAUSES, System.CM_NEOPLASMS, System.CM_DRUGS)
_URIS = {
    System.ICD10CM: "http://hl7.org/fhir/sid/icd-10-cm",
    System.ICD10PCS: "http://www.cms.gov/Medicare/Coding/ICD10",
    System.MS_DRG: "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software",
    System.DISCHARGE_STATUS: "https://www.nubc.org/CodeSystem/PatDischargeStatus",
    System.POA: "https://www.nubc.org/CodeSystem/PresentOnAdmission",
    System.CMS_HCC: "http://terminology.hl7.org/CodeSystem/cmshcc",
    System.CCSR: "https://hcup-us.ahrq.gov/toolssoftware/ccsr/dxccsr.jsp",
    System.ELIXHAUSER: "https://hcup-us.ahrq.gov/toolssoftware/comorbidityicd10/comorbidity_icd10.jsp",
}

_WORD = re.compile(r"[a-z0-9]+")
_LISTED = "a an and as at by due for from in into is nos of on or the to using via w with"
_QUIET = "unspecified part initial encounter closed not elsewhere classified organism approach"
_STOP = frozenset(_LISTED.split())
_FILLER = frozenset(_QUIET.split())
_BRITISH = {
    "haem": "hem", "anaem": "anem", "aemia": "emia", "oedema": "edema", "oesoph": "esoph", "paed": "ped",
    "tumour": "tumor", "rrhoea": "rrhea", "gynaec": "gynec", "foet": "fet", "caesar": "cesar", "fibre": "fiber",
    "ischaem": "ischem", "isation": "ization", "coeliac": "celiac", "faec": "fec",
}  # fmt: skip
_LEVELLED = re.compile("|".join(["'s", *sorted(_BRITISH, key=len, reverse=True)]))
_CODE = re.compile(r"(?=.*\d)[A-Z][0-9A](?:[0-9A-Z](?:\.?[0-9A-Z]{0,4})?)?", re.IGNORECASE)
_PCS_CODE = re.compile(r"(?=.*\d)[0-9A-HJ-NP-Z]{3,7}", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\b[^,]*", re.IGNORECASE)
MINIMUM_PREFIX = 3


def words(text: str) -> list[str]:
    """Lower-case words and numbers, accents removed, possessives and British spellings levelled."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.replace("’", "'"))
        plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _WORD.findall(_LEVELLED.sub(lambda found: _BRITISH.get(found[0], ""), plain))


@lru_cache(maxsize=2048)
def _search_words(text: str) -> frozenset[str]:
    return frozenset(significant(words(text)))


def _table(name: str) -> list[dict[str, str]]:
    with files("muniment.terminology").joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """Word → words that mean the same in a title; both directions of our own table."""
    found: dict[str, set[str]] = {}
    for row in _table("synonyms.csv"):
        group = row["words"].split()
        for word in group:
            found.setdefault(word, set()).update(other for other in group if other != word)
    return {word: tuple(sorted(others)) for word, others in found.items()}


@dataclass(frozen=True, slots=True)
class ShortForm:
    """An abbreviation, acronym, eponym or everyday phrase, what it stands for, and the codes an index would give."""

    short: frozenset[str]
    expansions: tuple[tuple[str, ...], ...]
    preferred: tuple[str, ...]


@lru_cache(maxsize=1)
def short_forms() -> dict[str, tuple[ShortForm, ...]]:
    """By each of their words, longest forms first."""
    found: dict[str, list[ShortForm]] = {}
    for row in _table("short_forms.csv"):
        form = ShortForm(
            frozenset(words(row["short"])),
            tuple(tuple(significant(words(part))) for part in row["means"].split("|") if part.strip()),
            tuple(row["codes"].split()),
        )
        for word in form.short:
            found.setdefault(word, []).append(form)
    return {word: tuple(sorted(forms, key=lambda form: -len(form.short))) for word, forms in found.items()}


def significant(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if token not in _STOP]


def lexemes(title: str, terms: Iterable[str]) -> set[str]:
    """Every word under which a concept is found: its own, its terms' and their synonyms."""
    found = set(significant(words(title)))
    found.update(*map(_search_words, terms))
    table = synonyms()
    for word in tuple(found):
        found.update(table.get(word, ()))
    if {"malignant", "neoplasm"} <= found:
        found.update(("cancer", "carcinoma"))
    return found


def stem(word: str) -> str:
    """The part of a query word that its singular and plural begin with."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3]
    if len(word) > 4 and word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


@dataclass(frozen=True, slots=True)
class Term:
    """One word to find; ``prefix``: words that begin with it count too."""

    text: str
    prefix: bool

    def matches(self, word: str) -> bool:
        return word.startswith(self.text) if self.prefix else word == self.text


@dataclass(frozen=True, slots=True)
class Unit:
    """One idea of the question: any alternative may stand for it, all of an alternative's terms must be there."""

    alternatives: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a search text asks. ``code`` is set when it may be the beginning of a code (no dot, capitals)."""

    units: tuple[Unit, ...]
    code: str = ""
    preferred: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.units and not self.code


def ask(text: str, system: System) -> Question:
    """Read a search text: code beginnings, short forms, everyday phrases, unfinished words."""
    typed = text.strip()[:200]
    tokens = words(typed)
    used: set[str] = set()
    units: list[Unit] = []
    preferred: list[str] = []
    for form in _forms_in(tokens):
        if form.short & used and not form.short - used:
            continue
        used |= form.short
        preferred.extend(form.preferred)
        exact = tuple(Term(word, prefix=len(word) > MINIMUM_PREFIX) for word in sorted(form.short))
        units.append(Unit((exact, *(_terms(expansion) for expansion in form.expansions))))
    rest = [token for token in significant(tokens) if token not in used]
    last = tokens[-1] if tokens and not text[-1:].isspace() else ""
    units.extend(Unit(((_term(token, typing=token == last),),)) for token in dict.fromkeys(rest))
    return Question(tuple(units), _code_beginning(typed, system), tuple(preferred))


def _forms_in(tokens: list[str]) -> list[ShortForm]:
    """Short forms all of whose words are in the text, the longest first; word order does not matter."""
    given = frozenset(tokens)
    found = {form.short: form for token in tokens for form in short_forms().get(token, ()) if form.short <= given}
    return sorted(found.values(), key=lambda form: -len(form.short))


def _term(word: str, *, typing: bool) -> Term:
    plain = stem(word)
    return Term(plain, prefix=typing or len(plain) >= MINIMUM_PREFIX)


def _terms(tokens: Iterable[str]) -> tuple[Term, ...]:
    return tuple(_term(token, typing=False) for token in tokens)


def _code_beginning(text: str, system: System) -> str:
    shape = _PCS_CODE if system is System.ICD10PCS else _CODE
    return text.replace(".", "").upper() if shape.fullmatch(text) else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept the database found for a question."""

    code: str
    display: str
    billable: bool
    terms: tuple[str, ...]


def rank(question: Question, candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """Best first: how much of the question a title or term answers, then how little else it says, then billable."""
    judge = _Judge(question)
    scored = sorted(((-judge.score(item), len(item.code), item.code, item) for item in candidates), key=lambda row: row[:3])
    return [row[3] for row in scored[:limit]]


_INHERITED = 0.3
_BY_SYNONYM_OR_PREFIX = 0.9


class _Judge:
    """Scores texts against one question; remembers what each word answers, because the same words come again and again."""

    def __init__(self, question: Question) -> None:
        self.units = question.units
        self.preferred = frozenset(question.preferred)
        self.terms = {term for unit in question.units for alternative in unit.alternatives for term in alternative}
        self.answers: dict[str, dict[Term, float]] = {}

    def score(self, item: Candidate) -> float:
        score = self._text(item.display)
        for term in item.terms:
            score = max(score, 0.97 * self._text(term))
        return score + (0.08 if item.billable else 0.0) + (1.0 if item.code in self.preferred else 0.0)

    def _text(self, text: str) -> float:
        own, telling = _telling(text)
        found: dict[Term, float] = {}
        matched = 0
        for word in own:
            answered = self._word(word)
            matched += bool(answered) and word in telling
            for term, worth in answered.items():
                found[term] = max(worth, found.get(term, 0.0))
        coverage = sum(max(self._worth(terms, found) for terms in unit.alternatives) for unit in self.units)
        return 0.65 * coverage / max(1, len(self.units)) + 0.35 * matched / max(1, len(telling))

    @staticmethod
    def _worth(terms: tuple[Term, ...], found: dict[Term, float]) -> float:
        return sum(found.get(term, _INHERITED) for term in terms) / max(1, len(terms))

    def _word(self, word: str) -> dict[Term, float]:
        if word not in self.answers:
            self.answers[word] = {term: worth for term in self.terms if (worth := _word_worth(term, word))}
        return self.answers[word]


def _word_worth(term: Term, word: str) -> float:
    if term.text == word:
        return 1.0
    if term.matches(word) or any(term.matches(other) for other in synonyms().get(word, ())):
        return _BY_SYNONYM_OR_PREFIX
    return 0.0


@lru_cache(maxsize=8192)
def _telling(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """A text's words, and those of them that say something: not fillers, not what follows “without”."""
    own = tuple(dict.fromkeys(significant(words(text))))
    said = significant(words(_WITHOUT.sub("", text)))
    return own, frozenset(word for word in said if word not in _FILLER) or frozenset(own)
