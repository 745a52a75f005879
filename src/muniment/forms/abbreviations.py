"""Approved abbreviations and those not to be used, as the rule book lists them, and where a text uses one of the latter. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from muniment.kernel.errors import Unfileable
from muniment.kernel.prose import sentences

APPROVED_RULE, NEVER_RULE = "forms.approved-abbreviations", "forms.do-not-use"
UNITS = r"(?:mg|mcg|µg|ug|g|kg|mL|ml|L|mEq|mmol|units?|U|puffs?|tablets?)\b(?!\s?/)"  # of a dose: "1.0 mg/dL" is a result
FIGURES = {
    "trailing zero": rf"(?<![\d.])\d+\.0+(?=\s?{UNITS})",
    "no leading zero": rf"(?<![\d.\w])\.\d+(?=\s?{UNITS})",
}
_BEFORE = {"": r"(?<![\w.])", "number": r"(?<=\d)\s?", "dose": r"(?<![\w.])"}
_NEAR_DOSE = rf"\d\s?{UNITS}"


@dataclass(frozen=True, slots=True)
class Approved:
    short: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """One entry of the list. ``written``: exactly these spellings, as words of their own; ``after`` "number": only right behind one, "dose": only
    in a sentence that gives a dose. ``figure``: a way of writing numbers instead (a key of FIGURES).
    """

    short: str
    means: str
    why: str
    instead: str
    written: tuple[str, ...] = ()
    after: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """One place of a text: what of the list it uses, as it is written there, and the sentence."""

    never: Never
    words: str
    sentence: str
    begin: int  # of the words in the sentence

    @property
    def before(self) -> str:
        return self.sentence[: self.begin]

    @property
    def behind(self) -> str:
        return self.sentence[self.begin + len(self.words) :]


def approved(parameters: Mapping[str, Any]) -> list[Approved]:
    """The approved list out of its rule, by abbreviation."""
    rows = [Approved(str(one["short"]), str(one["means"])) for one in _listed(parameters, "approved")]
    return sorted(rows, key=lambda one: one.short.casefold())


def never(parameters: Mapping[str, Any]) -> tuple[Never, ...]:
    """The list of what is not to be used, out of its rule. Raises Unfileable with the entry and what is wrong with it."""
    return tuple(_never(place, one) for place, one in enumerate(_listed(parameters, "never"), 1))


def _listed(parameters: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    rows = parameters.get(name, [])
    if not isinstance(rows, list) or not all(
        isinstance(one, Mapping) and one.get("short") and one.get("means") for one in rows
    ):
        raise Unfileable("Each entry says “short” and “means”.", where=name, remedy="Propose the rule's next version.")
    return rows


def _never(place: int, said: Mapping[str, Any]) -> Never:
    found = Never(
        short=str(said["short"]), means=str(said["means"]), why=str(said.get("why", "")), instead=str(said.get("instead", "")),
        written=tuple(map(str, said.get("written", ()))), after=str(said.get("after", "")), figure=str(said.get("figure", "")),
    )  # fmt: skip
    where = f"never, entry {place}, {found.short}"
    if bool(found.written) == bool(found.figure):
        raise Unfileable("An entry has spellings (“written”) or a way of writing numbers (“figure”): one of them.", where=where)
    if found.after not in _BEFORE or (found.figure and found.figure not in FIGURES):
        raise Unfileable(f"“after” is one of number, dose; “figure” one of {', '.join(FIGURES)}.", where=where)
    return found


def uses(text: str, listed: tuple[Never, ...]) -> Iterator[Use]:
    """Every place of ``text`` that uses an entry of the list, in order: a sentence is told once an entry."""
    if not listed or not _any(listed).search(text):
        return
    for sentence in sentences(text):
        for one in listed:
            found = _pattern(one).search(sentence.text)
            if found and (one.after != "dose" or re.search(_NEAR_DOSE, sentence.text)):
                yield Use(one, found[0].strip(), sentence.text, found.end() - len(found[0].lstrip()))


@cache
def _pattern(one: Never) -> re.Pattern[str]:
    if one.figure:
        return re.compile(FIGURES[one.figure])
    spelt = "|".join(re.escape(word) for word in sorted(one.written, key=len, reverse=True))
    return re.compile(rf"(?:{_BEFORE[one.after]})(?:{spelt})(?!\w)")


@cache
def _any(listed: tuple[Never, ...]) -> re.Pattern[str]:
    """Whether a text can use any of them at all: most use none."""
    return re.compile("|".join(f"(?:{_pattern(one).pattern})" for one in listed))
