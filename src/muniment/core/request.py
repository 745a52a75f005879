"""What a web request says of its actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from muniment.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request that has passed the access middleware: ``actor`` is who acts, under which role, where."""

    actor: Actor
    listed: Listed | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of patients that a page showed: which one, how it was narrowed, how many people. Never who."""

    name: str
    persons: int
    chosen: tuple[tuple[str, str], ...]


def note_listed(request: ActorRequest, name: str, patients: Iterable[UUID | None], **chosen: object) -> None:
    """Say that this page shows patients by name: the access middleware leaves the event (45 CFR 164.312(b)).

    ``chosen`` is how the list was narrowed, from words the screen knows; nothing that was typed.
    """
    said = tuple(sorted((key, str(value)) for key, value in chosen.items() if value))
    request.listed = Listed(name, len({one for one in patients if one}), said)


def workstation(request: Any) -> str:
    """The network address a request came from; a proxy's word is taken only where the settings say one is there."""
    if request is None:
        return ""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.MUNIMENT_BEHIND_PROXY else ""
    return (forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", ""))[:120]
