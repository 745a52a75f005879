"""Dry runs over many charts: what was asked, how far it is and what was found, for a day, in the shared cache.

Nothing but a note: one that is lost is asked again. Of patients it holds no more than which charts would change.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec
import structlog
from django.core.cache import cache

from muniment.completion import dryrun
from muniment.completion.dryrun import Asked, Tally
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Problem, Refused
from muniment.kernel.ids import uuid7
from muniment.rulebook.rules import Term

KEPT_SECONDS = 24 * 3600
NOTE_EVERY = 1.0  # seconds
SILENT = timedelta(minutes=2)  # without a word of it for so long, its worker is gone
log = structlog.get_logger("muniment.completion")


class Standing(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Run:
    id: UUID
    actor_id: UUID | None
    asked: Asked
    total: int  # charts to look at
    at: datetime
    heard_at: datetime
    standing: Standing = Standing.RUNNING
    tally: Tally = field(default_factory=Tally)
    problem: str = ""

    @property
    def going(self) -> bool:
        return self.standing is Standing.RUNNING and clock.now() - self.heard_at < SILENT


def start(actor: Actor, asked: Asked, total: int) -> Run:
    """Have the worker look at ``total`` charts."""
    from muniment.completion.jobs import dry_run  # the job carries out what is kept here

    now = clock.now()
    run = Run(id=uuid7(), actor_id=actor.id, asked=asked, total=total, at=now, heard_at=now)
    _keep(run)
    dry_run.defer(run_id=str(run.id))
    return run


def get(actor: Actor, run_id: UUID) -> Run:
    """One's own dry run. Raises Refused alike for one that is not there (any more) and another's."""
    run = _read(run_id)
    if run is None or run.actor_id != actor.id:
        raise Refused("There is no such dry run.", remedy="They are kept for a day. Try the version on charts again.")
    return run


def stop(actor: Actor, run_id: UUID) -> None:
    cache.set(_stop_key(get(actor, run_id).id), True, KEPT_SECONDS)


def known(term: Term) -> Run | None:
    """The last finished dry run of exactly these words from these days on, whoever asked."""
    found = cache.get(_term_key(term))
    run = _read(UUID(found)) if found else None
    return run if run and run.standing is Standing.DONE else None


def keep_counts(actor: Actor, asked: Asked, tally: Tally) -> None:
    """Keep what was found at once, so that whoever adopts reads it."""
    now = clock.now()
    run = Run(
        id=uuid7(),
        actor_id=actor.id,
        asked=asked,
        total=tally.looked,
        at=now,
        heard_at=now,
        standing=Standing.DONE,
        tally=tally,
    )
    _keep(run)
    cache.set(_term_key(asked.term), str(run.id), KEPT_SECONDS)


def carry_out(run_id: UUID) -> None:
    """The worker's part."""
    run = _read(run_id)
    if run is None or run.standing is not Standing.RUNNING:
        return
    try:
        run.standing = Standing.DONE if _look(run) else Standing.STOPPED
    except Problem as problem:
        run.standing, run.problem = Standing.FAILED, str(problem)
    except Exception as error:
        log.exception("a dry run failed")
        run.standing, run.problem = Standing.FAILED, f"It could not be finished ({type(error).__name__}); the log says where."
    _note(run)
    if run.standing is Standing.DONE:
        cache.set(_term_key(run.asked.term), str(run.id), KEPT_SECONDS)


def _look(run: Run) -> bool:
    """Whether it came to its end."""
    noted = time.monotonic()
    for looked, found in dryrun.look(run.asked):
        run.tally.add(looked, found)
        if time.monotonic() - noted > NOTE_EVERY:
            noted = time.monotonic()
            if cache.get(_stop_key(run.id)):
                return False
            _note(run)
    return True


def _note(run: Run) -> None:
    run.heard_at = clock.now()
    _keep(run)


def _keep(run: Run) -> None:
    cache.set(_key(run.id), msgspec.json.encode(run).decode(), KEPT_SECONDS)


def _read(run_id: UUID) -> Run | None:
    text = cache.get(_key(run_id))
    if not text:
        return None
    run = msgspec.json.decode(text, type=Run)
    if run.standing is Standing.RUNNING and cache.get(_stop_key(run_id)):
        run.standing = Standing.STOPPED
    return run


def _key(run_id: UUID) -> str:
    return f"dryrun:{run_id}"


def _stop_key(run_id: UUID) -> str:
    return f"dryrun-stop:{run_id}"


def _term_key(term: Term) -> str:
    """By what decides: the code, the parameters and the days, whether it is proposed yet or not."""
    said: tuple[str, dict[str, object], date, date | None] = (
        term.rule.code, term.rule.parameters, term.effective_from, term.effective_to,
    )  # fmt: skip
    return f"dryrun-of:{hashlib.sha256(msgspec.json.encode(said, order='sorted')).hexdigest()}"
