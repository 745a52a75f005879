"""Who may sign, close, extend and discard a pending document, with the reason a person reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Practitioner
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused
from muniment.pending.rules import Stage
from muniment.record.exposure import Seen
from muniment.record.models import Entry
from muniment.record.permissions import check_pending
from muniment.ui import dates

if TYPE_CHECKING:
    from muniment.pending.queries import Standing


def check_see(actor: Actor, entry: Entry) -> None:
    check_category(actor, Category.COMPLETION)
    check_facility(actor, [entry.facility_id])


def check_version(entry: Entry, number: int) -> None:
    """Raise Conflict when a newer version came than the one that was read."""
    if entry.number != number:
        raise Conflict(
            f"Version {entry.number} came while you read version {number}; nothing of yours was written.", remedy="Look again."
        )


def check_author(actor: Actor, entry: Entry, practitioner: Practitioner | None) -> Practitioner:
    """Only its author signs a document here; others attest or co-sign what they owe, from their inbox."""
    check_see(actor, entry)
    check_category(actor, Category.COMPLETION, Grade.WRITE)
    if practitioner is None or entry.author_id != practitioner.id:
        raise Refused("You are not its author.", remedy="Its author signs it; what else you owe is in your inbox.")
    return practitioner


def check_administer(actor: Actor, entry: Entry) -> None:
    check_see(actor, entry)
    if actor.id is None or actor.role != Role.ADMINISTRATOR:
        raise Refused("Only an administrator closes pending documents or gives their authors more time.")


def check_closable(found: Standing | None, entry: Entry) -> Standing:
    """The rule's time has run out, and no extension is running."""
    check_pending(entry)
    if found is None:
        raise NotAllowedInState("No rule in force says when this document may be closed.", remedy="Adopt one in the rule book.")
    if found.stage is not Stage.DUE:
        raise NotAllowedInState(
            f"Its author has time until {dates.day(found.close_on)}.",
            remedy="It is proposed for closure by itself when that has passed.",
        )
    return found


def check_extension(found: Standing | None, entry: Entry, until: date) -> Standing:
    """To a day after today and after the day on which its time runs out anyway, no further than the rule allows."""
    check_pending(entry)
    if found is None:
        raise NotAllowedInState("No rule in force governs this document.", remedy="Adopt one in the rule book.")
    last = found.today + timedelta(days=found.policy.longest_extension)
    if not found.today < until <= last:
        raise Refused(
            f"Choose a day after today and no later than {dates.day(last)}.",
            where="until",
            remedy="The rule says how long an extension may be.",
        )
    if found.stage is not Stage.EXTENDED and until <= found.close_on:
        raise Refused(
            f"Its author has time until {dates.day(found.close_on)} anyway.", where="until", remedy="Choose a later day."
        )
    return found


def check_discardable(actor: Actor, entry: Entry, practitioner: Practitioner | None, seen: Sequence[Seen]) -> None:
    """Its author or an administrator discards it, and only while nobody but its author has seen it (EHR-S FM RI.1.3.1)."""
    check_see(actor, entry)
    if actor.role != Role.ADMINISTRATOR:
        check_author(actor, entry, practitioner)
    check_pending(entry)
    if seen:
        more = f" and {len(seen) - 1} more" if len(seen) > 1 else ""
        raise NotAllowedInState(
            f"It was seen by {seen[0].name}{more}, who may have relied on it: it is kept.",
            remedy="Sign it, or sign it and write an addendum that corrects it.",
        )


def check_said(text: str, what: str) -> str:
    if not text.strip():
        raise Refused(what, where="reason")
    return text.strip()[:400]


def reason_against(check: Callable[..., Any], *given: Any) -> str:
    """Why a check refuses, as one sentence; empty where it does not."""
    try:
        check(*given)
    except Problem as problem:
        return str(problem)
    return ""
