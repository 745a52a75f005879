"""Reads behind the day and the board: within the actor's facilities, counted in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from muniment.audit.models import LifecycleEvent
from muniment.completion.models import ChartStatus
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.encounters.queries import seen_by
from muniment.operations.trail import SENDING, within
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import Status
from muniment.work import queries as work
from muniment.work.models import Queue, WorkItem


@dataclass(frozen=True, slots=True)
class Mine:
    """What is the actor's own, in whatever queue."""

    held: int
    late: int
    due: int  # until the end of the seventh day from now
    done: int  # completed today


def mine(actor: Actor, now: datetime) -> Mine:
    """Two queries: the items held, and what was completed since midnight."""
    soon = now + timedelta(days=7)
    counts = work.items(actor, mine=True).order_by().aggregate(
        held=Count("id"), late=Count("id", filter=Q(due_at__lt=now)), due=Count("id", filter=Q(due_at__gte=now, due_at__lt=soon))
    )  # fmt: skip
    done = work.completions(actor, clock.midnight()).count() if actor.id else 0
    return Mine(counts["held"], counts["late"], counts["due"], done)


def next_items(actor: Actor, queues: list[Queue], limit: int = 8) -> list[WorkItem]:
    """What is the actor's first, then what waits in the pools, each most overdue first."""
    own = list(work.items(actor, mine=True).order_by("due_at", "-priority", "id")[:limit])
    if len(own) >= limit:
        return own
    pools = [queue for queue in queues if not queue.personal]
    waiting = work.items(actor).filter(queue__in=pools, owner__isnull=True).order_by("due_at", "-priority", "id")
    return own + list(waiting[: limit - len(own)])


RECENT_DAYS = 7  # "recent" discharges, wherever they are counted or listed


def recent_days(today: date) -> list[date]:
    """The last ``RECENT_DAYS`` days, today included, oldest first."""
    return [today - timedelta(days=back) for back in reversed(range(RECENT_DAYS))]


def recently_discharged(
    actor: Actor, today: date, zone: ZoneInfo, *, day: date | None = None, lacking: bool = False
) -> QuerySet[Encounter]:
    """Stays that ended on one of those days (on ``day`` alone) by the clock of ``zone``, newest first; ``lacking``: whose charts lack something."""
    begin = datetime.combine(day or recent_days(today)[0], datetime.min.time(), zone)
    end = datetime.combine((day or today) + timedelta(days=1), datetime.min.time(), zone)
    found = seen_by(actor).filter(discharged_at__gte=begin, discharged_at__lt=end).order_by("-discharged_at", "-id")
    if not lacking:
        return found
    status = ChartStatus.objects.filter(patient_id=OuterRef("patient_id"), encounter_id=OuterRef("id"), open_count__gt=0)
    return found.filter(Exists(status))


def discharges_by_day(facilities: frozenset[UUID], days: list[date], zone: ZoneInfo) -> list[int]:
    """How many stays ended on each of ``days``, by the clock of ``zone``. One query."""
    begin = datetime.combine(days[0], datetime.min.time(), zone)
    found = Encounter.objects.filter(facility_id__in=facilities, discharged_at__gte=begin)
    rows = found.annotate(day=TruncDate("discharged_at", tzinfo=zone)).values("day").annotate(count=Count("id")).order_by()
    counts = {row["day"]: row["count"] for row in rows}
    return [counts.get(day, 0) for day in days]


@dataclass(frozen=True, slots=True)
class Book:
    """How the rule book stands today."""

    in_force: int
    awaiting: int
    unverified: int  # of those in force


def book(today: date) -> Book:
    governs = Q(adopted_at__isnull=False, effective_from__lte=today) & (
        Q(effective_to__isnull=True) | Q(effective_to__gt=today)
    )
    counts = RuleVersion.objects.aggregate(
        in_force=Count("id", filter=governs), awaiting=Count("id", filter=Q(status=Status.PROPOSED)),
        unverified=Count("id", filter=governs & Q(verified_on__isnull=True)),
    )  # fmt: skip
    return Book(counts["in_force"], counts["awaiting"], counts["unverified"])


@dataclass(frozen=True, slots=True)
class Trail:
    """What the audit trail says of a time."""

    events: int
    views: int
    disclosed: int
    refused: int


def trail(actor: Actor, since: datetime) -> Trail:
    """What happened from then on, as far as the trail shows it to the actor. One query."""
    lifecycle = Count("id", filter=Q(lifecycle=Lifecycle.ACCESS))
    counts = LifecycleEvent.objects.filter(within(actor), at__gte=since).aggregate(
        events=Count("id"), views=lifecycle, refused=Count("id", filter=Q(name="accounts.refuse-sign-in")),
        disclosed=Count("id", filter=Q(lifecycle__in=SENDING)),
    )  # fmt: skip
    return Trail(counts["events"], counts["views"], counts["disclosed"], counts["refused"])


def chained() -> int:
    """How many events the chain holds: the sum of its lanes' last numbers."""
    heads = LifecycleEvent.objects.values("lane").annotate(last=Max("sequence")).order_by()
    return sum(row["last"] for row in heads)


@dataclass(frozen=True, slots=True)
class Machine:
    """The database as it stands."""

    bytes: int
    connections: int
    jobs_waiting: int
    jobs_failed: int


def machine() -> Machine:
    """Two queries: the database's own figures, and the jobs'."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())"
        )
        size, connections = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
        )
        waiting, failed = cursor.fetchone()
    return Machine(size, connections, waiting, failed)


def now() -> datetime:
    return clock.now()
