"""Pages that came in a message become a scanned batch like any other: read, indexed by a person, checked."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from muniment.core.actor import Actor
from muniment.intake.envelopes import Scan
from muniment.scanning import jobs, taking
from muniment.scanning.making import Arrival

STATUSES = {"taken": "filed", "known": "duplicate", "refused": "quarantined"}  # as the intake desk says them


def take(actor: Actor, scan: Scan) -> tuple[str, str]:
    """Returns the status and what became of it in words. Raises NotScanned as ``taking.take``."""
    outcome = taking.take(actor, Arrival(
        content=scan.content, name=taking.shown(scan.name), source=scan.source, facility=scan.facility, operator_id=actor.id,
        operator_name=actor.name, received_at=scan.received_at, came=scan.came,
        scanned_on=scan.received_at.astimezone(ZoneInfo(scan.facility.zone)).date(),
    ))  # fmt: skip
    if outcome.status == "taken":
        jobs.read_soon()
    return STATUSES[outcome.status], outcome.words
