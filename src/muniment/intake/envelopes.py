"""Messages and packages that carry others: opened, each thing in them taken by the one path there is for it, and kept whole.

The message itself is an input of its own (its bytes, sender, Message-ID and times); what came in it names it (``envelope_id``).
Scanned pages go to the taker that is registered for them: scanning is no part of intake.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core import malware
from muniment.core.actor import Actor
from muniment.intake import actions, mail, xdm
from muniment.intake.actions import Arrival
from muniment.intake.desk import Desk, Outcome, Reading, file_lot
from muniment.intake.mail import Attachment, Letter
from muniment.intake.models import Input
from muniment.intake.rules import FORMATS, detect, looks_scanned
from muniment.kernel.errors import Problem, Unfileable
from muniment.kernel.ids import uuid7
from muniment.record import blobs

MOST_SET, MOST_LINES = 200_000, 5_000  # characters and lines of a text that is set as pages: a hundred of them
UNNAMED_SENDER = "a sender who is not named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Pages that came in a message: a PDF or a TIFF, and how it came, in words."""

    content: bytes = field(repr=False)
    name: str
    source: str
    facility: Facility
    came: str
    received_at: datetime


ScanTaker = Callable[[Actor, Scan], tuple[str, str]]  # → status of an outcome, and words
_takers: list[ScanTaker] = []


def scans_go_to(taker: ScanTaker) -> None:
    """Register who takes scanned pages. Called once, in an AppConfig's ``ready``."""
    _takers[:] = [taker]


def take_mail(desk: Desk, arrival: Arrival) -> list[Outcome]:
    """What became of a message, and of each thing in it. Raises NotScanned, with nothing kept of the message itself."""
    try:
        malware.look(arrival.content)
        letter = mail.read(arrival.content)
    except malware.NotScanned:
        raise
    except Problem as problem:
        return desk.quarantine(Reading(desk, arrival), problem)
    if known := _delivered_before(desk, letter):
        return desk.duplicate(known, arrival.name)
    return _take_letter(desk, arrival, letter)


def _delivered_before(desk: Desk, letter: Letter) -> Input | None:
    """The same message over the same channel, however its way is written in its header: the same id, and the same in it."""
    if not letter.message_id:
        return None
    rows = Input.objects.filter(format="mail", control_id=letter.message_id, source=desk.source).exclude(malware__gt="")
    return next((row for row in rows.order_by("id")[:20] if _carries(row) == _carried(letter)), None)


def _carries(row: Input) -> tuple[str, ...] | None:
    try:
        return _carried(mail.read(blobs.get(bytes(row.sha256))))
    except Problem:
        return None


def _carried(letter: Letter) -> tuple[str, ...]:
    return (*(hashlib.sha256(one.content).hexdigest() for one in letter.attachments), letter.text)


def _take_letter(desk: Desk, arrival: Arrival, letter: Letter) -> list[Outcome]:
    envelope = uuid7()
    inner = Desk(
        actor=desk.actor, source=desk.source, facility=desk.directory.fixed, envelope=envelope, sender=letter.sender,
        origin=(letter.sender or UNNAMED_SENDER) if desk.sender_is_origin else desk.origin,
    )  # fmt: skip
    done = [one for part in letter.attachments for one in _take_part(inner, arrival, letter, part)]
    done += [_refuse_part(inner, arrival, where, problem) for where, problem in letter.problems]
    if not letter.attachments and not letter.problems:
        done += _take_body(inner, arrival, letter)
    if not done:
        return _keep(desk, arrival, letter, envelope, [], Unfileable("The message holds nothing: no attachment and no text.", remedy="Dismiss it, or ask the sender."))  # fmt: skip
    return [*_keep(desk, arrival, letter, envelope, done), *done]


def _keep(
    desk: Desk, arrival: Arrival, letter: Letter, envelope: UUID, done: Sequence[Outcome], problem: Problem | None = None
) -> list[Outcome]:
    row = actions.keep_letter(
        actor=desk.actor, arrival=arrival, letter=letter, input_id=envelope, facility=desk.directory.fixed, problem=problem,
        remarks=[*_times(letter), *(_said(one) for one in done)],
    )  # fmt: skip
    return [desk.outcome(row, arrival.name, row.status, row.reason)]


def _times(letter: Letter) -> list[str]:
    return [f"Delivered {letter.received:%d %b %Y, %H:%M %z} by its Received field."] if letter.received else []


def _said(one: Outcome) -> str:
    place = one.source.rpartition("#")[2]
    return f"{place}: {one.status}{'. ' + one.reason if one.reason else ''}"[:400]


