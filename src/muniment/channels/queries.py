"""Reads of interfaces: how each stands, and what the rule book says of them. Counts and times only, of the whole house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.channels.models import Channel
from muniment.channels.queues import FILE, INTERFACES
from muniment.channels.rules import Policy, silent_since
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.intake import queries as intake
from muniment.intake.rules import UNMATCHED
from muniment.kernel.errors import Refused
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

AREA = "interfaces"

# For each name: one probe of an index for the last, one walk over the day.
_INPUTS = """
SELECT channel, last.at, coalesce(day.count, 0), coalesce(day.kept, 0) FROM unnest(%(names)s::text[]) AS channel
LEFT JOIN LATERAL (SELECT received_at AS at FROM intake_input WHERE source = channel ORDER BY received_at DESC LIMIT 1) AS last ON true
LEFT JOIN LATERAL (SELECT count(*) AS count, count(*) FILTER (WHERE status <> 'filed') AS kept FROM intake_input
    WHERE source = channel AND received_at >= %(since)s AND place <> 'replayed') AS day ON true
"""
_BATCHES = """
SELECT channel, last.at, coalesce(day.count, 0), coalesce(day.kept, 0) FROM unnest(%(names)s::text[]) AS channel
LEFT JOIN LATERAL (SELECT received_at AS at FROM scanning_batch WHERE source = channel ORDER BY received_at DESC LIMIT 1) AS last ON true
LEFT JOIN LATERAL (SELECT count(*) AS count, count(*) FILTER (WHERE state IN ('refused', 'dismissed')) AS kept FROM scanning_batch
    WHERE source = channel AND received_at >= %(since)s) AS day ON true
"""
_WAITING = """
SELECT source, count(*), count(*) FILTER (WHERE "where" = %s OR "where" LIKE 'PID-3%%'), min(received_at) FROM intake_input WHERE status = 'quarantined' GROUP BY source
"""


@dataclass(frozen=True, slots=True)
class InForce:
    """What governs on a day: the policy, and the rules it was read from, by code."""

    policy: Policy
    rules: Mapping[str, RuleInForce]

    def cited(self, code: str) -> str:
        found = self.rules.get(f"{AREA}.{code}")
        return found.cited if found else "No rule is in force: the strictest applies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one interface stands. ``channel`` is None for one that nobody set up. ``silent``: since when it is late."""

    name: str
    channel: Channel | None = None
    last: datetime | None = None
    today: int = 0
    kept_today: int = 0  # of today's: what went to quarantine or was refused
    waiting: int = 0  # in quarantine now
    unmatched: int = 0  # of those: no patient could be told
    oldest: datetime | None = None  # of those in quarantine
    silent: datetime | None = None


def in_force(day: date) -> InForce:
    rules = {rule.code: rule for rule in rulebook.at(day).area(AREA)}
    together: dict[str, Any] = {}
    for rule in rules.values():
        together |= rule.parameters
    return InForce(Policy.read(together), rules)


def channels() -> list[Channel]:
    return list(Channel.objects.select_related("facility").order_by("name"))


def channel(actor: Actor, channel_id: UUID) -> Channel:
    """Raises Refused alike for one that is not there."""
    check_category(actor, Category.SYSTEM)
    found = Channel.objects.select_related("facility").filter(id=channel_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    return found


def board(actor: Actor) -> list[Standing]:
    """Every interface that was set up or has brought something; those that need somebody first. Six queries."""
    check_category(actor, Category.SYSTEM)
    now = clock.now()
    found = standings(channels(), now, in_force(clock.today()).policy)
    return sorted(found, key=lambda one: (one.silent is None, not one.waiting, one.name.casefold()))


def standings(known: Sequence[Channel], now: datetime, policy: Policy) -> list[Standing]:
    set_up = {one.name: one for one in known}
    waiting = {name: rest for name, *rest in _rows(_WAITING, [UNMATCHED])}
    names = sorted({*set_up, *intake.sources(), *waiting})
    given = {"names": names, "since": clock.midnight()}
    found: dict[str, Standing] = {}
    for (name, last, count, kept), (_, scanned, batches, refused) in zip(
        sorted(_rows(_INPUTS, given)), sorted(_rows(_BATCHES, given)), strict=True
    ):
        row = set_up.get(name)
        latest = max((one for one in (last, scanned) if one), default=None)
        held, unmatched, oldest = waiting.get(name, (0, 0, None))
        found[name] = Standing(
            name=name, channel=row, last=latest, today=count + batches, kept_today=kept + refused, waiting=held, unmatched=unmatched,
            oldest=oldest,
        )  # fmt: skip
        if row and row.active:
            since = max(one for one in (latest, row.changed_at) if one)
            found[name] = replace(found[name], silent=silent_since(since, row.expected_minutes, now, policy))
    return list(found.values())


def old_in_quarantine(now: datetime, policy: Policy) -> dict[str, int]:
    """Source → how many of its inputs wait longer than the rule allows."""
    before = now - timedelta(hours=policy.quarantine_hours)
    return dict(
        _rows(
            "SELECT source, count(*) FROM intake_input WHERE status = 'quarantined' AND received_at < %s GROUP BY 1", [before]
        )
    )


def files_left() -> list[str]:
    """The keys of the files that were put before somebody because they broke what takes them."""
    found = WorkItem.objects.filter(queue_id=INTERFACES, subject_type=FILE, state__in=ACTIVE)
    return list(found.order_by("subject_id").values_list("subject_id", flat=True))


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
