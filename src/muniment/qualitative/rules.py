"""What a chart is to the checks, what they find in it, and a finding's life. Pure; the diagram in the docs is drawn from TRANSITIONS."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from muniment.kernel.prose import Sentence, sentences
from muniment.rulebook.rules import RuleInForce

CODES = "Final codes"  # the source of evidence that is a code
MOST_QUOTED = 200  # characters: what find-in-document takes


class Kind(StrEnum):
    LATERALITY = "laterality"
    SEX = "sex"
    DATES = "dates"
    DIAGNOSES = "diagnoses"
    COPIED = "copied"
    RESULTS = "results"


class State(StrEnum):
    OPEN = "open"
    MUTED = "muted"
    GONE = "gone"


class Step(StrEnum):
    MUTE = "mute"
    UNMUTE = "unmute"
    CLOSE = "no longer found"
    REOPEN = "found again"
    REMAIN = "found again, muted before"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.MUTE): State.MUTED,
    (State.MUTED, Step.UNMUTE): State.OPEN,
    (State.OPEN, Step.CLOSE): State.GONE,
    (State.MUTED, Step.CLOSE): State.GONE,
    (State.GONE, Step.REOPEN): State.OPEN,
    (State.GONE, Step.REMAIN): State.MUTED,
}


def allowed(state: State, step: Step) -> State | None:
    return TRANSITIONS.get((state, step))


@dataclass(frozen=True)
class Document:
    """A document with a text. Times are the facility's; ``day_only``: its source knew no time of day."""

    entry_id: UUID
    number: int
    code: str
    name: str
    text: str
    at: datetime | None = None
    signed_at: datetime | None = None
    author: str = ""
    day_only: bool = False
    addendum: bool = False

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return sentences(self.text)

    @property
    def order(self) -> tuple[str, str]:
        """By time, those without one first."""
        return self.at.isoformat() if self.at else "", str(self.entry_id)


@dataclass(frozen=True, slots=True)
class Code:
    """A final code with its title. ``on``: the day of a procedure."""

    entry_id: UUID
    number: int
    code: str  # without a dot
    title: str
    procedure: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Result:
    entry_id: UUID
    number: int
    code: str  # LOINC
    name: str
    value: str = ""
    flag: str = ""
    text: str = ""  # of a report


def nowhere(passage: str) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One discharged stay. ``elsewhere`` tells in how many other patients' notes a run of words stands (counted to a limit)."""

    admitted: date | None
    discharged: date
    sex: str = ""
    born: date | None = None
    documents: tuple[Document, ...] = ()
    earlier: tuple[Document, ...] = ()  # of the patient's other stays, before this one ended
    codes: tuple[Code, ...] = ()
    results: tuple[Result, ...] = ()
    elsewhere: Callable[[str], int] = field(default=nowhere, compare=False)

    @property
    def in_order(self) -> list[Document]:
        return sorted(self.documents, key=lambda one: one.order)

    def age_on(self, day: date) -> int | None:
        """Completed years."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day)) if self.born else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place: ``text[start:end]`` of a version of an entry, quoted in one line; 0, 0 where it is the entry itself."""

    entry_id: UUID
    number: int
    start: int
    end: int
    quote: str
    source: str  # the document's name

    @classmethod
    def at(cls, one: Document, start: int, end: int) -> Evidence:
        return cls(one.entry_id, one.number, start, end, quoted(one.text[start:end]), one.name)

    @classmethod
    def of_code(cls, one: Code) -> Evidence:
        return cls(one.entry_id, one.number, 0, 0, quoted(f"{one.code} {one.title}"), CODES)

    @classmethod
    def of_result(cls, one: Result, quote: str, start: int = 0, end: int = 0) -> Evidence:
        return cls(one.entry_id, one.number, start, end, quoted(quote), one.name)


def quoted(text: str) -> str:
    return " ".join(text.split())[:MOST_QUOTED]


def named(one: Evidence) -> str:
    """Where evidence stands, within a sentence."""
    return "the final codes" if one.source == CODES else f"“{one.source}”"


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    sentence: str
    evidence: tuple[Evidence, ...]
    about: str = ""  # what tells two findings with the same evidence apart

    @property
    def key(self) -> str:
        """The same as long as the quoted words of the same entries are: versions and places may change around them."""
        words = sorted(f"{one.entry_id} {one.quote.casefold()}" for one in self.evidence)
        return hashlib.sha256("\n".join([self.kind, self.about, *words]).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and the rule by which it is one."""

    finding: Finding
    rule: RuleInForce


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Each key once, in an order of their own."""
    kept = {one.key: one for one in findings}
    return [kept[key] for key in sorted(kept)]
