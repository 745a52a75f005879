"""Who may have a year regrouped, with the reason a person reads."""

from __future__ import annotations

from muniment.access.permissions import can, check_category
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor


def check_regroup(actor: Actor) -> None:
    """Whoever answers for the rule book and reads coding: it looks at every final coding of the house."""
    check_category(actor, Category.RULES, Grade.WRITE)
    check_category(actor, Category.CODING)


def can_regroup(actor: Actor) -> bool:
    return can(actor, Category.RULES, Grade.WRITE) and can(actor, Category.CODING)
