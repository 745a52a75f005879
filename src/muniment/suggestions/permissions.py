"""Who may have a model trained and choose the one that speaks, with the reason a person reads."""

from __future__ import annotations

from muniment.access.permissions import can, check_category
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor


def check_choose(actor: Actor) -> None:
    """Whoever answers for the rule book and reads coding: what is suggested to every coder is a rule of the house."""
    check_category(actor, Category.RULES, Grade.WRITE)
    check_category(actor, Category.CODING)


def can_choose(actor: Actor) -> bool:
    return can(actor, Category.RULES, Grade.WRITE) and can(actor, Category.CODING)
