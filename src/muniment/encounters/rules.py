"""A stay as the sum of its movements: whatever order they arrive in, the same movements give the same stay. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum


class Kind(StrEnum):
    PREADMIT = "preadmit"
    REGISTER = "register"
    ADMIT = "admit"
    TRANSFER = "transfer"
    CHANGE_CLASS = "change class"
    UPDATE = "update"
    DISCHARGE = "discharge"
    CANCEL_ADMIT = "cancel admit"
    CANCEL_TRANSFER = "cancel transfer"
    CANCEL_DISCHARGE = "cancel discharge"
    CANCEL_PREADMIT = "cancel preadmit"


class Status(StrEnum):
    """FHIR R4 EncounterStatus, as far as a stay goes through it."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


CLASSES = {
    "IMP": "Inpatient",
    "EMER": "Emergency",
    "OBSENC": "Observation",
    "AMB": "Outpatient",
    "SS": "Short stay",
    "PRENC": "Pre-admission",
    "HH": "Home health",
    "VR": "Virtual",
    "ACUTE": "Inpatient, acute",
    "NONAC": "Inpatient, non-acute",
    "FLD": "Field",
}


def stay_words(code: str) -> str:
    """``Inpatient stay``, ``Short stay``; a class nobody knows is an unclassified stay."""
    name = CLASSES.get(code, "Unclassified")
    return name if name.endswith("stay") else f"{name} stay"


CANCELS = {
    Kind.CANCEL_ADMIT: (Kind.ADMIT, Kind.REGISTER),
    Kind.CANCEL_TRANSFER: (Kind.TRANSFER,),
    Kind.CANCEL_DISCHARGE: (Kind.DISCHARGE,),
    Kind.CANCEL_PREADMIT: (Kind.PREADMIT,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One movement as the source told it. ``occurred_at`` orders them; ties are broken by when they were recorded, then ``key``."""

    key: str
    kind: Kind
    occurred_at: datetime
    recorded_at: datetime
    class_: str = ""
    service: str = ""
    unit: str = ""
    room: str = ""
    bed: str = ""
    attending: str = ""
    disposition: str = ""
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What the movements add up to."""

    status: Status = Status.PLANNED
    class_: str = ""
    service: str = ""
    unit: str = ""
    room: str = ""
    bed: str = ""
    attending: str = ""
    disposition: str = ""
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None


def replay(moves: Iterable[Move]) -> Stay:
    """Fold movements into a stay. Independent of the order in which they are given; a repeated one counts once."""
    ordered = sorted(
        {move.key: move for move in moves}.values(), key=lambda move: (move.recorded_at, move.occurred_at, move.key)
    )
    standing = _standing(ordered)
    stay = Stay()
    for move in sorted(standing, key=lambda move: (move.occurred_at, move.recorded_at, move.key)):
        stay = _apply(stay, move)
    kinds = {move.kind for move in standing}
    cancelled = {move.kind for move in ordered} & {Kind.CANCEL_ADMIT, Kind.CANCEL_PREADMIT}
    if cancelled and not kinds & {Kind.ADMIT, Kind.REGISTER, Kind.PREADMIT, Kind.DISCHARGE}:
        return replace(stay, status=Status.CANCELLED)
    return stay


def _standing(ordered: list[Move]) -> list[Move]:
    """The movements that no later cancellation took back: a cancellation takes back the latest of its kind recorded before it."""
    standing: list[Move] = []
    for move in ordered:
        if move.kind not in CANCELS:
            standing.append(move)
            continue
        taken = [one for one in standing if one.kind in CANCELS[move.kind]]
        if taken:
            standing.remove(max(taken, key=lambda one: (one.occurred_at, one.recorded_at)))
    return standing


def _apply(stay: Stay, move: Move) -> Stay:
    said = {
        name: value
        for name in ("class_", "service", "unit", "room", "bed", "attending", "disposition")
        if (value := getattr(move, name))
    }
    if move.unit:  # a new place without a bed is a place without a bed
        said |= {"room": move.room, "bed": move.bed}
    stay = replace(stay, **said)
    if move.admitted_at:
        stay = replace(stay, admitted_at=move.admitted_at)
    if move.kind in (Kind.ADMIT, Kind.REGISTER):
        begun = move.admitted_at or stay.admitted_at or move.occurred_at
        return replace(stay, admitted_at=begun, status=_not_before(stay.status, Status.IN_PROGRESS))
    if move.kind is Kind.DISCHARGE:
        return replace(stay, status=Status.FINISHED, discharged_at=move.discharged_at or move.occurred_at)
    if move.kind in (Kind.TRANSFER, Kind.CHANGE_CLASS):
        return replace(stay, status=_not_before(stay.status, Status.IN_PROGRESS))
    return stay


def _not_before(now: Status, least: Status) -> Status:
    return least if now is Status.PLANNED else now


def days(admitted_at: datetime | None, discharged_at: datetime | None, zone: tzinfo) -> int | None:
    """Length of stay: midnights passed by the clock of ``zone``, the facility's, at least 1 (UHDDS: a same-day stay is one day)."""
    if admitted_at is None or discharged_at is None:
        return None
    return max(1, (discharged_at.astimezone(zone).date() - admitted_at.astimezone(zone).date()).days)
