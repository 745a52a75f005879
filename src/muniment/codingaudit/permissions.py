"""Who may audit, answer, decide and see an audit, with the reason a person reads."""

from __future__ import annotations

from muniment.access.permissions import can, check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.rules import Role
from muniment.codingaudit.models import Audit
from muniment.codingaudit.rules import State
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, Problem, Refused

OVERSEEING = (Role.ADMINISTRATOR, Role.AUDITOR)


def oversees(actor: Actor) -> bool:
    """Whether the actor sees others' numbers."""
    return actor.is_system or (actor.role in OVERSEEING and can(actor, Category.CODING))


def check_see(actor: Actor, audit: Audit) -> None:
    """Who oversees sees all; the auditor and, once told, the coder theirs; any other coder what waits for somebody like them."""
    check_category(actor, Category.CODING)
    check_facility(actor, [audit.facility_id])
    if not (oversees(actor) or is_party(actor, audit) or may_act(actor, audit)):
        raise Refused("This audit is not yours to see.", remedy="What waits for you is on Work.")


def is_party(actor: Actor, audit: Audit) -> bool:
    told = audit.state in (State.TOLD, State.RULING, State.THIRD, State.CLOSED)
    return actor.id is not None and (actor.id == audit.auditor_id or (told and actor.id == audit.coder_id))


def check_act(actor: Actor, audit: Audit) -> None:
    """Whether it is the actor's turn. Nobody audits or decides on a coding of their own."""
    check_facility(actor, [audit.facility_id])
    check_category(actor, Category.CODING, Grade.READ if audit.state == State.THIRD else Grade.WRITE)
    if audit.state == State.CLOSED:
        raise Conflict("This audit is closed; nothing of yours was written.", remedy="Look again.")
    if audit.state == State.TOLD:
        _check(actor.id == audit.coder_id, "Only the coder of this stay answers these findings.")
    elif audit.state in (State.JUDGING, State.RULING):
        _check(actor.id == audit.auditor_id, "Only the auditor of this stay judges it.")
    else:
        _check(actor.id != audit.coder_id, "You coded this stay, so somebody else audits it.")
        if audit.state == State.THIRD:
            _check(actor.id != audit.auditor_id, "You audited this stay, so somebody else decides.")
            _check(actor.role in (Role.CODER, Role.ADMINISTRATOR), "A coder or an administrator decides.")
        else:
            _check(audit.auditor_id in (None, actor.id), f"{audit.auditor_name} has begun to audit this stay.")


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise Refused(sentence)


def may_act(actor: Actor, audit: Audit) -> bool:
    try:
        check_act(actor, audit)
    except Problem:
        return False
    return True


def check_revision(audit: Audit, revision: int) -> None:
    if audit.revision != revision:
        raise Conflict("Somebody changed this audit in the meantime; nothing of yours was written.", remedy="Look again.")
