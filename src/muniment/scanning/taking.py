"""The scanning desk: takes files from an upload, a command or a channel, and says what became of each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import IntegrityError

from muniment.accounts.models import Facility
from muniment.core import clock, malware
from muniment.core.actor import Actor
from muniment.kernel.errors import Problem, Unreadable
from muniment.scanning import actions, permissions, queries
from muniment.scanning.making import Arrival
from muniment.scanning.models import Batch
from muniment.scanning.rules import MOST_BYTES, BatchState

ENDINGS = {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: "taken", "known" (the same bytes came before) or "refused", with the sentence."""

    name: str
    status: str
    words: str
    batch: Batch | None = None


def take(actor: Actor, arrival: Arrival) -> Outcome:
    """Take one file. Raises Refused where the actor may not, NotScanned where the malware scanner could not look at it.

    Whatever is wrong with the file is told in the outcome.
    """
    if known := queries.by_hash(arrival.sha256):
        return _known(actor, arrival, known)
    try:
        return _take(actor, arrival)
    except IntegrityError:
        known = queries.by_hash(arrival.sha256)
        if known is None:
            raise
        return _known(actor, arrival, known)


def _take(actor: Actor, arrival: Arrival) -> Outcome:
    from muniment.scanning import reader

    try:
        malware.look(arrival.content)
        checked = reader.check(arrival.content, arrival.name)
    except malware.Infected as found:
        told = Unreadable(found.what, remedy="Tell the security officer. If the scanner is wrong, scan the paper again.")
        row = actions.refuse(actor=actor, arrival=arrival, problem=told)
        return Outcome(arrival.name, "refused", str(told), row)
    except Unreadable as told:
        row = actions.refuse(actor=actor, arrival=arrival, problem=told)
        return Outcome(arrival.name, "refused", str(told), row)
    row = actions.take(actor=actor, arrival=arrival, checked=checked)
    return Outcome(arrival.name, "taken", f"{row.pages} {'page' if row.pages == 1 else 'pages'}, being read", row)


def _known(actor: Actor, arrival: Arrival, known: Batch) -> Outcome:
    """What another facility calls its file may be a name of its patient."""
    if not permissions.can_read(actor, known):
        return Outcome(arrival.name, "known", "The same bytes came before, at another facility; nothing was taken twice.")
    came = f"The same bytes came before, as “{known.name}” on {known.received_at:%d %b %Y}"
    rest = "; they were refused." if known.state in (BatchState.REFUSED, BatchState.DISMISSED) else "; nothing was taken twice."
    return Outcome(arrival.name, "known", came + rest, known)


def arrival_of(
    path: Path, *, facility: Facility, source: str, operator: Actor, paper: str = "", came: str = "", follow: bool = True
) -> Arrival | Problem:
    """A file on disk; the Problem that says why it is not even opened. Raises OSError; for a link too, where it may not ``follow`` one."""
    with os.fdopen(os.open(path, os.O_RDONLY | (0 if follow else os.O_NOFOLLOW)), "rb") as file:
        found, content = os.fstat(file.fileno()), file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return Unreadable(
            f"The file has {found.st_size // 2**20:,} MB; at most {MOST_BYTES // 2**20} are taken.",
            remedy="Scan it in smaller batches.",
        )
    now = clock.now()
    scanned = datetime.fromtimestamp(found.st_mtime, ZoneInfo(facility.zone)).date()
    return Arrival(
        content=content, name=shown(path.name), source=source, facility=facility, operator_id=operator.id,
        operator_name=operator.name, received_at=now, scanned_on=min(scanned, now.astimezone(ZoneInfo(facility.zone)).date()), paper=paper, came=came,
    )  # fmt: skip


def shown(name: str) -> str:
    """A name as it can be kept: what is no character (a file system's bytes of another alphabet) is marked."""
    return "".join(one if one.isprintable() else "\ufffd" for one in name)
