"""Acceptance sampling of filed scans, lot by lot: the tables of MIL-STD-105E, its switching rules, and when a lot is decided. Pure.

A lot is what one operator filed of one type. Its sample is drawn when it is closed; the whole lot is accepted or rejected by it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from muniment.scanning.rules import read_as

LEVELS = ("I", "II", "III")
WINDOW, TOO_MANY = 5, 2  # normal to tightened: 2 of 5 or fewer consecutive lots rejected (4.7.1)
WELL = 5  # tightened to normal: 5 consecutive lots accepted (4.7.2)
LONG_WELL = 10  # normal to reduced: 10 consecutive lots accepted (4.7.3)
RESUMED = "It was said what was corrected; inspection goes on tightened."
END = 5  # discontinued: 5 lots rejected while tightened (4.8)


class Inspection(StrEnum):
    """How severely a lot is inspected. Discontinued: sampling says too little here, every document is checked."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    REDUCED = "reduced"
    DISCONTINUED = "discontinued"


class LotState(StrEnum):
    OPEN = "open"
    INSPECTING = "being inspected"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


TRANSITIONS: dict[tuple[LotState, str], LotState] = {
    (LotState.OPEN, "close"): LotState.INSPECTING,
    (LotState.INSPECTING, "accept"): LotState.ACCEPTED,
    (LotState.INSPECTING, "reject"): LotState.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPolicy:
    """What the rule book says of lots. ``aql`` is in per cent nonconforming; a lot is closed at ``lot_size`` documents or after
    ``lot_days`` calendar days. ``by_type``: a lot holds one type of document. ``reduced``: reduced inspection is wanted."""

    aql: float = 1.0
    level: str = "II"
    lot_size: int = 50
    lot_days: int = 3
    by_type: bool = True
    reduced: bool = False

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> LotPolicy:
        return read_as(cls, parameters)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of a lot are inspected, up to how many nonconforming accept it (``accept``), and from how many reject it.

    ``letter`` is the code letter of the lot's size, ``used`` that of the plan the table's arrow leads to. ``whole``: every document
    is inspected, because the sample is as large as the lot or the table has no plan. ``held``: these cells were held against a reprint.
    """

    letter: str
    used: str
    sample: int
    accept: int
    reject: int
    whole: bool = False
    held: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """A decided lot of the same operator and type. ``resumed``: after it somebody said what was corrected."""

    inspection: Inspection
    accepted: bool
    failed: int
    accept: int
    resumed: bool = False


@cache
def tables() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "tables.toml").read_text())


def code_letter(size: int, level: str) -> str:
    """Table I. Raises ValueError for a level it does not have."""
    row = next(letters for most, letters in tables()["letters"] if size <= most or not most)
    return str(row.split()[LEVELS.index(level)])


def plan(size: int, aql: float, level: str, inspection: Inspection) -> Plan:
    """The single sampling plan of a lot of ``size`` documents. What the tables do not know is inspected whole, and nothing accepted."""
    if size < 2 or inspection is Inspection.DISCONTINUED or level not in LEVELS or aql not in tables()["aqls"]:
        return Plan("", "", size, 0, 1, whole=True)
    letter = code_letter(size, level)
    table, column, letters = tables()[inspection], tables()["aqls"].index(aql), list(tables()["normal"])
    used = _followed(table, letters, letters.index(letter), column)
    accept, _, reject = table[used]["plans"].split()[column].partition("/")
    sample = int(table[used]["sample"])
    return Plan(letter, used, min(sample, size), int(accept), int(reject), sample >= size, _held(inspection, letter, used, aql))


def _followed(table: Mapping[str, Any], letters: Sequence[str], at: int, column: int) -> str:
    """The first plan the arrows lead to. No column turns back on itself: a downward arrow never stands under an upward one."""
    while (cell := table[letters[at]]["plans"].split()[column]) in ("v", "^"):
        at += 1 if cell == "v" else -1
    return letters[at]


def _held(inspection: Inspection, letter: str, used: str, aql: float) -> bool:
    return any(
        one["table"] == inspection and {letter, used} <= set(one["letters"]) and aql >= one["from"] for one in tables()["held"]
    )


def drawn(lot_id: UUID, documents: Iterable[UUID], count: int) -> set[UUID]:
    """The sample: the same lot gives the same one, and nobody knows it before the lot is closed."""
    return set(sorted(documents, key=lambda one: hashlib.sha256(lot_id.bytes + one.bytes).digest())[:count])


def decided(found: Plan, *, checked: int, failed: int) -> LotState | None:
    """Accepted or rejected by its sample so far; None while that is open. Between the numbers (reduced inspection) is accepted."""
    if failed >= found.reject:
        return LotState.REJECTED
    return LotState.ACCEPTED if checked >= found.sample else None


def inspection_after(past: Iterable[Past], *, reduced: bool) -> tuple[Inspection, str]:
    """How the next lot is inspected, and why, by replaying the decided lots, oldest first (MIL-STD-105E 4.7 and 4.8).

    Reduced inspection begins only where the ten lots had nothing nonconforming at all: stricter than the limit numbers of table VIII.
    """
    now, why, since = Inspection.NORMAL, "Inspection begins as normal.", list[Past]()
    for lot in past:
        since.append(lot)
        step = _SWITCHES[now](since, reduced)
        if step:
            (now, why), since = step, []
    return now, why


Step = tuple[Inspection, str] | None


def _from_normal(since: Sequence[Past], reduced: bool) -> Step:
    if sum(not one.accepted for one in since[-WINDOW:]) >= TOO_MANY:
        return Inspection.TIGHTENED, f"{TOO_MANY} of {WINDOW} or fewer lots in a row were rejected."
    last = since[-LONG_WELL:]
    if reduced and len(last) == LONG_WELL and all(one.accepted and not one.failed for one in last):
        return Inspection.REDUCED, f"{LONG_WELL} lots in a row were accepted and nothing was found in their samples."
    return None


def _from_tightened(since: Sequence[Past], reduced: bool) -> Step:
    if sum(not one.accepted for one in since) >= END:
        if since[-1].resumed:
            return Inspection.TIGHTENED, RESUMED
        return Inspection.DISCONTINUED, f"{END} lots were rejected under tightened inspection: every document is checked."
    if len(since) >= WELL and all(one.accepted for one in since[-WELL:]):
        return Inspection.NORMAL, f"{WELL} lots in a row were accepted under tightened inspection."
    return None


def _from_reduced(since: Sequence[Past], reduced: bool) -> Step:
    if not since[-1].accepted:
        return Inspection.NORMAL, "A lot was rejected under reduced inspection."
    if since[-1].failed > since[-1].accept:
        return Inspection.NORMAL, "A lot stood between the acceptance and the rejection number of reduced inspection."
    return None if reduced else (Inspection.NORMAL, "The rule no longer asks for reduced inspection.")


def _from_discontinued(since: Sequence[Past], reduced: bool) -> Step:
    return (Inspection.TIGHTENED, RESUMED) if since[-1].resumed else None


_SWITCHES = {
    Inspection.NORMAL: _from_normal, Inspection.TIGHTENED: _from_tightened, Inspection.REDUCED: _from_reduced,
    Inspection.DISCONTINUED: _from_discontinued,
}  # fmt: skip
