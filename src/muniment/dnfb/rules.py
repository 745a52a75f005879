"""Why a discharged stay may wait, as the rule book says it, and how long it has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

REASONS = "dnfb.hold-reasons"
SHORTEST = 3  # letters of a note or of why a hold is released


class Owner(StrEnum):
    """Who owes what a hold waits for."""

    PHYSICIAN = "physician"
    RECORDS = "records"
    CODING = "coding"
    REGISTRATION = "registration"
    BILLING = "billing"


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``days``: how many it may stand, counted from the day after it was placed. ``stops``: the stay can't be finalised while it stands."""

    code: str
    name: str
    owner: Owner
    days: int
    stops: bool

    def __post_init__(self) -> None:
        if not self.code.strip() or not self.name.strip():
            raise ValueError("a reason needs a code and a name")
        if self.days < 1:
            raise ValueError(f"“{self.name}” may stand a day at least")


class Reasons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        codes = [one.code for one in self.reasons]
        if twice := next((one for one in codes if codes.count(one) > 1), None):
            raise ValueError(f"the reason {twice} is there twice")


def read(parameters: Mapping[str, Any]) -> Reasons:
    """The taxonomy of a version. Raises ValueError with what is wrong in it."""
    try:
        return msgspec.convert(parameters, Reasons)
    except msgspec.ValidationError as error:
        raise ValueError(str(error).partition(" - at")[0]) from error


def due(placed: datetime, days: int) -> date:
    """The last day a hold may stand; ``placed`` in the facility's zone."""
    return placed.date() + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Age:
    """Whole days a hold stands, and whether that is longer than it may."""

    days: int
    late: bool

    @property
    def words(self) -> str:
        return {0: "today", 1: "1 day"}.get(self.days, f"{self.days} days")


def age(placed: date, due_on: date, today: date) -> Age:
    return Age((today - placed).days, today > due_on)
