"""What holds a stay before its final coding: a registry that higher features fill. A held stay is finalised only with a reason, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from muniment.coding.findings import Edit, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One thing a stay waits for. ``key`` names it for good: a reason given for passing it holds for this one alone.

    ``stops``: no reason passes it.
    """

    key: str
    sentence: str
    citation: str = ""
    stops: bool = False


Holder = Callable[[UUID, UUID], list[Hold]]  # (patient, encounter) → what holds it
_holders: list[Holder] = []


def register(holder: Holder) -> None:
    """Say what may hold a stay. Called once, in an AppConfig's ``ready``."""
    if holder not in _holders:
        _holders.append(holder)


def on(patient_id: UUID, encounter_id: UUID) -> list[Hold]:
    """Everything that holds the stay now; it is gone by itself when its holder no longer names it."""
    return [hold for holder in _holders for hold in holder(patient_id, encounter_id)]


def as_edit(hold: Hold) -> Edit:
    """A hold asks for a reason as a warning does, and stands with it in the final coding; one that stops is an error."""
    severity = Severity.ERROR if hold.stops else Severity.WARNING
    return Edit("Hold", severity, hold.sentence, (hold.key,), hold.citation)
