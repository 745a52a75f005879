"""The life of a form's version, when it is in force, when it is looked at again, and how one is laid out. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from muniment.kernel.errors import Refused, Unreadable


class State(StrEnum):
    """A version's. Retired is one that was taken out of use with a reason, superseded one that its successor replaced."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    RETIRE = "retire"
    REVIEW = "review"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.APPROVE): State.APPROVED,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.REVIEW): State.APPROVED,
    (State.APPROVED, Step.SUPERSEDE): State.SUPERSEDED,
    (State.APPROVED, Step.RETIRE): State.RETIRED,
}


def after(state: State, step: Step) -> State | None:
    """The state ``step`` leads to, or None where it is not possible."""
    return TRANSITIONS.get((state, step))


class Medium(StrEnum):
    """What makes documents of a type."""

    PAPER = "paper form"
    TEMPLATE = "electronic template"
    SYSTEM = "another system"  # they arrive finished, over an interface


class Dated(Protocol):
    """A version: its state and the days it is in force, ``effective_to`` being the first it no longer is."""

    @property
    def number(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...


D = TypeVar("D", bound=Dated)
BEGUN = (State.APPROVED, State.SUPERSEDED, State.RETIRED)  # what was ever approved


def in_force(one: Dated, day: date) -> bool:
    """Whether paper of this version may be begun on ``day``: approved, begun, not ended. One retired later still was in force before."""
    return one.state in BEGUN and one.effective_from <= day and (one.effective_to is None or day < one.effective_to)


def standing(one: Dated, day: date) -> str:
    """How a version stands on ``day``, in a word or two: "in force", "from a later day", or its state."""
    if in_force(one, day):
        return "in force"
    if one.state in BEGUN and day < one.effective_from:
        return "from a later day"
    return "superseded" if one.state == State.APPROVED else str(one.state)


def ended_by(new: Dated, others: Iterable[D]) -> list[D]:
    """Those of a form's approved versions that end on the first day of ``new``. Raises Refused where one begins then or later."""
    found = [one for one in others if one.effective_to is None or one.effective_to > new.effective_from]
    later = next((one for one in found if one.effective_from >= new.effective_from), None)
    if later:
        raise Refused(
            f"Version {later.number} is in force from {later.effective_from:%d %b %Y}, no earlier than this one would be.",
            where="effective_from", remedy="Withdraw this draft and propose it with a later first day.",
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rule book says of forms. Without a rule in force a form is looked at every year, and asked for on the day itself."""

    review_months: int = 12
    notice_days: int = 0

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Policy:
        """From the parameters of the rule of reviews. What is none of them is passed over."""
        return cls(**{name: int(parameters[name]) for name in ("review_months", "notice_days") if name in parameters})

    def review_on(self, since: date) -> date:
        return months_after(since, self.review_months)

    def asks_until(self, today: date) -> date:
        """Reviews due on this day or before are work today."""
        return today + timedelta(days=self.notice_days)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 Jan and one month is 28 Feb."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


class Part(StrEnum):
    """What a line of a layout becomes on paper."""

    HEADING = "heading"
    LINE = "line"
    BOX = "box"
    TICKS = "ticks"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a form that is set here. ``lines`` counts writing lines; ``choices`` are to be ticked."""

    part: Part
    words: str
    lines: int = 0
    choices: tuple[str, ...] = ()


MOST_PIECES, MOST_LINES = 120, 30
_BOX = re.compile(r"(.+):\s*(\d{1,3})")
_TICKS = re.compile(r"(.+\?)\s*(.+\|.+)")


def layout(text: str) -> list[Piece]:
    """A form as it was typed, line by line: ``# Heading``, ``Label:`` (a line to write on), ``Label: 5`` (five of them),
    ``Question? yes | no`` (boxes to tick), anything else as printed text. Raises Unreadable with the line.
    """
    pieces = [_piece(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not pieces:
        raise Unreadable("The form has nothing on it.", where="layout", remedy="Type its headings and fields, one a line.")
    if len(pieces) > MOST_PIECES:
        raise Unreadable(f"The form has {len(pieces)} parts; at most {MOST_PIECES} are set.", where="layout")
    return pieces


def _piece(number: int, line: str) -> Piece:
    if line.startswith("#"):
        return Piece(Part.HEADING, line.lstrip("# "))
    if ticks := _TICKS.fullmatch(line):
        return Piece(Part.TICKS, ticks[1], choices=tuple(one.strip() for one in ticks[2].split("|") if one.strip()))
    if box := _BOX.fullmatch(line):
        return Piece(Part.BOX, box[1], lines=_lines(number, int(box[2])))
    return Piece(Part.LINE, line[:-1].strip(), lines=1) if line.endswith(":") else Piece(Part.TEXT, line)


def _lines(number: int, count: int) -> int:
    if not 1 <= count <= MOST_LINES:
        raise Unreadable(
            f"{count} lines to write on don't fit.", where=f"layout, line {number}", remedy=f"Ask for 1 to {MOST_LINES}."
        )
    return count
