"""What the accounts announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muniment.core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SignsAs:
    """A practitioner has a sign-in now, or another, or none that is open. ``actor`` is who made it so."""

    practitioner_id: UUID
    actor: Actor
