"""What the frame around every page shows."""

from __future__ import annotations

from typing import Any


def frame(request: Any) -> dict[str, Any]:
    """The actor, and the places of the actor's role."""
    actor = getattr(request, "actor", None)
    return {"actor": actor}
