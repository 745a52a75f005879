"""What a text may say and which code it means: titles, inclusion terms and everyday words of a release of ICD-10-CM. Pure.

A heading's words mean its unspecified code below it, as the alphabetic index leads there. A shorter form of a title, without brackets and
without "unspecified", means the same code.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from importlib.resources import files

from muniment.suggestions.wording import key
from muniment.terminology.sources import ConceptRow, icd10cm_rows


class Source(IntEnum):
    """Where a term comes from; a later one gives way to an earlier one."""

    EVERYDAY = 0
    TITLE = 1
    SHORTENED = 2
    INCLUDED = 3
    HEADING = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """The code a term means."""

    code: str
    source: Source


_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_PLACES = (
    "site|side|organism|ear|eye|laterality|severity|foot|toe|hand|finger|leg|limb|knee|hip|shoulder|elbow|wrist|ankle|part|location|type|breast|kidney|lung"
    "|ovary|testis|ureter|vein|artery|degree|cause|trimester|place|trunk|lower limb|upper limb|lower leg|upper arm|forearm|thigh|lobe|bronchus or lung"
    "|lower extremity|upper extremity|body region|joint|level|intractability|nature|form|stage|pregnancy|bladder|as to [\\w ]+|whether [\\w ]+|episode[\\w ]*"
    "|region[\\w ]*|quadrant[\\w ]*"
)
_SAYS_NOTHING = re.compile(
    rf",?\s*\b(?:of unspecified behavior|unspecified(?: (?:{_PLACES}))?|not elsewhere classified|NEC|NOS|initial encounter(?: for closed fracture)?"
    r"|without complications?|uncomplicated|without mention of [\w ]+|not intractable|without status (?:migrainosus|epilepticus))\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"other\b", re.IGNORECASE)
_ASIDE = re.compile(r"history of|allergy status|encounter for|sequela|subsequent", re.IGNORECASE)
_LONGEST_INCLUDED = 70  # characters: a longer "includes" is a sentence, not a term
_NO_TERM = frozenset(
    [
        "pressure",
        "activity",
        "axis",
        "pre",
        "donor",
        "section",
        "exposure",
        "accident",
        "instability",
        "dissection",
        "arrest",
        "death",
        "mortality",
    ]
)


class Vocabulary:
    """Terms by their words, for one release. Built in some seconds, then read by any number of threads."""

    def __init__(self, rows: Iterable[ConceptRow]) -> None:
        self._rows = {row.code: row for row in rows if row.kind == "code"}
        self._below: dict[str, list[str]] = {}
        for row in self._rows.values():
            if row.ancestors:
                self._below.setdefault(row.ancestors[-1], []).append(row.code)
        self._terms: dict[frozenset[str], Meaning] = {}
        for term, meaning in sorted(self._all(), key=self._order):
            self._terms.setdefault(term, meaning)

    def meaning(self, words: frozenset[str]) -> Meaning | None:
        return self._terms.get(words)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word that stands in a term."""
        return frozenset().union(*self._terms) if self._terms else frozenset()

    @cached_property
    def by_code(self) -> dict[str, list[frozenset[str]]]:
        """Code → the terms that mean it."""
        found: dict[str, list[frozenset[str]]] = {}
        for term, meaning in self._terms.items():
            found.setdefault(meaning.code, []).append(term)
        return found

    def title(self, code: str) -> str:
        return self._rows[code].display

    def nearest(self, code: str) -> str:
        """The title of a code, or of the nearest heading that this release has of one it does not know; "" without any."""
        while code and code not in self._rows:
            code = code[:-1]
        return self._rows[code].display if code else ""

    def siblings(self, code: str) -> list[str]:
        """Codes that may be assigned below the heading right above this one."""
        above = self._rows[code].ancestors
        return [one for one in self._below.get(above[-1], ()) if self._rows[one].billable] if above else []

    def default(self, code: str) -> str | None:
        """The code itself where it may be assigned, else the unspecified one below it."""
        row = self._rows.get(code)
        if row is None or row.billable:
            return code if row else None
        below = sorted(self._below.get(code, ()), key=lambda one: (_how_special(self._rows[one]), one))
        return next((found for one in below if (found := self.default(one))), None)

    def _order(self, said: tuple[frozenset[str], Meaning]) -> tuple[int, int, int, int, str]:
        """Of several codes one term could mean, that whose title says least beyond the term."""
        term, meaning = said
        row = self._rows[meaning.code]
        beyond = len(key(row.display) - term)
        return meaning.source, beyond, _how_special(row), len(row.code), row.code

    def _all(self) -> Iterator[tuple[frozenset[str], Meaning]]:
        for row in self._rows.values():
            target = self.default(row.code)
            if (
                target and row.code[0] not in "VWXYZ"
            ):  # circumstances and reasons for contact are not read off a word in passing
                yield from self._of_row(row, target)
        for says, code in (*everyday(), *short_forms()):
            if target := self.default(code):
                yield key(says), Meaning(target, Source.EVERYDAY)

    def _of_row(self, row: ConceptRow, target: str) -> Iterator[tuple[frozenset[str], Meaning]]:
        if (_OTHER.match(row.display) and "unspecified" not in row.display.lower()) or _ASIDE.search(row.display):
            own: Iterable[str] = ()
        else:
            own = shortened(row.display)
        for text in own:
            whole = Source.TITLE if text == row.display else Source.SHORTENED
            yield from _term(text, target, whole if row.billable else Source.HEADING)
        included = (
            *row.notes.get("inclusion_terms", ()),
            *(one for one in row.notes.get("includes", ()) if len(one) < _LONGEST_INCLUDED),
        )
        for note in included:
            for text in shortened(note):
                yield from _term(text, target, Source.INCLUDED if row.billable else Source.HEADING)


