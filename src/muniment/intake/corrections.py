"""Out of quarantine: file it again as it is, or as a person corrected it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError

from muniment.accounts.models import Facility
from muniment.accounts.queries import facility_by_code
from muniment.core import malware
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.intake import actions, permissions
from muniment.intake.actions import Arrival
from muniment.intake.desk import RETRIES, Desk, Outcome
from muniment.intake.models import Input
from muniment.intake.rules import Status
from muniment.intake.submission import Submission
from muniment.kernel.errors import Refused, Unfileable
from muniment.record import blobs

_FILED = frozenset({Status.FILED, Status.CORRECTED})


def original(row: Input) -> bytes:
    """An input's bytes as they arrived."""
    return blobs.get(bytes(row.sha256))


def replay(*, actor: Actor, input_id: UUID, reason: str, content: bytes | None = None) -> Outcome:
    """File a quarantined input again: its own bytes after the cause was mended, or ``content`` as corrected.

    Raises Unfileable or Unreadable with the new sentence when it still can't be filed, NotAllowedInState when somebody settled
    it in the meantime; then nothing has changed. The original is kept either way.
    """
    row = Input.objects.get(id=input_id)
    step = "correct" if content is not None else "replay"
    permissions.check_settle(actor, row, step, reason)
    _check_whole(row)
    _check_clean(row, content)
    desk, arrival, submissions = _read(actor, row, content)
    for attempt in range(RETRIES):
        try:
            filed = _file_and_settle(desk, row, arrival, submissions, step, reason)
            return desk.outcome(filed, row.name, "filed")
        except IntegrityError:  # somebody filed the same practitioner or number at this moment
            desk = Desk(actor=actor, source=row.source, facility=desk.directory.fixed, origin=row.origin)
            if attempt == RETRIES - 1:
                raise
    raise AssertionError("unreachable")


def _check_whole(row: Input) -> None:
    if row.place:
        raise Unfileable(
            "This is one part of a larger input; it can't be filed by itself.",
            where=row.place,
            remedy="Correct the part at its source and have it sent again, or dismiss it with a reason.",
        )


def _check_clean(row: Input, content: bytes | None) -> None:
    """What malware was found in is filed only after a scanner found nothing in the same bytes; nobody corrects it unseen."""
    if row.malware and content is not None:
        raise Refused("It holds malware; it can't be corrected here.", remedy="Have it sent again by its source, without.")
    if row.malware and not malware.is_set_up():
        raise Refused(f"Malware was found in it ({row.malware}), and no scanner is set up to look at it again.")


def _read(actor: Actor, row: Input, content: bytes | None) -> tuple[Desk, Arrival, list[Submission]]:
    """What is to be filed. Parts of the same bytes that can't be read are in quarantine by themselves already."""
    body = content if content is not None else original(row)
    desk = Desk(actor=actor, source=row.source, origin=row.origin)
    arrival = replace(desk.arrival(body, row.name), received_at=row.received_at)
    submissions, problems = desk.read(arrival)
    if problems and (arrival.sha256 != bytes(row.sha256) or not submissions):
        raise problems[0]
    facility = _facility(row, arrival, submissions)
    if facility:
        desk = Desk(actor=actor, source=row.source, facility=facility, origin=row.origin)
        submissions, _ = desk.read(arrival)  # once more: its times are in that facility's zone
    return desk, arrival, submissions


def _facility(row: Input, arrival: Arrival, submissions: list[Submission]) -> Facility | None:
    """The channel's facility stands in where a corrected input names none that is known; the same bytes belong where they did."""
    named = any(facility_by_code(one.facility) for one in submissions)
    if row.facility_id is None or (named and arrival.sha256 != bytes(row.sha256)):
        return None
    return Facility.objects.get(id=row.facility_id)


def _file_and_settle(desk: Desk, row: Input, arrival: Arrival, submissions: list[Submission], step: str, reason: str) -> Input:
    """Both or neither. The row is locked first: of two people the second waits, and is then told."""
    with unit_of_work():
        held = Input.objects.select_for_update().get(id=row.id)
        permissions.check_settle(desk.actor, held, step, reason)
        if arrival.sha256 == bytes(row.sha256):  # the same bytes: their row is this one, so the filed one names it
            arrival = replace(arrival, place="replayed")
        else:
            _check_new(arrival)
        filed = actions.file(actor=desk.actor, arrival=arrival, submissions=submissions, directory=desk.directory)
        actions.settle(actor=desk.actor, input_id=row.id, step=step, reason=reason, filed=filed)
        return filed


def _check_new(arrival: Arrival) -> None:
    known = Input.objects.filter(sha256=arrival.sha256, place="").first()
    if known is None:
        return
    if known.status in _FILED:
        raise Unfileable("The same bytes were filed before.", remedy="Dismiss this one and name the other in the reason.")
    raise Unfileable(
        f"The same bytes came by themselves and are {known.status}.", remedy="Settle that input, then dismiss this one."
    )
