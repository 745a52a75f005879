"""The state of the machine in words, each figure with its definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from muniment.core import clock
from muniment.operations.health import Health
from muniment.operations.rules import Standing
from muniment.ui import dates
from muniment.ui.shapes import Fact, Tone, Why

MOST_NAMED = 5  # damaged documents
QUIET = timedelta(seconds=60)  # a worker says every ten seconds that it lives; anchors are dropped every five

# Each figure and what it means: shown under its "why?".
WHY = {
    "Size": "pg_database_size: tables, indexes and large values on disk.",
    "Connections": "Open now, this page’s included; above four fifths of the most there may be, look who holds them.",
    "PostgreSQL": "What the server says it is. Muniment needs 15 or later.",
    "Running since": "pg_postmaster_start_time: the last start or recovery of the server.",
    "Muniment": "The installed version of the package.",
    "Migrations": (
        "The changes of tables this version brings, held against those the database has had. “muniment database "
        "prepare” applies what is missing."
    ),
    "Worker last heard": "A worker says every ten seconds that it lives. Silent for a minute: start “muniment worker”.",
    "Waiting": "Jobs that have not begun, those for later included.",
    "Longest wait": "Of jobs that could have begun.",
    "Running": "Jobs a worker has in hand.",
    "Failed": "Jobs that gave up. The worker’s log names them and says why.",
    "Last anchor": (
        "The heads of the chain are written to a file outside the database every five seconds in which something "
        "happened, so that a cut tail shows."
    ),
    "Last event": "The newest lifecycle event. One older than a minute without an anchor after it means that no worker runs.",
    "Last verification": "The walk over the whole chain, over every row that may change, held against its last event, and over the seal "
    "of every sign-in: every night and when an auditor asks for it.",
    "Read again": "Each night a seventh of the documents is decrypted and held against its SHA-256, so that each is within a week. "
    "“muniment record verify” reads them all, and every version and signature.",
    "Documents kept": "Different bytes by their SHA-256: originals of inputs and documents of charts.",
    "Their size": "Before encryption. Above 100,000 documents it is measured on one page of the table in a hundred.",
    "Scanner": "The clamd that MUNIMENT_CLAMD names looks at every input before it is read, and at each document in a message. While it "
    "does not answer nothing is taken: senders send again, files stay where they lie.",
    "In quarantine": "Inputs that could not be filed and wait for somebody, within your facilities and those of none.",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one part, and how it stands."""

    title: str
    state: str
    tone: Tone
    facts: list[Fact]


def groups(found: Health) -> list[Group]:
    return [_database(found), _jobs(found), _chain(found), _documents(found), _malware(found)]


def size(count: int) -> str:
    """``1.4 GB``, ``12.0 MB``, ``8 KB``."""
    for unit, step in (("GB", 1024**3), ("MB", 1024**2)):
        if count >= step:
            return f"{count / step:,.1f} {unit}"
    return f"{count // 1024:,} KB"


def _fact(label: str, value: str) -> Fact:
    return Fact(label=label, value=value, why=Why(rule=WHY[label]))


def _database(found: Health) -> Group:
    server = found.server
    full = server.connections > server.most_connections * 0.8
    step = "in step" if not found.pending and not found.unknown else ", ".join([*found.pending, *found.unknown])
    state, tone = ("Answers", Tone.OK) if step == "in step" and not full else ("Look here", Tone.LATE)
    return Group(
        "Database",
        state,
        tone,
        [
            _fact("Size", size(server.bytes)),
            _fact("Connections", f"{server.connections} of {server.most_connections}"),
            _fact("PostgreSQL", server.version),
            _fact("Running since", dates.moment(server.since, timezone.get_current_timezone())),
            _fact("Muniment", found.muniment),
            _fact("Migrations", step),
        ],
    )


def _jobs(found: Health) -> Group:
    jobs, zone = found.jobs, timezone.get_current_timezone()
    silent = jobs.heartbeat is None or clock.now() - jobs.heartbeat > QUIET
    state, tone = (
        ("Worker silent", Tone.LATE) if silent else (("Jobs failed", Tone.DUE) if jobs.failed else ("At work", Tone.OK))
    )
    return Group(
        "Worker and jobs",
        state,
        tone,
        [
            _fact("Worker last heard", dates.moment(jobs.heartbeat, zone) if jobs.heartbeat else "never"),
            _fact("Waiting", f"{jobs.waiting:,}"),
            _fact("Longest wait", words(jobs.late_by) if jobs.late_by else "none waits"),
            _fact("Running", f"{jobs.running:,}"),
            _fact("Failed", f"{jobs.failed:,}"),
        ],
    )


def _chain(found: Health) -> Group:
    chain, zone = found.chain, timezone.get_current_timezone()
    late = chain.unanchored_for is not None and chain.unanchored_for > QUIET
    verified = chain.verified
    broken = verified is not None and verified.standing == Standing.BROKEN
    state, tone = ("Broken", Tone.LATE) if broken else (("Not anchored", Tone.LATE) if late else ("Anchored", Tone.OK))
    proved = (
        f"{verified.standing}, {dates.moment(verified.finished_at, zone)}" if verified and verified.finished_at else "never"
    )
    return Group(
        "Audit chain",
        state,
        tone,
        [
            _fact("Last anchor", dates.moment(chain.anchored_at, zone) if chain.anchored_at else "never"),
            _fact("Last event", dates.moment(chain.last_event_at, zone) if chain.last_event_at else "none"),
            _fact("Last verification", proved),
        ],
    )


def _documents(found: Health) -> Group:
    documents = found.documents
    about = "about " if documents.is_estimate else ""
    state, tone = (f"{found.quarantine:,} in quarantine", Tone.DUE) if found.quarantine else ("Quarantine empty", Tone.OK)
    nights = found.chain.reread
    damaged = sorted({sentence for one in nights for sentence in one.damaged})
    read = f"{sum(one.documents or 0 for one in nights):,} in {len(nights)} nights, " if nights else ""
    if damaged:
        state, tone = f"{len(damaged):,} damaged", Tone.LATE
    return Group(
        "Documents and intake",
        state,
        tone,
        [
            _fact("Documents kept", f"{about}{documents.count:,}"),
            _fact("Their size", f"{about}{size(documents.bytes)}"),
            _fact("Read again", f"{read}{' '.join(damaged[:MOST_NAMED]) or 'all whole'}" if nights else "not yet"),
            _fact("In quarantine", f"{found.quarantine:,}"),
        ],
    )


def _malware(found: Health) -> Group:
    scanner = found.scanner
    if not scanner.is_set_up:
        return Group("Malware scan", "Not set up", Tone.DUE, [_fact("Scanner", "no malware scan is set up")])
    if not scanner.answers:
        return Group("Malware scan", "Does not answer", Tone.LATE, [_fact("Scanner", "does not answer; input waits unread")])
    return Group("Malware scan", "Answers", Tone.OK, [_fact("Scanner", scanner.version)])


def words(span: timedelta) -> str:
    """``3 s``, ``5 min``, ``2 h``."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600:,} h"
