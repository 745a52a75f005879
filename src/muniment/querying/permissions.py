"""Who may ask, answer, see and end a query, with the reason a person reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Practitioner
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused
from muniment.querying.linting import Found
from muniment.querying.models import Query
from muniment.querying.rules import OTHER, State, Written


def check_ask(actor: Actor, stay: Encounter) -> None:
    check_category(actor, Category.CODING, Grade.WRITE)
    check_facility(actor, [stay.facility_id])
    if stay.status not in (Status.IN_PROGRESS, Status.FINISHED):
        raise NotAllowedInState(f"This stay is {stay.status}; nothing is asked about it.")


def can_ask(actor: Actor, stay: Encounter) -> bool:
    return not reason_against(check_ask, actor, stay)


def check_see(actor: Actor, query: Query, practitioner: Practitioner | None) -> None:
    """Who codes or oversees coding sees the facility's; a clinician their own."""
    check_facility(actor, [query.facility_id])
    if not can(actor, Category.CODING) and (practitioner is None or query.responsible_id != practitioner.id):
        raise Refused("This query is not yours.", remedy="What you are asked is in your inbox.")


def check_answer(actor: Actor, query: Query, practitioner: Practitioner | None) -> Practitioner:
    """Only who is asked answers."""
    check_facility(actor, [query.facility_id])
    check_category(actor, Category.COMPLETION, Grade.WRITE)
    if practitioner is None or query.responsible_id != practitioner.id:
        raise Refused("This query is not yours to answer.", remedy="Ask the coding department to give it to you.")
    return practitioner


def check_open(query: Query, revision: int | None = None) -> None:
    """Somebody may have been quicker: the second is told, and nothing of theirs is written."""
    if query.state != State.OPEN:
        raise Conflict(f"This query was {query.state} in the meantime; nothing of yours was written.", remedy="Look again.")
    if revision is not None and query.revision != revision:
        raise Conflict("Somebody changed this query in the meantime; nothing of yours was written.", remedy="Look again.")


def check_version(query: Query, version: int) -> None:
    """What is answered is what was read."""
    if query.version != version:
        raise Conflict("The query was written anew while you read it; nothing of yours was written.", remedy="Read it again.")


def check_manage(actor: Actor, query: Query) -> None:
    """A coder or an administrator of the facility gives it to another or withdraws it."""
    check_facility(actor, [query.facility_id])
    if not (can(actor, Category.CODING, Grade.WRITE) or (actor.role == Role.ADMINISTRATOR and can(actor, Category.CODING))):
        raise Refused("Coders and administrators give queries to others or withdraw them.")


def can_manage(actor: Actor, query: Query) -> bool:
    return not reason_against(check_manage, actor, query)


def check_compliant(found: Sequence[Found]) -> None:
    """The linter's word: nothing is sent while it finds anything."""
    if found:
        more = f" There are {len(found)} of these in all." if len(found) > 1 else ""
        raise NotAllowedInState(f"The query can't be sent: {found[0].sentence}{more}", remedy="Mend it, then send it.")


def check_said(written: Written, choice: str, words: str) -> None:
    """An answer is one of the query's, and what it leaves open is said in words."""
    if choice not in written.answers:
        raise Refused("Choose an answer.", where="choice")
    if choice == OTHER and len(words.strip()) < 3:
        raise Refused("Say in words what your answer is.", where="words")


def check_reason(reason: str, what: str) -> str:
    if len(reason.strip()) < 3:
        raise Refused(what, where="reason")
    return reason.strip()[:400]


def reason_against(check: Callable[..., Any], *given: Any) -> str:
    """Why a check refuses, as one sentence; empty where it does not."""
    try:
        check(*given)
    except Problem as problem:
        return str(problem)
    return ""
