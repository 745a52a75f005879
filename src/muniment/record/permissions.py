"""Who may see and sign what in the record."""

from __future__ import annotations

from uuid import UUID

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category as Area
from muniment.access.rules import Grade
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.record.models import ON_PAPER, Entry
from muniment.record.rules import Acceptance, Category, Meaning


def check_read(actor: Actor, entry: Entry) -> None:
    check_category(actor, Area.RECORD)
    check_facility(actor, [entry.facility_id])


def check_sign(actor: Actor, entry: Entry, meaning: Meaning) -> None:
    """A clinician of the facility signs a document, or an order that was given by word of mouth, that is neither retracted nor signed with this meaning before."""
    check_category(actor, Area.COMPLETION, Grade.WRITE)
    check_facility(actor, [entry.facility_id])
    if actor.id is None:
        raise Refused("A document is signed by a person.")
    spoken = entry.resource_type == "Provenance" and entry.category == Category.ORDER
    if entry.category != Category.DOCUMENT and not spoken:
        raise Refused("Only documents and orders given by word of mouth are signed.")
    if entry.retracted:
        raise NotAllowedInState("This document was retracted; it can't be signed.")
    if meaning is Meaning.AUTHOR and entry.signed_at:
        raise NotAllowedInState("This version is signed already.", remedy="Take the next one.")


def check_close(actor: Actor, entry: Entry, number: int, reason: str) -> None:
    """An administrator of the facility closes a document of our own that its author has not authenticated, as it was read."""
    check_category(actor, Area.COMPLETION)
    check_facility(actor, [entry.facility_id])
    if actor.id is None or actor.role != Role.ADMINISTRATOR:
        raise Refused("Only an administrator closes a document that its author has not signed.")
    if entry.number != number:
        raise Conflict(
            f"Version {entry.number} came while you read version {number}; nothing was closed.", remedy="Look at it again."
        )
    check_pending(entry)
    if not reason.strip():
        raise Refused("Say why it is closed without its author’s signature.", where="reason")


def check_pending(entry: Entry) -> None:
    """Raise NotAllowedInState unless it is a document of our own that stands unsigned and is not closed."""
    if entry.category != Category.DOCUMENT:
        raise Refused("Only documents are pending.")
    if entry.origin:
        raise Refused("It is of somebody else’s record: its authors are not ours to wait for.")
    if not set(ON_PAPER).isdisjoint(entry.keys):
        raise NotAllowedInState("It was written on paper: whoever signed it signed the paper.")
    if entry.retracted:
        raise NotAllowedInState("This document was retracted.")
    if entry.signed_at:
        raise NotAllowedInState("This document was signed in the meantime.", remedy="Nothing is left to decide.")
    if entry.closed_at:
        raise NotAllowedInState("This document was closed administratively already.", remedy="Its page says by whom and why.")


def check_reconcile(actor: Actor, entry: Entry, number: int, decision: Acceptance, reason: str) -> None:
    """Whoever works what comes in, at the entry's facility, decides about the version that was read."""
    check_category(actor, Area.INTAKE, Grade.WRITE)
    check_read(actor, entry)
    if not entry.origin:
        raise Refused("This entry is of our own record: there is nothing to accept.")
    if entry.retracted:
        raise NotAllowedInState("Its sender retracted this entry; it can't be accepted any more.")
    if entry.number != number:
        raise Conflict(f"Version {entry.number} came while you read version {number}.", remedy="Read it, then decide.")
    if decision is Acceptance.WAITING:
        raise Refused("Say what becomes of it.", where="decision")
    if decision is Acceptance.NOT_PATIENT and not reason.strip():
        raise Refused("Say how you know that it is not this patient's.", where="reason")


def check_produce(actor: Actor, facility_id: UUID, *, trail: bool = False) -> None:
    """Whoever releases records at the facility produces them; with the trail, only who may read the audit as well."""
    check_category(actor, Area.RELEASE, Grade.WRITE)
    check_facility(actor, [facility_id])
    if trail and not can(actor, Area.AUDIT):
        raise Refused(
            "Your role may not read the trail of who saw what, so it can't be produced by you.",
            remedy="Produce without it, or ask an administrator.",
        )


def check_see_production(actor: Actor, facility_id: UUID) -> None:
    check_category(actor, Area.RELEASE)
    check_facility(actor, [facility_id])
