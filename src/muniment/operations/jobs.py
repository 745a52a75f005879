"""The worker's part: the walk over the audit chain, every night and when somebody asks; deferred work coming back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from procrastinate.contrib.django import app

from muniment.accounts import seals
from muniment.accounts.queries import organisation_code
from muniment.audit import queries as audit
from muniment.audit.verify import Break
from muniment.audit.verify import verify as walk
from muniment.core import clock
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict
from muniment.operations import actions
from muniment.operations.models import Verification
from muniment.record.verify import reread
from muniment.work import actions as work

NAME = "audit.verify"
NOTE_EVERY = 3.0  # seconds


@app.task(name=NAME, lock=NAME)
def verify(verification_id: str, documents: bool = False) -> None:
    """Walk the chain and the sign-ins, and read ``documents`` again whose turn it is; say now and then how far."""
    actor, key, noted = _worker(), UUID(verification_id), time.monotonic()

    def progress(walked: int) -> None:
        nonlocal noted
        if time.monotonic() - noted > NOTE_EVERY:
            noted = time.monotonic()
            actions.note_progress(actor=actor, verification_id=key, walked=walked)

    actions.begin_verification(actor=actor, verification_id=key, heads=audit.heads())
    found = walk(progress)
    found = replace(found, breaks=(*found.breaks, *_sign_ins()))
    read = reread(clock.today(), lambda count: progress(found.events)) if documents else None
    actions.finish_verification(actor=actor, verification_id=key, found=found, read=read)


def _sign_ins() -> Iterator[Break]:
    for user, trouble in seals.faults():
        yield Break(-1, 0, "", f"The sign-in {user.id} {trouble}.")


@app.periodic(cron="40 2 * * *", periodic_id="audit.verify-nightly")
@app.task(name="audit.verify-nightly", queueing_lock="audit.verify-nightly", pass_context=False)
def nightly(timestamp: int) -> None:
    with suppress(Conflict):
        verify_soon(_worker(), documents=True)


def verify_soon(actor: Actor, *, documents: bool = False) -> Verification:
    """Have the worker verify the chain. The wish and the job are committed together."""
    with unit_of_work():
        row = actions.ask_verification(actor=actor)
        verify.defer(verification_id=str(row.id), documents=documents)
        return row


@app.periodic(cron="* * * * *", periodic_id="work.resume")
@app.task(name="work.resume", queueing_lock="work.resume", pass_context=False)
def bring_back(timestamp: int) -> None:
    """Every minute: what was deferred until now stands in its queue again."""
    actor, now = _worker(), clock.now()
    while work.resume_due(actor=actor, now=now):
        pass


def _worker() -> Actor:
    return Actor.system("worker", organisation=organisation_code())
