"""Who may file, correct and dismiss inputs."""

from __future__ import annotations

from django.db.models import Q

from muniment.access.permissions import can, check_category
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.intake.models import Input
from muniment.intake.rules import TRANSITIONS, Status
from muniment.kernel.errors import NotAllowedInState, Refused


def check_intake(actor: Actor) -> None:
    check_category(actor, Category.INTAKE, Grade.WRITE)


def check_see(actor: Actor, row: Input) -> None:
    """An input of a facility is seen there; one whose facility nobody could tell is seen by whoever works the quarantine."""
    check_category(actor, Category.INTAKE)
    if not actor.is_system and row.facility_id is not None and row.facility_id not in actor.facilities:
        raise Refused("There is nothing here that you may see.")


def check_read(actor: Actor, row: Input) -> None:
    """Its bytes are a patient's record: who reads them may also read charts (45 CFR 164.514(d)(2))."""
    check_see(actor, row)
    check_category(actor, Category.RECORD)
    if row.malware:
        raise Refused(
            f"The malware scanner found {row.malware} in it; nobody opens it here.",
            remedy="An administrator or a database administrator takes its bytes out, with a reason.",
        )


def check_take_out(actor: Actor, row: Input, reason: str) -> None:
    """The bytes of an infected input leave the house's keeping only with a reason, by whoever answers for the system."""
    check_see(actor, row)
    check_category(actor, Category.SYSTEM, Grade.WRITE)
    if not row.malware:
        raise Refused("Nothing was found in this input; its original can be read as it is.")
    if not reason.strip():
        raise Refused("Say what its bytes are needed for.", where="reason")


def can_take_out(actor: Actor, row: Input) -> bool:
    return bool(row.malware) and can(actor, Category.SYSTEM, Grade.WRITE)


def can_read(actor: Actor, row: Input) -> bool:
    try:
        check_read(actor, row)
    except Refused:
        return False
    return True


def within(actor: Actor) -> Q:
    """The inputs ``check_see`` lets the actor see."""
    if actor.is_system:
        return Q()
    return Q(facility_id__in=actor.facilities) | Q(facility_id__isnull=True)


def check_facility_of(actor: Actor, row: Input) -> None:
    """A person files for the facilities they work at; a channel for all."""
    if not actor.is_system and row.facility_id is not None and row.facility_id not in actor.facilities:
        raise Refused(
            "It belongs to a facility you do not work at.",
            where="sending facility",
            remedy="Leave it to a colleague there, or correct the facility it names.",
        )


def can_settle(actor: Actor, row: Input) -> bool:
    return row.status == Status.QUARANTINED and can(actor, Category.INTAKE, Grade.WRITE)


def check_settle(actor: Actor, row: Input, step: str, reason: str) -> None:
    check_intake(actor)
    check_see(actor, row)
    if (Status(row.status), step) not in TRANSITIONS:
        raise NotAllowedInState(
            f"This input is {row.status} already; nothing of yours was written.",
            remedy="The history says who settled it. Take the next one.",
        )
    if not reason.strip():
        raise Refused("Say why.", where="reason")
