"""What a clinician query is, and where it stands. Pure.

Terms after AHIMA/ACDIS, "Guidelines for Achieving a Compliant Query Practice" (2022 Update). Its primary text has not been read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

LINTER, RESPONSE, RETENTION, TEMPLATES = (f"querying.{one}" for one in ("linter", "response", "retention", "templates"))
OTHER, UNDETERMINED = "Other (please say)", "Unable to determine"
YES, NO = "Yes", "No"


class Form(StrEnum):
    CHOICE = "multiple choice"
    OPEN = "open-ended"
    YES_NO = "yes/no"


class Use(StrEnum):
    """What a yes/no query may be about."""

    NONE = ""
    POA = "present on admission"
    CAUSE = "cause and effect"
    CONFLICT = "documented elsewhere"


class Timing(StrEnum):
    CONCURRENT = "concurrent"  # the patient is in the house
    RETROSPECTIVE = "retrospective"


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    SEND = "send"
    REASSIGN = "reassign"
    DECLINE = "decline"  # the clinician says that it is not theirs
    DEFER = "defer"
    ESCALATE = "escalate"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """A clinical indicator: the words as they stand in one version of an entry, from ``start`` to before ``end``, in characters.

    ``on`` is its date in words, ``prior`` whether it is of another stay, ``here`` whether it is of this patient's record.
    """

    entry_id: str
    version: int
    quote: str
    source: str = ""
    on: str = ""
    start: int = 0
    end: int = 0
    encounter_id: str = ""
    prior: bool = False
    here: bool = True


class Option(msgspec.Struct, frozen=True):
    """An answer that may be chosen; ``support`` are the numbers of the indicators that support it, from 1."""

    text: str
    support: tuple[int, ...] = ()


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A query as it is written. ``verbal``: it was asked by word of mouth, then; ``verbal_by`` by whom."""

    title: str
    question: str
    form: Form
    use: Use = Use.NONE
    indicators: tuple[Indicator, ...] = ()
    options: tuple[Option, ...] = ()
    prior_cause: str = ""
    verbal_at: str = ""
    verbal_by: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be chosen, in order. "Other" and "unable to determine" always stand there."""
        if self.form is Form.YES_NO:
            return (YES, NO, OTHER, UNDETERMINED)
        own = tuple(one.text for one in self.options) if self.form is Form.CHOICE else ()
        return (*own, OTHER, UNDETERMINED)

    def is_supported(self, answer: str) -> bool:
        """Whether the answer is one of those that the indicators support, or the "yes" of a yes/no query."""
        return answer in self.answers and answer not in (OTHER, UNDETERMINED, NO)


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as figures count it; ``agreed``: whether the answer is one the indicators support, None for an open question."""

    state: State
    asked_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    agreed: bool | None

    @property
    def days(self) -> float | None:
        """From asking to answering, nights and weekends included."""
        return (self.answered_at - self.asked_at).total_seconds() / 86400 if self.answered_at else None

    @property
    def in_time(self) -> bool:
        return bool(self.answered_at and self.due_at and self.answered_at <= self.due_at)


@dataclass(frozen=True, slots=True)
class Figures:
    """``sent`` without those withdrawn; ``days`` to answer, in order; ``judged``: answered ones that offered answers."""

    sent: int
    answered: int
    in_time: int
    withdrawn: int
    judged: int
    agreed: int
    days: Sequence[float]

    @property
    def outstanding(self) -> int:
        return self.sent - self.answered

    @property
    def median(self) -> float | None:
        return percentile(self.days, 0.5)

    @property
    def ninetieth(self) -> float | None:
        return percentile(self.days, 0.9)


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value at ``part`` (0–1) of sorted ``values``, interpolated as PostgreSQL's percentile_cont does."""
    if not values:
        return None
    place = part * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def figures(rows: Sequence[Asked]) -> Figures:
    kept = [one for one in rows if one.state is not State.WITHDRAWN]
    answered = [one for one in kept if one.state is State.ANSWERED]
    judged = [one for one in answered if one.agreed is not None]
    return Figures(
        sent=len(kept), answered=len(answered), in_time=sum(one.in_time for one in answered), withdrawn=len(rows) - len(kept),
        judged=len(judged), agreed=sum(bool(one.agreed) for one in judged),
        days=sorted(one.days for one in answered if one.days is not None),
    )  # fmt: skip


BANDS = ((2, "up to 2 days"), (7, "3–7 days"), (14, "8–14 days"), (None, "over 14 days"))


def band_of(asked_at: datetime, now: datetime) -> int:
    """Which of BANDS an outstanding query is in: by begun days since it was asked."""
    age = now - asked_at
    return next(place for place, (days, _) in enumerate(BANDS) if days is None or age <= timedelta(days=days))


def words_of_answer(written: Written, choice: str, words: str) -> str:
    """The addendum's text: the question, what it rests on, and what the clinician says. Nothing of payment is in it."""
    lines = [f"CLINICIAN QUERY: {written.title}", "", written.question, "", "CLINICAL INDICATORS:"]
    lines += [
        f"{place}. “{one.quote}” ({', '.join(part for part in (one.source, one.on) if part)})"
        for place, one in enumerate(written.indicators, 1)
    ]
    return "\n".join([*lines, "", "RESPONSE:", *(part for part in (choice, words.strip()) if part)]) + "\n"
