"""Batches, documents and checks: their states, the limits of input, the sampling plan, the forecast. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

MOST_BYTES = 256 * 1024 * 1024
MOST_PAGES = 2000
LEAST_INCHES = 1.0
LEAST_DOTS = 50  # of a page that is one picture
MOST_INCHES = 60.0
MOST_PIXELS = 120_000_000  # one picture: four times an A3 page at 600 dots per inch


class BatchState(StrEnum):
    REFUSED = "refused"
    DISMISSED = "dismissed"
    READING = "reading"
    STOPPED = "stopped"
    READ = "read"
    DESTROYED = "paper destroyed"


class State(StrEnum):
    """A document's."""

    WAITING = "waiting"
    FILED = "filed"
    CHECKING = "awaiting check"
    PASSED = "passed"
    LEFT_OUT = "left out"


IN_CHART = (State.FILED, State.CHECKING, State.PASSED)


class Copy(StrEnum):
    """What was decided of a scan whose text is nearly that of a document of the chart."""

    SAME = "same document"
    VERSION = "new version of it"
    DIFFERENT = "different"


TRANSITIONS: dict[tuple[StrEnum, str], StrEnum] = {
    (BatchState.REFUSED, "dismiss"): BatchState.DISMISSED,
    (BatchState.READING, "stop"): BatchState.STOPPED,
    (BatchState.STOPPED, "resume"): BatchState.READING,
    (BatchState.READING, "split"): BatchState.READ,
    (BatchState.READ, "certify destruction"): BatchState.DESTROYED,
    (State.WAITING, "file"): State.FILED,
    (State.WAITING, "file, sampled"): State.CHECKING,
    (State.FILED, "draw"): State.CHECKING,
    (State.CHECKING, "pass"): State.PASSED,
    (State.CHECKING, "fail"): State.WAITING,
    (State.FILED, "take out"): State.WAITING,
    (State.CHECKING, "take out"): State.WAITING,
    (State.PASSED, "take out"): State.WAITING,
    (State.WAITING, "leave out"): State.LEFT_OUT,
    (State.LEFT_OUT, "take back"): State.WAITING,
}


def after(state: StrEnum, step: str) -> StrEnum | None:
    """The state that ``step`` leads to, or None when it is not possible."""
    return TRANSITIONS.get((state, step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rule book says of scanning; where it says nothing, the strictest: every document is checked.

    ``percent`` of an operator's documents is checked, every one of their first ``first_documents``, of the LOINC codes
    ``always_types`` and of the user names ``always_operators``. Days are calendar days, but ``rate_days`` are working days.
    """

    identifiers: int = 2
    least_confidence: int = 60
    percent: int = 100
    first_documents: int = 0
    always_types: tuple[str, ...] = ()
    always_operators: tuple[str, ...] = ()
    backlog_days: int = 5
    rate_days: int = 10
    wait_days: int = 30
    another_person: bool = True
    likeness: float = 0.6

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Policy:
        """From the parameters of all rules of scanning together. What is none of them is passed over."""
        return read_as(cls, parameters)


P = TypeVar("P")


def read_as(cls: type[P], parameters: Mapping[str, Any]) -> P:
    """A policy, each parameter it knows as the kind of its default; what is none of them is passed over."""
    given = cls()
    fields = cls.__dataclass_fields__  # type: ignore[attr-defined]
    return cls(**{name: _like(getattr(given, name), value) for name, value in parameters.items() if name in fields})


def _like(default: Any, value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else type(default)(value)


def sampled(policy: Policy, document_id: UUID, *, operator: str, type_code: str, filed_before: int) -> str:
    """Why a document is checked, in words; empty where the plan leaves it out. The same document gives the same answer.

    ``filed_before`` is how many documents this operator has filed before it.
    """
    if policy.percent >= 100:
        return "every document is checked"
    always = always_checked(policy, operator=operator, type_code=type_code, filed_before=filed_before)
    return always or (f"drawn: {policy.percent} % of documents are checked" if draws(document_id, policy.percent) else "")


def always_checked(policy: Policy, *, operator: str, type_code: str, filed_before: int) -> str:
    """Why a document is checked whatever else the plan draws; empty where the plan decides."""
    if type_code in policy.always_types:
        return "every document of this type is checked"
    if operator in policy.always_operators:
        return "every document of this operator is checked"
    if filed_before < policy.first_documents:
        return f"one of the operator's first {policy.first_documents} documents"
    return ""


def draws(document_id: UUID, percent: int) -> bool:
    """Whether a document is of the ``percent`` that are checked: by its own identifier, so that the answer stays."""
    return int.from_bytes(hashlib.sha256(document_id.bytes).digest()[:4]) % 10_000 < percent * 100


def working_days_before(today: date, count: int) -> date:
    """The first of the last ``count`` working days before ``today`` (Monday to Friday)."""
    day = today
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return day


@dataclass(frozen=True, slots=True)
class Forecast:
    """Working days until what waits is done, at the rate of the last ``rate_days`` working days; None at a rate of nothing."""

    waiting: int
    done: int
    rate_days: int

    @property
    def rate(self) -> float:
        return self.done / self.rate_days

    @property
    def days(self) -> float | None:
        if not self.waiting:
            return 0.0
        return self.waiting / self.rate if self.done else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a batch's paper is from being destroyed: counts of its documents, and the day of the last check or filing."""

    read: bool
    waiting: int
    checking: int
    left_out: int
    last_day: date | None
    undecided: int = 0  # filed in lots that their sample has not accepted


def free_from(policy: Policy, standing: Standing) -> date | None:
    """The day from which the paper may be destroyed, when nothing else is missing; None where nothing was ever filed of it."""
    return standing.last_day + timedelta(days=policy.wait_days) if standing.last_day else None


def missing_for_destruction(policy: Policy, standing: Standing, today: date) -> list[str]:
    """What is missing before the paper may be destroyed, a sentence each; empty when nothing is."""
    if not standing.read:
        return ["The batch is not read to its end."]
    lacking = []
    if standing.waiting:
        lacking.append(f"{_count(standing.waiting, 'is', 'are')} not indexed yet.")
    if standing.checking:
        lacking.append(f"{_count(standing.checking, 'has', 'have')} not passed the quality check.")
    if standing.undecided:
        lacking.append(f"{_count(standing.undecided, 'stands', 'stand')} in a lot that is not accepted yet.")
    if not lacking and (free := free_from(policy, standing)) and today < free:
        lacking.append(f"The paper is kept for {policy.wait_days} days after the last check: until {free:%d %b %Y}.")
    return lacking


def _count(count: int, one: str, more: str) -> str:
    return f"1 document {one}" if count == 1 else f"{count} documents {more}"