def _term(text: str, code: str, source: Source) -> Iterator[tuple[frozenset[str], Meaning]]:
    words = key(text)
    if words and not (len(words) == 1 and (words <= _NO_TERM or len(min(words)) < 3)):
        yield words, Meaning(code, source)


def _how_special(row: ConceptRow) -> int:
    """Lower is less special: what the heading alone would lead to."""
    title = row.display.lower()
    marks = {"unspecified": -10, "initial": -6, "without": -4, "other": 2}
    return (
        sum(weight for word, weight in marks.items() if word in title)
        - title.startswith("unspecified")
        - 5 * row.code.endswith("9")
    )


def shortened(title: str) -> set[str]:
    """A title and its shorter forms: without brackets, without what says nothing, and turned around at its comma."""
    found = {title, _BRACKETS.sub("", title)}
    found |= {
        re.sub(r"^(?:other and )?unspecified\s+", "", _SAYS_NOTHING.sub("", one).strip(" ,"), flags=re.IGNORECASE)
        for one in found
    }
    found |= {re.sub(r"^(?:disorder|disease) of (.+)$", r"\1 disease", one, flags=re.IGNORECASE) for one in found}
    return {one.strip(" ,") for one in found if one.strip(" ,")}


def everyday() -> list[tuple[str, str]]:
    """Our own table of clinicians' words: (what is written, code without dot)."""
    return [(row["says"], row["code"]) for row in _table("muniment.suggestions", "everyday.csv")]


def short_forms() -> list[tuple[str, str]]:
    """The search's short forms that have a code, in the same shape; those of two letters mean too much in a text."""
    rows = _table("muniment.terminology", "short_forms.csv")
    return [(row["short"], row["codes"].split()[0]) for row in rows if row["codes"].strip() and len(row["short"]) > 2]


def _table(package: str, name: str) -> list[dict[str, str]]:
    with files(package).joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def packaged() -> Vocabulary:
    """Of the tabular list that comes with Muniment. Takes some seconds, once a process."""
    return Vocabulary(icd10cm_rows())
