"""What a web request says of its actor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from muniment.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request that has passed the access middleware: ``actor`` is who acts, under which role, where."""

    actor: Actor


def workstation(request: Any) -> str:
    """The network address a request came from; a proxy's word is taken only where the settings say one is there."""
    if request is None:
        return ""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.MUNIMENT_BEHIND_PROXY else ""
    return (forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", ""))[:120]
