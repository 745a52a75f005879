"""Deficiencies: their kinds and states, and what chart analysis looks at and finds. Pure.

``requirements`` says what a stay needs, ``findings`` what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from muniment.completion.parameters import DocumentRule, Element
from muniment.rulebook.rules import RuleInForce

LOINC = "http://loinc.org"
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    MISSING_DOCUMENT = "missing document"
    MISSING_SIGNATURE = "missing signature"
    MISSING_COSIGNATURE = "missing co-signature"
    MISSING_SECTION = "missing section"
    UNAUTHENTICATED_ORDER = "order not authenticated"


WRITTEN = (Kind.MISSING_DOCUMENT, Kind.MISSING_SECTION)  # completed by writing; the others by signing
TASKS = {
    Kind.MISSING_DOCUMENT: "Write",
    Kind.MISSING_SIGNATURE: "Sign",
    Kind.MISSING_COSIGNATURE: "Co-sign",
    Kind.MISSING_SECTION: "Add to",
    Kind.UNAUTHENTICATED_ORDER: "Authenticate",
}


class State(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    WAIVED = "waived"
    CLOSED = "closed"  # administratively: the document was, without the signature that was owed


class Step(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REOPEN = "reopen"
    DECLINE = "decline"
    REASSIGN = "reassign"
    WAIVE = "waive"
    CLOSE = "close"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.COMPLETE): State.COMPLETED,
    (State.OPEN, Step.CANCEL): State.CANCELLED,
    (State.OPEN, Step.DECLINE): State.OPEN,
    (State.OPEN, Step.REASSIGN): State.OPEN,
    (State.OPEN, Step.WAIVE): State.WAIVED,
    (State.OPEN, Step.CLOSE): State.CLOSED,
    (State.COMPLETED, Step.REOPEN): State.OPEN,
    (State.CANCELLED, Step.REOPEN): State.OPEN,
    (State.CLOSED, Step.REOPEN): State.OPEN,
    (State.WAIVED, Step.REOPEN): State.OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    system: str
    code: str
    name: str
    at: datetime | None = None
    day: date | None = None  # of ``at``, by the facility's clock
    day_only: bool = False  # nobody said at what time; ``at`` is the day's beginning
    operator_id: UUID | None = None  # practitioner


@dataclass(frozen=True, slots=True)
class Verified:
    """That somebody verified an order in the ordering system."""

    entry_id: UUID
    practitioner_id: UUID | None
    credential: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenOrder:
    """An order that was given by word of mouth and written down by somebody else. ``mode`` is a code of HL7 table 0483.

    ``signed``: it was authenticated here, as it now stands.
    """

    entry_id: UUID
    mode: str
    name: str
    at: datetime | None
    signed: bool
    day_only: bool = False  # nobody said at what time; ``at`` is the day's beginning
    ordered_by: UUID | None = None  # practitioner
    verified: tuple[Verified, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules look at in a stay. ``days`` is its length (UHDDS: at least 1)."""

    class_code: str
    discharged_at: datetime
    admitted_at: datetime | None = None
    days: int | None = None
    service: str = ""
    facility_kind: str = ""
    disposition: str = ""
    attending_id: UUID | None = None  # practitioner
    procedures: tuple[Procedure, ...] = ()  # as a source sent them, and as they were finally coded
    signs: tuple[Procedure, ...] = ()  # the stay's documents as signs that something was done: LOINC code, time, author
    orders: tuple[Procedure, ...] = ()  # the stay's orders; the operator is whoever ordered
    spoken: tuple[SpokenOrder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that stands (a retracted one is none). ``of_stay``: filed to this stay, not merely to the patient.

    ``sections`` are the headings with text under them, in it and in its addenda; None where nobody asked or nobody can read it.
    """

    entry_id: UUID
    code: str
    name: str
    at: datetime | None
    signed: bool
    closed: bool = False  # administratively, without its author's signature: no signature is waited for any more
    day: date | None = None  # of ``at``, by the facility's clock
    author_id: UUID | None = None
    of_stay: bool = True
    author_credential: str = ""
    cosigned: bool = False  # by somebody other than its author
    sections: frozenset[str] | None = None
    addendum: bool = False  # to another document: it completes that one, and is none of its kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A document the stay must have, and why. ``days``: the days that want one each; ``day``: the one this is about."""

    rule: RuleInForce
    wanted: DocumentRule
    why: str
    due_at: datetime
    responsible_id: UUID | None
    not_before: datetime | None  # documents of the patient from then until admission count too
    elements: tuple[Element, ...] = ()  # the sections it must have
    update_due: datetime | None = None  # when one written before admission must have been brought up to date
    days: tuple[date, ...] = ()
    day: date | None = None

    @property
    def name(self) -> str:
        """Within its stay. The first day's goes by the rule alone, as if there were no other."""
        return self.rule.code if self.day in (None, *self.days[:1]) else f"{self.rule.code}:{self.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is missing. ``key`` names it within its stay, whatever rule version or person it came by."""

    key: str
    kind: Kind
    rule: RuleInForce
    document_code: str
    document_name: str
    entry_id: UUID | None
    responsible_id: UUID | None
    why: str
    due_at: datetime
    sections: tuple[str, ...] = ()  # the names of those that are missing


@dataclass(frozen=True, slots=True)
class Closing:
    """A stored deficiency that no longer stands: how it ended, in words, and the document that ended it."""

    key: str
    step: Step
    why: str
    entry_id: UUID | None = None


def has_words(text: str) -> bool:
    """Whether anything stands under the headings: lines in capitals that end in a colon, as the template has them."""
    lines = (line.strip() for line in text.splitlines())
    return any(line and not (line.endswith(":") and line.isupper()) for line in lines)
