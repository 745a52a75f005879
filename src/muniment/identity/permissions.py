"""Who may decide who is who."""

from __future__ import annotations

from muniment.access.permissions import check_category
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.identity.models import PossibleMatch
from muniment.kernel.errors import Refused


def check_decide(actor: Actor, match: PossibleMatch, reason: str) -> None:
    check_category(actor, Category.IDENTITY, Grade.WRITE)
    if not reason.strip():
        raise Refused("Say what decided it.", where="reason")
