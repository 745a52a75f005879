"""What encounters announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StayChanged:
    """A stay's facts changed: admitted, moved, discharged, cancelled, re-classed. ``discharged`` as it stands now."""

    patient_id: UUID
    encounter_id: UUID
    discharged: bool
    was_discharged: bool
