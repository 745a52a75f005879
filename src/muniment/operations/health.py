"""How the machine stands: database, jobs, intake, chain. Reads only; ten statements, none of which walks a large table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from muniment.audit import anchors
from muniment.audit.models import LifecycleEvent
from muniment.core import clock, malware
from muniment.core.actor import Actor
from muniment.operations import trail
from muniment.operations.models import Verification
from muniment.record.verify import NIGHTS
from muniment.work import queries as work
from muniment.work.models import Queue

EXACT_UP_TO = 100_000  # documents: above it their size is measured on a sample of the table's pages
QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Server:
    """``version`` as PostgreSQL says it; sizes in bytes."""

    version: str
    bytes: int
    connections: int
    most_connections: int
    since: datetime
    documents: int  # rows of the table of documents, estimated


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    bytes: int  # with indexes and large values
    rows: int  # PostgreSQL's own estimate; -1 before its first look


@dataclass(frozen=True, slots=True)
class Jobs:
    waiting: int
    running: int
    failed: int
    late_by: timedelta | None  # of the oldest job that could have begun
    heartbeat: datetime | None  # of the worker that was heard last


@dataclass(frozen=True, slots=True)
class Channel:
    """One source's last hour."""

    name: str
    filed: int
    quarantined: int
    entries: int


@dataclass(frozen=True, slots=True)
class Documents:
    count: int
    bytes: int
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Chain:
    anchored_at: datetime | None
    last_event_at: datetime | None
    verified: Verification | None
    reread: Sequence[Verification]  # of the last nights, those that read documents again

    @property
    def unanchored_for(self) -> timedelta | None:
        """How long the newest event had no anchor after it; None when all are anchored."""
        if self.last_event_at is None or (self.anchored_at and self.anchored_at >= self.last_event_at):
            return None
        return clock.now() - self.last_event_at


@dataclass(frozen=True, slots=True)
class Health:
    muniment: str
    server: Server
    tables: Sequence[Table]
    pending: Sequence[str]  # migrations the code has and the database has not
    unknown: Sequence[str]  # migrations the database has and the code has not: the database is newer
    jobs: Jobs
    channels: Sequence[Channel]
    quarantine: int
    documents: Documents
    chain: Chain
    scanner: malware.Scanner


def health(actor: Actor) -> Health:
    server, tables, (pending, unknown) = _server(), _tables(), _migrations()
    depths = work.depths(actor, list(Queue.objects.filter(code=QUARANTINE)))
    return Health(
        muniment=_version(), server=server, tables=tables, pending=pending, unknown=unknown, jobs=_jobs(),
        channels=_channels(), quarantine=sum(depth.active for depth in depths), documents=_documents(server.documents), chain=_chain(),
        scanner=malware.scanner(),
    )  # fmt: skip


def _rows(statement: str, values: Sequence[datetime] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@cache
def _version() -> str:
    try:
        return version("muniment")
    except PackageNotFoundError:
        from muniment import __version__

        return __version__


def _server() -> Server:
    return Server(*_rows(
        "SELECT current_setting('server_version'), pg_database_size(current_database()), sum(numbackends)::int,"
        " current_setting('max_connections')::int, pg_postmaster_start_time(),"
        " (SELECT reltuples::bigint FROM pg_class WHERE oid = 'record_blob'::regclass) FROM pg_stat_database"
    )[0])  # fmt: skip


def _tables() -> list[Table]:
    found = _rows(
        "SELECT relname, pg_total_relation_size(oid), reltuples::bigint FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC LIMIT 10"
    )
    return [Table(*row) for row in found]


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def _migrations() -> tuple[list[str], list[str]]:
    applied = set(_rows("SELECT app, name FROM django_migrations"))
    ours = {app for app, _ in _on_disk()}
    pending = sorted(f"{app} {name}" for app, name in _on_disk() - applied)
    unknown = sorted(f"{app} {name}" for app, name in applied - _on_disk() if app in ours)
    return pending, unknown


def _jobs() -> Jobs:
    return Jobs(*_rows(
        "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),"
        " count(*) FILTER (WHERE status = 'failed'),"
        " now() - min(due.at) FILTER (WHERE status = 'todo' AND due.at <= now()),"
        " (SELECT max(last_heartbeat) FROM procrastinate_workers)"
        " FROM procrastinate_jobs AS job LEFT JOIN LATERAL (SELECT coalesce(job.scheduled_at,"
        " (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id)) AS at) AS due ON job.status = 'todo'"
    )[0])  # fmt: skip


def _channels() -> list[Channel]:
    """By the events intake left: the chain lies below this layer, intake above it."""
    found = _rows(
        "SELECT after->>'source', count(*) FILTER (WHERE name = 'intake.file'), count(*) FILTER (WHERE name = 'intake.quarantine'),"
        " coalesce(sum((after->>'entries')::bigint) FILTER (WHERE name = 'intake.file'), 0)"
        " FROM audit_event WHERE at > %s AND name IN ('intake.file', 'intake.quarantine') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        [clock.now() - timedelta(hours=1)],
    )
    return [Channel(name or "not named", filed, kept, int(entries)) for name, filed, kept, entries in found]


def _documents(rows: int) -> Documents:
    """Exact while there are few; else the sample's mean times PostgreSQL's estimate of the rows."""
    if rows <= EXACT_UP_TO:
        count, size = _rows("SELECT count(*), coalesce(sum(size), 0)::bigint FROM record_blob")[0]
        return Documents(count, size, False)
    mean = _rows("SELECT coalesce(avg(size), 0)::bigint FROM record_blob TABLESAMPLE SYSTEM (1)")[0][0]
    return Documents(rows, rows * mean, True)


def _chain() -> Chain:
    last = LifecycleEvent.objects.order_by("-at", "-id").values_list("at", flat=True).first()
    ended = trail.last_nights()
    nights = [one for one in ended if one.documents is not None][:NIGHTS]
    return Chain(anchors.latest(), last, ended[0] if ended else None, nights)
