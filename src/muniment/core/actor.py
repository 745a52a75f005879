"""Who acts: a person under one role, or a part of the system on somebody's behalf."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

SYSTEM_ROLE = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Everything an event says about its author. ``facilities`` bounds what the actor may see; empty means none."""

    id: UUID | None
    name: str
    role: str
    organisation: str
    facilities: frozenset[UUID] = frozenset()
    workstation: str = ""  # network address or workstation name
    source_system: str = "muniment"

    @classmethod
    def system(cls, part: str, *, organisation: str, source_system: str = "muniment", workstation: str = "") -> Actor:
        """A part of Muniment itself: ``part`` says which ("intake", "worker", "set-up")."""
        return cls(
            id=None, name=part, role=SYSTEM_ROLE, organisation=organisation,
            source_system=source_system, workstation=workstation,
        )  # fmt: skip

    @property
    def is_system(self) -> bool:
        return self.role == SYSTEM_ROLE
