"""The folders of channels: what lies whole in them is taken by the one path there is for it, and put aside.

A file that can't be opened or moved, or that breaks what takes it, stays where it is, keeps no other one back and is put before somebody.
One that the malware scanner could not look at stays too: that the scanner does not answer is said once.
No link is followed. What is scanned (PDF, TIFF, JPEG, PNG) goes to scanning, everything else to the intake desk.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import OperationalError

from muniment.accounts.models import Facility
from muniment.accounts.queries import facility_by_code
from muniment.channels.queries import channels
from muniment.channels.rules import (
    FOLDER_NAME,
    LEFT,
    MOST_SIDE_BYTES,
    REFUSED,
    SIDE_ENDINGS,
    TAKEN,
    WITH_FOLDER,
    Fax,
    Kind,
    file_key,
    side_file,
)
from muniment.core.actor import Actor
from muniment.core.malware import NotScanned
from muniment.intake import runs
from muniment.intake.desk import Desk
from muniment.kernel.errors import Problem
from muniment.scanning import jobs as scanning
from muniment.scanning import taking

log = structlog.get_logger("muniment.channels")
SETTLED_SECONDS = 10  # a file that has not grown for so long is whole
SIDE_SECONDS = 120  # so long a fax waits for what its server says of it
SCANNER = "watch folder"
SCANS = {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"}
MAILDIR = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder that is watched, and what is known of all that lies in it. ``only``: the endings taken; empty for all."""

    folder: Path
    channel: str
    kind: Kind = Kind.FOLDER
    facility: Facility | None = None
    origin: str = ""
    sender_is_origin: bool = False
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: "filed", "duplicate", "quarantined" or "taken"; "refused" where nothing could be kept of it.

    "left" where it broke what takes it, and lies where it lay; ``key`` tells that file from all others then.
    """

    name: str
    status: str
    words: str
    key: str = ""


def places() -> list[Place]:
    """The folders of the channels that are switched on, and those of scanners by facility."""
    return [*_of_channels(), *_of_scanners(settings.MUNIMENT_SCAN_FOLDER)]


def _of_channels() -> Iterator[Place]:
    if settings.MUNIMENT_CHANNELS is None:
        return
    for row in channels():
        if row.active and row.kind in WITH_FOLDER and _lies_under_ours(row.folder):
            yield Place(
                folder=settings.MUNIMENT_CHANNELS / row.folder, channel=row.name, kind=Kind(row.kind), facility=row.facility,
                origin=row.origin, sender_is_origin=row.sender_is_origin,
            )  # fmt: skip


def _lies_under_ours(folder: str) -> bool:
    """A row of the database is not believed: whoever writes one past the actions must not have any file of the server read and moved."""
    if FOLDER_NAME.fullmatch(folder) and folder not in (TAKEN, REFUSED):
        return True
    log.error("a channel names a folder that is none of ours; nothing is taken from it")
    return False


def _of_scanners(folder: Path | None) -> Iterator[Place]:
    for place in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
        facility = facility_by_code(place.name) if place.is_dir() and not place.is_symlink() else None
        if facility is not None:
            yield Place(folder=place, channel=SCANNER, facility=facility, only=frozenset(SCANS))


def take(actor: Actor, place: Place) -> Iterator[Outcome]:
    """Take what lies whole in a place; then it is moved to ``taken``, or to ``refused``, beside it.

    Whatever goes wrong with a file, or with the folder, is that one's: it stays, and is tried again.
    """
    for path in _files(place):
        try:
            if not _is_whole(path) or (place.kind is Kind.FAX and _waits_for_its_side_file(path)):
                continue
            yield _take_from(actor, place, path)
        except NotScanned:  # nothing is taken until the scanner answers, which is said once
            log.warning("a file of a channel was left, for the malware scanner did not look at it", channel=place.channel)
        except OSError as error:
            log.warning("a file of a channel was left", channel=place.channel, error=type(error).__name__)
            if os.path.lexists(path):  # nobody took it away
                yield _left(place, path, f"It can’t be opened or moved ({type(error).__name__})")
        except OperationalError:  # the database is away: for the next file too
            raise
        except Exception as error:
            log.exception("a file of a channel broke what takes it, and was left", channel=place.channel)
            yield _left(place, path, f"It broke what takes it ({type(error).__name__}; the log says where)")


def _left(place: Place, path: Path, trouble: str) -> Outcome:
    return Outcome(taking.shown(path.name), LEFT, trouble, _key(place, path))


def _key(place: Place, path: Path) -> str:
    """The channel and a digest of where the file lies: its name may be no text, or name a patient."""
    return file_key(place.channel, hashlib.sha256(os.fsencode(path)).hexdigest())


def lying(place: Place) -> set[str] | None:
    """The keys of all files that lie in a place, taken or not; None where its folder can't be read."""
    try:
        return {_key(place, path) for path in _lying_in(place)}
    except OSError:
        return None


