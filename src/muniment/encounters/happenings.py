"""What encounters announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysChanged:
    """Facts of a patient's stays changed: admitted, moved, discharged, cancelled, re-classed.

    ``finished`` are those of ``encounters`` that are discharged or were until now. One announcement for all the stays of a
    bundle: each listener answers it with one statement.
    """

    patient_id: UUID
    encounters: frozenset[UUID]
    finished: frozenset[UUID]
