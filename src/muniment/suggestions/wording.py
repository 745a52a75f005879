"""Clinical words as terms and texts are compared by: small letters, singular, one word for each meaning, each with its place. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from muniment.terminology.rules import synonyms, words

_TOKEN = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ]+(?:['’]s\b)?")
_SILENT = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "due",
        "for",
        "from",
        "in",
        "into",
        "is",
        "nos",
        "of",
        "on",
        "or",
        "the",
        "to",
        "via",
        "with",
        "other",
        "her",
        "his",
        "their",
        "patient",
    ]
)
# Words of the search's synonyms that mean different things in a text: "high" is no laboratory's "elevated", "failure" has no organ.
_APART = frozenset(
    [
        "elevated",
        "high",
        "pressure",
        "hypertension",
        "shortness",
        "dyspnea",
        "failure",
        "personal",
        "history",
        "childbirth",
        "labor",
        "delivery",
        "cesarean",
        "section",
        "malignant",
        "seizure",
        "stroke",
        "cerebrovascular",
        "eye",
        "ear",
        "obstruction",
        "blockage",
        "bleeding",
        "bleed",
        "dialysis",
        "hemodialysis",
        "nicotine",
        "tobacco",
        "smoking",
        "fever",
        "neoplasm",
    ]
)
_OWN = {
    "insufficiency": "failure", "bleed": "bleeding", "prostatic": "prostate", "vesical": "bladder", "testicular": "testis", "testicle": "testis",
    "ovarian": "ovary", "uterine": "uterus", "pancreatic": "pancreas", "colonic": "colon", "ureteral": "ureter", "ureteric": "ureter",
    "urethral": "urethra", "abdomen": "abdominal", "thoracic": "chest", "hypoxic": "hypoxia", "hypoxemic": "hypoxia", "hypercapnic": "hypercapnia", "hypercarbic": "hypercapnia", "lithiasis": "calculus", "stone": "calculus",
}  # fmt: skip
_MEANS = {
    "cancer": ("malignant", "neoplasm"), "carcinoma": ("malignant", "neoplasm"), "adenocarcinoma": ("malignant", "neoplasm"),
    "tumor": ("neoplasm",), "tumoral": ("neoplasm",), "metastase": ("metastasis",), "metastasi": ("metastasis",), "metastatic": ("metastasis",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, with its place in the text it was read from."""

    text: str
    start: int
    end: int


def read(text: str) -> list[Word]:
    """The words of a text that carry meaning; one that means two ("carcinoma") stands twice at one place."""
    return [Word(meant, found.start(), found.end()) for found in _TOKEN.finditer(text) for meant in _meant(found[0])]


def key(text: str) -> frozenset[str]:
    """A term as it is looked up: its words, in whatever order."""
    return frozenset(word.text for word in read(text))


@lru_cache(maxsize=50_000)
def _meant(token: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in words(token):
        if word not in _SILENT:
            plain = singular(word)
            found += [_one_for_all().get(each, each) for each in _MEANS.get(plain, (plain,))]
    return tuple(found)


def singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "ses")):
        return word[:-2] if word.endswith("sses") else word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "sui" else word


@lru_cache(maxsize=1)
def _one_for_all() -> dict[str, str]:
    """Word → the one that stands for all that mean the same: the first of its line among the search's synonyms, and our own."""
    found: dict[str, str] = {}
    for word, others in synonyms().items():
        group = sorted({word, *others} - _APART)
        if word not in _APART and len(group) > 1:
            found[word] = group[0]
    return {word: one for word, one in found.items() if word != one} | _OWN
