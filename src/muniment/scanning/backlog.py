"""Reads of the backlog clock: what waits by channel and by type, at which age, what came and was filed, and batches not read yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, NullIf, TruncDate

from muniment.core.actor import Actor
from muniment.core.clock import midnight
from muniment.scanning import clues, queries
from muniment.scanning.ageing import Flow, Line, Staffing, bounds
from muniment.scanning.models import Batch, Document
from muniment.scanning.rules import BatchState, Policy, State, working_days_before

UNREAD = [BatchState.READING.value, BatchState.STOPPED.value, BatchState.REFUSED.value]
MOST_UNREAD = 100
CHANNEL, KIND = "channel", "kind"


@dataclass(frozen=True, slots=True)
class Clock:
    """The board of the backlog: the same documents by channel and by type, staffing, and batches that nobody could index yet."""

    channels: list[Line]
    kinds: list[Line]
    staffing: Staffing
    since: date
    unread: list[Batch]


def clock(actor: Actor, policy: Policy, now: datetime, today: date) -> Clock:
    """Six queries, whatever there is."""
    since = working_days_before(today, policy.rate_days)
    days = (
        _by_people(actor, since, today).annotate(day=TruncDate("indexed_at")).values("indexed_by_id", "day").distinct().count()
    )
    channels, kinds = (_lines(actor, of, policy, now, since, today) for of in (CHANNEL, KIND))
    staffing = Staffing(filed=sum(one.flow.filed for one in channels), person_days=days)
    unread = queries.batches(actor).filter(state__in=UNREAD).order_by("received_at", "id")[:MOST_UNREAD]
    return Clock(channels, kinds, staffing, since, list(unread))


def by(found: QuerySet[Document], of: str) -> QuerySet[Any, Any]:
    """Each with its ``line``: the way its batch came, or the type confirmed or else proposed ("" for none)."""
    proposed = KeyTextTransform("value", KeyTransform("type", "proposals"))
    return found.annotate(
        line=F("batch__source")
        if of == CHANNEL
        else Coalesce(NullIf("type_code", Value("")), proposed, Value(""), output_field=CharField())
    )


def aged(found: QuerySet[Document], age: int, policy: Policy, now: datetime) -> QuerySet[Document]:
    """Those of one of the three ages."""
    return found.filter(_ages(policy, now)[age])


def _ages(policy: Policy, now: datetime) -> list[Q]:
    fresh, late = (now - timedelta(days=one) for one in bounds(policy.backlog_days))
    return [Q(waiting_since__gte=fresh), Q(waiting_since__lt=fresh, waiting_since__gte=late), Q(waiting_since__lt=late)]


def _by_people(actor: Actor, since: date, today: date) -> QuerySet[Document]:
    return queries.filed(actor, since, today).order_by().filter(indexed_by_id__isnull=False)


def _lines(actor: Actor, of: str, policy: Policy, now: datetime, since: date, today: date) -> list[Line]:
    """Three ages of what waits, what came, and what people filed, a line each. Two queries."""
    every = by(queries.documents(actor).order_by(), of)
    waiting, come = (
        Q(state=State.WAITING),
        Q(waiting_since__gte=midnight(since), waiting_since__lt=midnight(today), automatic={}) & ~Q(state=State.LEFT_OUT),
    )
    fresh, older, late = (waiting & one for one in _ages(policy, now))
    rows = every.filter(waiting | come).values("line").annotate(
        fresh=Count("id", filter=fresh), older=Count("id", filter=older), late=Count("id", filter=late), come=Count("id", filter=come)
    )  # fmt: skip
    done = by(_by_people(actor, since, today), of).values_list("line").annotate(Count("id"))
    filed: dict[str, int] = dict(done)
    known = {row["line"]: row for row in rows}
    found = [_line(of, code, known.get(code, {}), filed.get(code, 0), policy.rate_days) for code in {*known, *filed}]
    return sorted(found, key=lambda one: (-one.ages[2], -one.flow.waiting, one.name))


def _line(of: str, code: str, row: dict[str, Any], filed: int, days: int) -> Line:
    ages = row.get("fresh", 0), row.get("older", 0), row.get("late", 0)
    name = code.capitalize() if of == CHANNEL else clues.types().get(code, code or "Kind not known")
    return Line(
        code=code, name=name, ages=ages, flow=Flow(waiting=sum(ages), arrived=row.get("come", 0), filed=filed, days=days)
    )
