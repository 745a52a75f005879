"""What identity announces."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """Source records came to another person."""

    patients: tuple[UUID, ...]
    person_id: UUID
