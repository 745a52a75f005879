"""What a coding audit is and where it stands: differences of two codings, what becomes of each, and accuracy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

PLAN, ERRORS = "codingaudit.plan", "codingaudit.errors"


class Origin(StrEnum):
    RANDOM = "random"
    FOCUSED = "focused"


class State(StrEnum):
    """Whose turn it is."""

    CODING = "coding"  # a second coder codes the stay without seeing the first codes
    JUDGING = "judging"  # they say which differences are errors
    TOLD = "told"  # the first coder agrees or disputes
    RULING = "ruling"  # the auditor upholds or yields what is disputed
    THIRD = "third"  # somebody who is neither decides what is upheld
    CLOSED = "closed"


class Element(StrEnum):
    PRINCIPAL = "principal diagnosis"
    DIAGNOSIS = "diagnosis"
    POA = "present on admission"
    PROCEDURE = "procedure"
    PROCEDURE_DATE = "procedure date"
    DISPOSITION = "discharge status"


class Verdict(StrEnum):
    RAISED = "to be judged"
    DROPPED = "no error"
    ERROR = "error"
    AGREED = "agreed"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    YIELDED = "yielded"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


STANDING = frozenset({Verdict.AGREED, Verdict.CONFIRMED})  # what counts as an error once an audit is closed


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. ``first`` and ``second`` are what each coder has there, "" for nothing; the keys say which line of each.

    ``error`` is a code of the taxonomy, ``name``, ``severity`` and ``topic`` as the rule had them; ``sentence`` and ``reference`` the auditor's.
    """

    number: int
    element: Element
    first: str = ""
    second: str = ""
    first_key: str = ""
    second_key: str = ""
    verdict: Verdict = Verdict.RAISED
    error: str = ""
    name: str = ""
    severity: str = ""
    topic: str = ""
    sentence: str = ""
    reference: str = ""
    reply: str = ""
    ruling: str = ""
    decision: str = ""

    @property
    def stands(self) -> bool:
        return self.verdict in STANDING

    @property
    def is_code(self) -> bool:
        """Whether it is of a code, and so of code-level accuracy."""
        return self.element is not Element.DISPOSITION


@dataclass(frozen=True, slots=True)
class Stage:
    """A turn: which findings it asks about, what may be said of each, where the words go, and which need words."""

    asks: Verdict
    choices: tuple[Verdict, Verdict]
    field: str
    worded: frozenset[Verdict]


STAGES = {
    State.JUDGING: Stage(Verdict.RAISED, (Verdict.DROPPED, Verdict.ERROR), "sentence", frozenset({Verdict.ERROR})),
    State.TOLD: Stage(Verdict.ERROR, (Verdict.AGREED, Verdict.DISPUTED), "reply", frozenset({Verdict.DISPUTED})),
    State.RULING: Stage(
        Verdict.DISPUTED, (Verdict.UPHELD, Verdict.YIELDED), "ruling", frozenset({Verdict.UPHELD, Verdict.YIELDED})
    ),
    State.THIRD: Stage(
        Verdict.UPHELD, (Verdict.CONFIRMED, Verdict.OVERTURNED), "decision", frozenset({Verdict.CONFIRMED, Verdict.OVERTURNED})
    ),
}
_WAITS = (
    (Verdict.RAISED, State.JUDGING), (Verdict.ERROR, State.TOLD), (Verdict.DISPUTED, State.RULING), (Verdict.UPHELD, State.THIRD),
)  # fmt: skip


def turn(findings: Iterable[Finding]) -> State:
    """Whose turn it is once the second coding stands: closed where no finding waits for anybody."""
    verdicts = {one.verdict for one in findings}
    return next((state for verdict, state in _WAITS if verdict in verdicts), State.CLOSED)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Code-level: ``correct`` codes of the first coder over all their codes and those they missed. DRG-level: audits, and those whose DRG stands."""

    audits: int = 0
    coded: int = 0
    correct: int = 0
    missed: int = 0
    grouped: int = 0
    same_drg: int = 0

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(
            self.audits + other.audits, self.coded + other.coded, self.correct + other.correct, self.missed + other.missed,
            self.grouped + other.grouped, self.same_drg + other.same_drg,
        )  # fmt: skip

    @property
    def codes(self) -> float | None:
        """In per cent; None where nothing was coded and nothing missed."""
        whole = self.coded + self.missed
        return 100 * self.correct / whole if whole else None

    @property
    def drgs(self) -> float | None:
        return 100 * self.same_drg / self.grouped if self.grouped else None


def counted(coded: int, findings: Sequence[Finding]) -> tuple[int, int]:
    """(correct, missed) of ``coded`` codes: a code with any error that stands is not correct; one error without a first code is a miss."""
    standing = [one for one in findings if one.stands and one.is_code]
    wrong = {one.first_key for one in standing if one.first_key}
    return coded - len(wrong), sum(not one.first_key for one in standing)
