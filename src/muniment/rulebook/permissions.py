"""Who may propose, adopt and end rules."""

from __future__ import annotations

from uuid import UUID

from muniment.access.permissions import check_category
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import TRANSITIONS, Status


def check_propose(actor: Actor) -> UUID:
    """Returns the person's id: rules are proposed and adopted by persons."""
    check_category(actor, Category.RULES, Grade.WRITE)
    if actor.id is None:
        raise Refused("A rule is proposed by a person, not by the system.")
    return actor.id


def check_adopt(actor: Actor, version: RuleVersion) -> None:
    check_propose(actor)
    check_step(version, "adopt")
    if not version.citation.strip():
        raise Refused(
            "A rule without a citation can't be adopted.", where="citation", remedy="Propose it again with its source."
        )
    if version.proposed_by_id == actor.id:
        raise Refused("You proposed this rule; somebody else has to adopt it.")


def check_step(version: RuleVersion, step: str) -> None:
    if (Status(version.status), step) not in TRANSITIONS:
        raise NotAllowedInState(f"This version is {version.status}; it can't be taken through “{step}”.")
