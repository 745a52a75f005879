"""What an interface is, when it has been silent too long, and what a fax server says beside a fax. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
TAKEN, REFUSED = "taken", "refused"  # where files are put aside
LEFT = "left"  # what became of a file that broke what takes it
MOST_MINUTES = 60 * 24 * 92  # a quarter: who speaks more seldom is not watched
SIDE_ENDINGS = (".json", ".txt")
MOST_SIDE_BYTES = 16 * 1024
_SENDER = ("from", "sender", "caller", "callerid", "remote", "number")
_RECEIVED = ("received", "time", "date")


class Kind(StrEnum):
    LINE = "line"
    FOLDER = "folder"
    FAX = "fax"
    MAIL = "mail"


WORDS = {
    Kind.LINE: "Messages over MLLP, or files a command brings",
    Kind.FOLDER: "Folder of files",
    Kind.FAX: "Folder of a fax server",
    Kind.MAIL: "Folder of a mail server or of a Direct HISP",
}
SHORT = {Kind.LINE: "MLLP, command", Kind.FOLDER: "Folder", Kind.FAX: "Fax", Kind.MAIL: "Mail"}
WITH_FOLDER = (Kind.FOLDER, Kind.FAX, Kind.MAIL)
OF_ONE_FACILITY = (Kind.FAX, Kind.MAIL)  # what they bring does not say whose it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rule book says of interfaces; where it says nothing, the strictest: once its interval has passed, and a day."""

    intervals: float = 1.0
    quarantine_hours: int = 24

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Policy:
        """From the parameters of all rules of interfaces together. What is none of them is passed over."""
        known = {name: type(getattr(cls(), name))(value) for name, value in parameters.items() if name in cls.__slots__}
        return cls(**known)


def silent_since(last: datetime, expected_minutes: int | None, now: datetime, policy: Policy) -> datetime | None:
    """Since when a channel is late, None where it is not or nobody expects it. ``last``: its last message, or when it was set up."""
    if not expected_minutes:
        return None
    expected = last + timedelta(minutes=expected_minutes * policy.intervals)
    return expected if expected < now else None


def file_key(channel: str, digest: str) -> str:
    """What tells a file that was left from all others: its channel, and a digest of where it lies."""
    return f"{channel}:{digest[:32]}"


def channel_of(key: str) -> str:
    """The channel of a file that was left."""
    return key.rpartition(":")[0]


def every(minutes: int | None) -> str:
    """``every 15 min``, ``every 2 h``, ``every 3 d``; "not watched"."""
    if not minutes:
        return "not watched"
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes % size == 0:
            return f"every {minutes // size} {unit}"
    return f"every {minutes} min"


@dataclass(frozen=True, slots=True)
class Fax:
    """What a fax server wrote beside a fax: the sender's number as it came, and when it came as it was written."""

    sender: str = ""
    received: str = ""

    @property
    def words(self) -> str:
        return f"Received by fax from {self.sender or 'a number that is not known'}" + (
            f", {self.received}" if self.received else ""
        )


def side_file(content: bytes) -> Fax:
    """A JSON object or lines of "name: value". What is neither, or names nothing known, says nothing."""
    text = content[:MOST_SIDE_BYTES].decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):  # a fax server is not trusted to close what it opens
        said = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    if not isinstance(said, dict):
        return Fax()
    named = {re.sub(r"[^a-z]", "", str(name).lower()): _line(value) for name, value in said.items()}
    return Fax(_first(named, _SENDER), _first(named, _RECEIVED))


def _first(named: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((named[name] for name in names if named.get(name)), "")


def _line(value: object) -> str:
    text = " ".join(str(value).split())[:80]
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
