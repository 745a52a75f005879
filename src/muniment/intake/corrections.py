"""Out of quarantine: file it again as it is, or as a person corrected it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

from muniment.core.actor import Actor
from muniment.intake import actions, permissions
from muniment.intake.actions import Arrival
from muniment.intake.desk import Desk, Outcome
from muniment.intake.models import Input
from muniment.intake.rules import Status
from muniment.kernel.errors import Unfileable
from muniment.record import blobs


def original(row: Input) -> bytes:
    """An input's bytes as they arrived."""
    return blobs.get(bytes(row.sha256))


def replay(*, actor: Actor, input_id: UUID, reason: str, content: bytes | None = None) -> Outcome:
    """File a quarantined input again: its own bytes after the cause was mended, or ``content`` as corrected.

    Raises Unfileable with the new sentence when it still can't be filed; then nothing has changed. The original is kept either way.
    """
    row = Input.objects.get(id=input_id)
    step = "correct" if content is not None else "replay"
    permissions.check_settle(actor, row, step, reason)
    body = content if content is not None else original(row)
    desk = Desk(actor=actor, source=row.source)
    arrival = Arrival(
        content=body,
        sha256=hashlib.sha256(body).digest(),
        format=row.format,
        source=row.source,
        name=row.name,
        received_at=row.received_at,
    )
    arrival = replace(arrival, format=desk._arrival(body, row.name).format)
    filed = _file_again(desk, row, arrival)
    actions.settle(actor=actor, input_id=row.id, step=step, reason=reason, filed=filed)
    return desk._outcome(filed, row.name, "filed")


def _file_again(desk: Desk, row: Input, arrival: Arrival) -> Input:
    submissions, problems = desk._read(arrival)
    if problems and not row.place:
        raise problems[0]
    if row.place:
        raise Unfileable(
            "This is one part of a larger input; it can't be filed by itself.",
            where=row.place,
            remedy="Correct the part at its source and have it sent again, or dismiss it with a reason.",
        )
    known = Input.objects.filter(sha256=arrival.sha256, place="").exclude(id=row.id).first()
    if known:
        raise Unfileable("The corrected input was filed before.", remedy="Dismiss this one, naming the other.")
    if arrival.sha256 == bytes(row.sha256):  # the same bytes: their row is this one, so the filed one names it
        arrival = replace(arrival, place="replayed")
    return actions.file(
        actor=desk.actor, arrival=arrival, submissions=submissions, directory=desk.directory, status=Status.FILED
    )
