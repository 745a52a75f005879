"""Volumes of a paper chart: where they can be, what may be done with them, how long they may be out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """A volume's."""

    IN_FILE = "in file"
    OUT = "out"
    MISSING = "missing"


class Step(StrEnum):
    """What was done with a volume; each stands in its history for good."""

    REGISTER = "register"
    REQUEST = "request"
    CHARGE_OUT = "charge out"
    TRANSFER = "transfer"
    RETURN = "return"
    RELOCATE = "new place in file"
    RECALL = "recall"
    MISS = "report missing"
    SEARCH = "search"
    FIND = "find"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.IN_FILE, Step.CHARGE_OUT): State.OUT,
    (State.OUT, Step.TRANSFER): State.OUT,
    (State.OUT, Step.RETURN): State.IN_FILE,
    (State.IN_FILE, Step.RELOCATE): State.IN_FILE,
    (State.IN_FILE, Step.MISS): State.MISSING,
    (State.OUT, Step.MISS): State.MISSING,
    (State.MISSING, Step.SEARCH): State.MISSING,
    (State.MISSING, Step.FIND): State.IN_FILE,
    (State.IN_FILE, Step.REQUEST): State.IN_FILE,
    (State.OUT, Step.REQUEST): State.OUT,
    (State.MISSING, Step.REQUEST): State.MISSING,
    (State.OUT, Step.RECALL): State.OUT,
}


def after(state: State, step: Step) -> State | None:
    """The state ``step`` leads to, or None where it is not possible."""
    return TRANSITIONS.get((state, step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rule book says of paper charts. Days are calendar days; without a rule a volume is due back the next day.

    ``recall_days`` after the due day a volume is called back. ``search_places`` is where a missing one is looked for, in order.
    """

    loan_days: int = 1
    recall_days: int = 0
    search_places: tuple[str, ...] = ()

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Policy:
        """From the parameters of all rules of tracking together. What is none of them is passed over."""
        days = {name: int(parameters[name]) for name in ("loan_days", "recall_days") if name in parameters}
        places = parameters.get("search_places", ())
        return cls(**days, search_places=tuple(map(str, places)))

    def due_on(self, out_on: date) -> date:
        return out_on + timedelta(days=self.loan_days)


def days_late(due_on: date | None, today: date) -> int:
    """Days since the due day; 0 where it has not passed."""
    return max(0, (today - due_on).days) if due_on else 0


def searched(places: tuple[str, ...], looked: set[str]) -> list[str]:
    """The places of the search that nobody has looked at yet, in their order."""
    return [one for one in places if one not in looked]


def number_of(facility: str, record_number: str, volume: int) -> str:
    """What stands on a volume's label, as text and as code: ``HOSP-0042213-02``."""
    return f"{facility}-{record_number}-{volume:02}"
