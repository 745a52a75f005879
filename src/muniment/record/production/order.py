"""What is asked for: the set, the part of the record, and how it is to stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from muniment.kernel.errors import Unfileable
from muniment.record.production.definition import SETS, Mark


class Standing(StrEnum):
    """A production's life."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


OPEN = (Standing.WAITING, Standing.RUNNING)


class Uncovered(StrEnum):
    """What becomes of the types that no row of the definition covers. There is no default: somebody says it."""

    REFUSE = ""
    INCLUDE = "include"
    LEAVE_OUT = "leave out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request for a production. No stays: all of them. Days are the facility's, both included. ``as_of`` None: as it stands."""

    which: Mark
    reason: str
    stays: tuple[UUID, ...] = ()
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    trail: bool = False
    part2: bool = False
    uncovered: Uncovered = Uncovered.REFUSE

    def check(self) -> None:
        """Raise Unfileable with what is wrong with it."""
        if self.which not in SETS:
            raise Unfileable("Say which set is produced: the legal health record or the designated record set.", where="set")
        if not self.reason.strip():
            raise Unfileable("Say why the record is produced: the request, subpoena or order.", where="reason")
        if self.first and self.last and self.last < self.first:
            raise Unfileable("The last day lies before the first.", where="to")
        if self.as_of and self.as_of.tzinfo is None:
            raise Unfileable("The time as of which the record is produced needs a zone.", where="as of")

    def written(self) -> dict[str, Any]:
        """As it is kept, and as it stands in the manifest."""
        return {
            "set": str(self.which), "reason": self.reason, "stays": sorted(map(str, self.stays)),
            "first": self.first.isoformat() if self.first else "", "last": self.last.isoformat() if self.last else "",
            "as_of": self.as_of.isoformat() if self.as_of else "", "trail": self.trail, "part2": self.part2,
            "uncovered": str(self.uncovered),
        }  # fmt: skip

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        return cls(
            which=Mark(said["set"]), reason=said["reason"], stays=tuple(UUID(one) for one in said["stays"]),
            first=date.fromisoformat(said["first"]) if said["first"] else None,
            last=date.fromisoformat(said["last"]) if said["last"] else None,
            as_of=datetime.fromisoformat(said["as_of"]) if said["as_of"] else None, trail=said["trail"], part2=said["part2"],
            uncovered=Uncovered(said["uncovered"]),
        )  # fmt: skip