def _files(place: Place) -> list[Path]:
    """In order of name. Of a maildir, what was delivered and nobody has read. Not the side files of faxes.

    None of a folder that can't be read, a share that is away: the other channels are looked into all the same.
    """
    try:
        found = _lying_in(place)
    except OSError as error:
        log.warning("the folder of a channel can't be read", channel=place.channel, error=type(error).__name__)
        return []
    found = [one for one in found if not one.name.startswith(".")]
    if place.only:
        found = [one for one in found if one.suffix.lower() in place.only]
    if place.kind is Kind.FAX:
        found = [one for one in found if one.suffix.lower() in SCANS]
    return sorted(found)


def _lying_in(place: Place) -> list[Path]:
    folder = place.folder
    if not folder.is_dir() or folder.is_symlink():
        return []
    found = list(folder.iterdir())
    if place.kind is Kind.MAIL and (folder / MAILDIR).is_dir() and not (folder / MAILDIR).is_symlink():
        found += (folder / MAILDIR).iterdir()
    return found


def _is_whole(path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and time.time() - found.st_mtime > SETTLED_SECONDS


def _waits_for_its_side_file(path: Path) -> bool:
    side = _side(path)
    if side is not None:
        return not _is_whole(side)
    return time.time() - path.lstat().st_mtime < SIDE_SECONDS


def _side(path: Path) -> Path | None:
    """``0001.json`` or ``0001.tif.json`` beside ``0001.tif``."""
    named = [path.with_suffix(ending) for ending in SIDE_ENDINGS] + [Path(f"{path}{ending}") for ending in SIDE_ENDINGS]
    return next((one for one in named if one.exists() and not one.is_symlink()), None)


def _take_from(actor: Actor, place: Place, path: Path) -> Outcome:
    side = _side(path) if place.kind is Kind.FAX else None
    if path.suffix.lower() in SCANS or _head(path)[:4] in (b"%PDF", b"II*\0", b"MM\0*"):
        outcome = _scan(actor, place, path, side)
    else:
        outcome = _at_the_desk(actor, place, path)
    for one in [path, side] if side else [path]:
        _put_aside(place, one, REFUSED if outcome.status == "refused" else TAKEN)
    log.info("a file of a channel was taken", channel=place.channel, outcome=outcome.status)
    return outcome


def _scan(actor: Actor, place: Place, path: Path, side: Path | None) -> Outcome:
    name = taking.shown(path.name)
    if place.facility is None:
        return Outcome(name, "refused", f"{place.channel} belongs to no one facility, and a scan does not say whose it is.")
    fax = _fax(side) if place.kind is Kind.FAX else None
    arrival = taking.arrival_of(
        path, facility=place.facility, source=place.channel, operator=actor, follow=False, came=fax.words if fax else ""
    )
    if isinstance(arrival, Problem):
        return Outcome(name, "refused", str(arrival))
    found = taking.take(actor, arrival)
    if found.status == "taken":
        scanning.read_soon()
    return Outcome(name, found.status, found.words)


def _fax(side: Path | None) -> Fax:
    return side_file(_head(side, MOST_SIDE_BYTES)) if side else Fax()


def _at_the_desk(actor: Actor, place: Place, path: Path) -> Outcome:
    """Every input in the file at the intake desk. The gravest of what became of them stands for the file."""
    desk = Desk(
        actor=actor, source=place.channel, facility=place.facility, origin=place.origin, sender_is_origin=place.sender_is_origin
    )
    name, statuses, words = taking.shown(path.name), set[str](), ""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        for unit, content in runs.units(file, os.fstat(file.fileno()).st_size):
            if isinstance(content, Problem):
                return Outcome(name, "refused", str(content))
            for told in desk.take(content, f"{name}#{unit}" if unit else name):
                statuses.add(told.status)
                words = words or told.reason
    status = next((one for one in ("quarantined", "filed", "duplicate") if one in statuses), "filed")
    return Outcome(name, status, words)


def _head(path: Path, count: int = 1024) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(count)


def _put_aside(place: Place, path: Path, where: str) -> None:
    aside = place.folder / where
    aside.mkdir(exist_ok=True)
    if aside.is_symlink():
        raise NotADirectoryError("a link stands where files are put aside")
    target = aside / path.name
    path.rename(target if not target.exists() else aside / f"{path.stem}-{time.time_ns()}{path.suffix}")
