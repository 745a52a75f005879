"""The only writer of the rule book."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Conflict, Refused
from muniment.rulebook import checks, permissions
from muniment.rulebook.happenings import RuleChanged
from muniment.rulebook.models import Rule, RuleVersion
from muniment.rulebook.rules import TRANSITIONS, SourceKind, Status, ended_by, with_end


@action("rulebook.propose", Lifecycle.CONFIGURE)
def propose(
    *, actor: Actor, code: str, title: str, statement: str, parameters: dict[str, Any], citation: str,
    source_kind: SourceKind, effective_from: date, effective_to: date | None = None, follows: int | None = None,
) -> RuleVersion:  # fmt: skip
    """Propose a rule or a new version of one. It governs nothing until somebody else adopts it.

    ``follows`` is the number of the last version that was read: with a newer one there, raises Conflict. Raises Problem for parameters that
    the feature they are for can't read.
    """
    author = permissions.check_propose(actor)
    checks.check(code, parameters)
    rule, _ = Rule.objects.get_or_create(code=code)
    version = RuleVersion(
        rule=rule, number=_next_number(rule, follows), title=title, statement=statement, parameters=parameters, citation=citation.strip(), source_kind=source_kind,
        effective_from=effective_from, effective_to=effective_to, proposed_by_id=author, proposed_at=clock.now(),
    )  # fmt: skip
    _insert(version)
    leave(
        subject=("rule", code), after={"version": version.number, "parameters": parameters, "from": effective_from.isoformat()}
    )
    stands(version)
    return version


def _next_number(rule: Rule, follows: int | None) -> int:
    last: int = RuleVersion.objects.filter(rule=rule).aggregate(last=Max("number"))["last"] or 0
    if follows is not None and follows != last:
        raise _overtaken(last)
    return last + 1


def _insert(version: RuleVersion) -> None:
    """The numbers are unique: of two who propose at once, the second waits for the first and is told."""
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:
        if "rule_version_numbered_once" not in str(error):
            raise
        raise _overtaken(version.number) from error


def _overtaken(number: int) -> Conflict:
    return Conflict(
        f"Somebody else proposed version {number} of this rule in the meantime; nothing of yours was written.",
        remedy="Read that version, then propose yours again if it is still wanted.",
    )


@action("rulebook.verify", Lifecycle.VERIFY)
def verify_text(*, actor: Actor, version_id: UUID, on: date) -> RuleVersion:
    """Say that one has held the rule against its primary text. From then on it no longer says "unverified"."""
    permissions.check_propose(actor)
    if on > clock.today():
        raise Refused("The day it was read lies ahead.", where="on", remedy="Write the day you held it against its text.")
    version = RuleVersion.objects.select_for_update().get(id=version_id)
    version.verified_by_id, version.verified_on = actor.id, on
    version.save(update_fields=["verified_by", "verified_on"])
    stands(version)
    leave(subject=("rule", version.rule_id), after={"version": version.number, "verified_on": on.isoformat()})
    return version


@action("rulebook.adopt", Lifecycle.CONFIGURE)
def adopt(*, actor: Actor, version_id: UUID) -> RuleVersion:
    """Adopt what somebody else proposed. The version in force until then ends the day this one begins."""
    version = RuleVersion.objects.select_for_update().get(id=version_id)
    permissions.check_adopt(actor, version)
    ended = _end_predecessors(version)
    version.status, version.adopted_by_id, version.adopted_at = Status.ADOPTED, actor.id, clock.now()
    version.save(update_fields=["status", "adopted_by", "adopted_at"])
    leave(
        subject=("rule", version.rule_id), before={"superseded": [one.number for one in ended]},
        after={"version": version.number, "from": version.effective_from.isoformat(), "citation": version.citation},
    )  # fmt: skip
    stands(version, *ended)
    announce(RuleChanged(code=version.rule_id, since=version.effective_from))
    return version


def _end_predecessors(version: RuleVersion) -> list[RuleVersion]:
    """End what governs on the new version's first day; refuse to leave two in force on a later one."""
    others = RuleVersion.objects.filter(rule_id=version.rule_id, adopted_at__isnull=False).exclude(id=version.id)
    ended = ended_by(version, others.select_for_update())
    for other in ended:
        _end_on(other, version.effective_from)
        other.status = Status.SUPERSEDED
        other.save(update_fields=["effective_to", "ends", "status"])
    return ended


def _end_on(version: RuleVersion, until: date) -> None:
    """It ends then, which nobody knew before now: figures as of an earlier time go by the end that was known then."""
    version.ends = with_end(version.ends, version.effective_to, until, clock.now())
    version.effective_to = until


@action("rulebook.end", Lifecycle.CONFIGURE)
def end(*, actor: Actor, version_id: UUID, step: str, on: date, reason: str) -> RuleVersion:
    """Stay or vacate an adopted rule from a day on. Cases of the days before are still judged by it.

    An end it has already is never put off: vacating what was stayed gives it no days back.
    """
    version = RuleVersion.objects.select_for_update().get(id=version_id)
    permissions.check_propose(actor)
    permissions.check_step(version, step)
    if not reason.strip():
        raise Refused("Say what ended this rule: the order, decision or notice.", where="reason")
    last = max(min(on, version.effective_to or on), version.effective_from)
    version.status = TRANSITIONS[(Status(version.status), step)]
    _end_on(version, last)
    version.save(update_fields=["status", "effective_to", "ends"])
    stands(version)
    leave(
        subject=("rule", version.rule_id),
        reason=reason,
        after={"version": version.number, "status": version.status, "to": last.isoformat()},
    )
    announce(RuleChanged(code=version.rule_id, since=last))
    return version


@action("rulebook.withdraw", Lifecycle.CONFIGURE)
def withdraw(*, actor: Actor, version_id: UUID, reason: str) -> RuleVersion:
    version = RuleVersion.objects.select_for_update().get(id=version_id)
    permissions.check_propose(actor)
    permissions.check_step(version, "withdraw")
    version.status = Status.WITHDRAWN
    version.save(update_fields=["status"])
    stands(version)
    leave(subject=("rule", version.rule_id), reason=reason, after={"version": version.number, "status": "withdrawn"})
    return version
