"""The worker's part: setting the productions that were asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import structlog
from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState, Problem
from muniment.record import actions
from muniment.record.models import Production
from muniment.record.production import scratch
from muniment.record.production.order import Order

NAME = "record.produce"
NOTE_EVERY = 3.0  # seconds
log = structlog.get_logger("muniment.production")


@app.task(name=NAME, lock=NAME)
def produce(production_id: str) -> None:
    """One at a time: a production takes a processor and hundreds of megabytes of disk."""
    carry_out(UUID(production_id))


def produce_soon(*, actor: Actor, patient_id: UUID, facility_id: UUID, order: Order) -> Production:
    """Have the worker produce. The order and the job are committed together."""
    with unit_of_work():
        row = actions.ask_production(actor=actor, patient_id=patient_id, facility_id=facility_id, order=order)
        produce.defer(production_id=str(row.id))
        return row


def carry_out(production_id: UUID, told: Callable[[int, int], None] = lambda done, total: None) -> Production:
    """Set it, keep it; or keep why not. ``told`` hears of each entry that is done."""
    from muniment.record.production.dossier import gather
    from muniment.record.production.make import make  # here: its libraries are the worker's, no page of the site needs them

    actor = Actor.system("worker", organisation=organisation_code())
    try:
        row = actions.begin_production(actor=actor, production_id=production_id)
        with scratch.folder() as folder:
            made = make(gather(row), folder, _noting(actor, production_id, told))
            return actions.finish_production(actor=actor, production_id=production_id, made=made)
    except NotAllowedInState:
        log.info("a production was stopped")
    except Problem as problem:
        _fail(actor, production_id, str(problem))
    except Exception as error:
        log.exception("a production failed")
        said = (
            f"The production could not be made ({type(error).__name__}). Tell the administrator; the log says where it failed."
        )
        _fail(actor, production_id, said)
    return Production.objects.get(id=production_id)


def _fail(actor: Actor, production_id: UUID, problem: str) -> None:
    with suppress(NotAllowedInState):  # stopped in the meantime
        actions.fail_production(actor=actor, production_id=production_id, problem=problem)


def _noting(actor: Actor, production_id: UUID, told: Callable[[int, int], None]) -> Callable[[int, int], None]:
    noted = time.monotonic()

    def note(done: int, total: int) -> None:
        nonlocal noted
        told(done, total)
        if time.monotonic() - noted > NOTE_EVERY:
            noted = time.monotonic()
            actions.note_production(actor=actor, production_id=production_id, done=done, total=total)

    return note
