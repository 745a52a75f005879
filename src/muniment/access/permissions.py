"""The question every screen, command and action asks first."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from muniment.access.rules import Category, Grade, grade
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused


def check_category(actor: Actor, category: Category, wanted: Grade = Grade.READ) -> None:
    """Raise Refused unless the table grants the actor's role ``wanted`` on ``category``."""
    if actor.is_system:
        return
    if grade(actor.role, category) < wanted:
        verb = "change" if wanted is Grade.WRITE else "see"
        raise Refused(
            f"Your role may not {verb} this ({category.value}).",
            remedy="The access table shows which roles may; an administrator assigns roles.",
        )


def can(actor: Actor, category: Category, wanted: Grade = Grade.READ) -> bool:
    try:
        check_category(actor, category, wanted)
    except Refused:
        return False
    return True


def check_facility(actor: Actor, facilities: Iterable[UUID | None]) -> None:
    """Raise Refused unless one of ``facilities`` is the actor's. The sentence does not say whether the thing exists."""
    if actor.is_system:
        return
    if not any(one in actor.facilities for one in facilities):
        raise Refused(
            "There is nothing here that you may see.", remedy="If you followed a link, it may belong to another facility."
        )
