"""What the record announces."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Versions were filed, or what is outside the record was decided about. ``encounters`` are the stays they belong to; ``documents`` whether any was a document."""

    patient_id: UUID
    encounters: frozenset[UUID]
    documents: bool
    outside: bool = False  # whether any belongs to somebody else's record and waits to be accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAstray:
    """Entries of an outside record that were found to be another patient's."""

    patient_id: UUID
    entries: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A document's current version was signed."""

    patient_id: UUID
    encounter_id: UUID | None
    entry_id: UUID
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A document's current version was closed administratively, without its author's signature."""

    patient_id: UUID
    encounter_id: UUID | None
    entry_id: UUID
    number: int