def _take_part(desk: Desk, arrival: Arrival, letter: Letter, part: Attachment) -> list[Outcome]:
    name = f"{arrival.name}#part {part.where} {part.name}".strip()
    if looks_scanned(part.content, part.media_type):
        return [_take_scan(desk, arrival, _came(letter), name, part.content)]
    return desk.take(part.content, name)


def _came(letter: Letter) -> str:
    when = letter.dated or letter.received
    return f"Received by e-mail from {letter.sender or UNNAMED_SENDER}" + (f", {when:%d %b %Y, %H:%M %z}" if when else "")


def _take_scan(desk: Desk, arrival: Arrival, came: str, name: str, content: bytes) -> Outcome:
    facility = desk.directory.fixed
    if facility is None or not _takers:
        return _refused(desk, content, name, Unfileable(
            "These are scanned pages, and its channel does not say which facility they belong to.",
            remedy="Download them and bring them in under Scans, then dismiss this one. Name the channel’s facility.",
        ))  # fmt: skip
    scan = Scan(
        content=content, name=name.rpartition("#")[2], source=desk.source, facility=facility, came=came, received_at=arrival.received_at
    )  # fmt: skip
    status, words = _takers[0](desk.actor, scan)
    return Outcome(name, "scan", status, words, 0, "", "")


def _take_body(desk: Desk, arrival: Arrival, letter: Letter) -> list[Outcome]:
    """The text itself is the document where there is nothing else: set as pages, whose patient a person tells."""
    if not letter.text:
        return []
    if len(letter.text) > MOST_SET or letter.text.count("\n") > MOST_LINES:
        return [_refuse_part(desk, arrival, "text", Unfileable(
            f"Its text has more than {MOST_SET:,} characters or {MOST_LINES:,} lines; it was not set as pages.",
            remedy="Download the message, and bring in what of it belongs into a chart.",
        ))]  # fmt: skip
    from muniment.intake.typeset import letter_pages

    return [_take_scan(desk, arrival, _came(letter), f"{arrival.name}#its text", letter_pages(letter))]


def _refuse_part(desk: Desk, arrival: Arrival, where: str, problem: Problem) -> Outcome:
    """A part that can't be decoded: it waits under the bytes of the whole message, as the parts of a Bundle do."""
    part = replace(arrival, place=f"part {where}"[:200], envelope_id=desk.envelope, sender=desk.sender)
    return desk.quarantine(Reading(desk, part), problem)[0]


def _refused(desk: Desk, content: bytes, name: str, problem: Problem) -> Outcome:
    return desk.quarantine(Reading(desk, desk.arrival(content, name)), problem)[0]


def take_package(desk: Desk, arrival: Arrival) -> list[Outcome]:
    """What became of an XDM package and of each document in it. Raises NotScanned, with nothing kept of the package itself."""
    try:
        malware.look(arrival.content)
        package = xdm.read(arrival.content)
    except malware.NotScanned:
        raise
    except Problem as problem:
        return desk.quarantine(Reading(desk, arrival), problem)
    own = uuid7()
    inner = Desk(
        actor=desk.actor, source=desk.source, facility=desk.directory.fixed, origin=desk.origin, sender=desk.sender, envelope=own
    )  # fmt: skip
    done = [one for entry in package.entries for one in _take_entry(inner, arrival, entry)]
    row = actions.keep_package(
        actor=desk.actor, arrival=arrival, input_id=own, facility=desk.directory.fixed,
        remarks=[*package.remarks, *(_said(one) for one in done)],
    )  # fmt: skip
    return [desk.outcome(row, arrival.name, "filed"), *done]


def _take_entry(desk: Desk, arrival: Arrival, entry: xdm.Entry) -> list[Outcome]:
    """A document whose own format says what it is goes by its reader; any other is filed with its metadata."""
    name = f"{arrival.name}#{entry.path}"
    part = replace(desk.arrival(entry.content, name), format="xdm", media_type=entry.media_type)
    if entry.problem:
        if not entry.content:  # it did not come: what is missing stands under the package's own bytes
            part = replace(arrival, place=entry.path[-200:], envelope_id=desk.envelope)
        return desk.quarantine(Reading(desk, part), entry.problem)
    if detect(entry.content[:1024]) in FORMATS[:3]:
        return desk.take(entry.content, name)
    if known := desk.known(part.sha256):
        return desk.duplicate(known, name)
    try:
        malware.look(entry.content, where=entry.path)
    except malware.Infected as found:
        return desk.quarantine(Reading(desk, part), found)
    assert entry.submission is not None
    [taken] = file_lot([Reading(desk, part, [entry.submission])])
    if isinstance(taken, Exception):
        raise taken
    return taken
