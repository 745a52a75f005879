"""What nobody may do with people's roles and sign-ins, whatever the access table grants: to themselves, or beyond their facilities."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from muniment.accounts.models import Facility, User
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused

SOMEBODY_ELSE = "Ask another administrator."


def check_not_self(actor: Actor, user: User, what: str) -> None:
    """Nobody widens, narrows or closes their own access (separation of duties, NIST SP 800-53 AC-5)."""
    if actor.id is not None and actor.id == user.id:
        raise Refused(f"Nobody {what} for themselves.", remedy=SOMEBODY_ELSE)


def within(actor: Actor) -> Q:
    """The assignments at the actor's facilities."""
    return Q() if actor.is_system else Q(facility_id__in=actor.facilities)


def check_assign(actor: Actor, user: User, facilities: Iterable[Facility]) -> None:
    check_not_self(actor, user, "assigns roles")
    foreign = [one.name for one in facilities if not actor.is_system and one.id not in actor.facilities]
    if foreign:
        raise Refused(f"You do not work at {', '.join(foreign)}.", remedy="Ask an administrator who does.")


def check_change(actor: Actor, user: User, what: str) -> None:
    """Who works only where the actor does not is not the actor's to change."""
    check_not_self(actor, user, what)
    if actor.is_system:
        return
    held = set(user.assignments.filter(until__isnull=True).values_list("facility_id", flat=True))
    if held and not held & actor.facilities:
        raise Refused("This person works at none of your facilities.", remedy="Ask an administrator who does.")


def check_take_over(actor: Actor, user: User) -> None:
    """Who knows a password can act wherever its owner may: it is given by somebody who works at all those places."""
    check_change(actor, user, "gives a one-time password")
    if actor.is_system:
        return
    held = set(user.assignments.filter(until__isnull=True).values_list("facility_id", flat=True))
    if held - actor.facilities:
        raise Refused("This person also works where you do not.", remedy="Ask an administrator of all their facilities.")


def can_change(actor: Actor, user: User) -> bool:
    try:
        check_change(actor, user, "changes access")
    except Refused:
        return False
    return True
