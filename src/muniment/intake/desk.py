"""The intake desk: takes bytes from any channel, reads them, has them filed or quarantined, and says what became of them.

One path for files, MLLP, uploads, replays and the demo. Reading happens before the transaction; filing is all or nothing.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError, connection

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.intake import actions, fhir_json
from muniment.intake.actions import Arrival
from muniment.intake.ccda import read as ccda
from muniment.intake.directory import Directory
from muniment.intake.hl7v2 import read as hl7v2
from muniment.intake.models import Input
from muniment.intake.rules import Status, detect
from muniment.intake.submission import Submission
from muniment.kernel.errors import Problem, Unreadable

log = structlog.get_logger("muniment.intake")
RETRIES = 3
Parts = list[tuple[Arrival, Problem]]  # what can't be filed of an input, and why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input, as ``muniment intake --json`` prints it."""

    source: str
    format: str
    status: str  # filed, duplicate, quarantined
    reason: str
    entries: int
    person: str
    encounter: str
    control_id: str = ""
    input_id: UUID | None = None

    def line(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if name not in ("control_id", "input_id")}


class Desk:
    """One intake session of one channel. ``source`` names it; ``facility`` is given where the channel belongs to one."""

    def __init__(self, *, actor: Actor, source: str, facility: Facility | None = None) -> None:
        self.actor = actor
        self.source = source
        self.directory = Directory(fixed=facility)

    def take(self, content: bytes, name: str = "") -> list[Outcome]:
        """File an input, or quarantine it. Never raises for what it holds; raises DatabaseError when the database is away."""
        arrival = self.arrival(content, name)
        if known := self._seen(arrival):
            return [self.outcome(known, name, "duplicate", known.reason)]
        return self.file(arrival)

    def take_all(self, inputs: Sequence[tuple[bytes, str]]) -> list[Outcome]:
        """Several (content, name) in one transaction, each as by ``take``; what does not go together is taken one by one."""
        try:
            with unit_of_work():
                return [outcome for content, name in inputs for outcome in self._take_or_raise(content, name)]
        except (Problem, IntegrityError, OperationalError):
            self._forget()
            return [outcome for content, name in inputs for outcome in self.take(content, name)]

    def _take_or_raise(self, content: bytes, name: str) -> list[Outcome]:
        arrival = self.arrival(content, name)
        if known := self._seen(arrival):
            return [self.outcome(known, name, "duplicate", known.reason)]
        submissions, problems = self.read(arrival)
        if problems:
            raise problems[0]
        row = actions.file(actor=self.actor, arrival=arrival, submissions=submissions, directory=self.directory)
        return [self.outcome(row, name, "filed")]

    def file(self, arrival: Arrival) -> list[Outcome]:
        """File an arrival that is not known yet; its parts that can't be filed are quarantined each by itself.

        What is filed and what is quarantined of one input is committed together: a crash never keeps half of it.
        """
        try:
            submissions, problems = self.read(arrival)
        except Problem as problem:
            return self._quarantine([(arrival, problem)])
        parts = [
            (replace(arrival, place=f"{number}: {problem.where}"[:200]), problem) for number, problem in enumerate(problems, 1)
        ]
        if problems and not submissions:
            return self._quarantine(parts)
        return self._file(arrival, submissions, parts)

    def arrival(self, content: bytes, name: str) -> Arrival:
        return Arrival(
            content=content, sha256=hashlib.sha256(content).digest(), format=detect(_opened(content, head=True)),
            source=self.source, name=name, received_at=clock.now(),
        )  # fmt: skip

    def read(self, arrival: Arrival) -> tuple[list[Submission], list[Problem]]:
        submissions: list[Submission] = []
        problems: list[Problem] = []
        for part in self._parts(arrival):
            problems.append(part) if isinstance(part, Problem) else submissions.append(part)
        return submissions, problems

    def _parts(self, arrival: Arrival) -> Iterator[Submission | Problem]:
        content = _opened(arrival.content)
        if arrival.format == "hl7v2":
            yield hl7v2.read(content, zone_of=self.directory.zone_of)
        elif arrival.format == "ccda":
            yield ccda.read(content, zone_of=self.directory.zone_of, source=self.source)
        elif arrival.format == "fhir":
            yield from fhir_json.read(
                content, source=self.source, unit=arrival.name.rpartition("#")[2] if "#" in arrival.name else ""
            )
        else:
            raise Unreadable(
                "This is neither HL7 v2, nor a C-CDA document, nor FHIR JSON.",
                where="first bytes",
                remedy="Check that the right file was sent. Scans and PDFs come in through their own channel.",
            )

    def _file(self, arrival: Arrival, submissions: list[Submission], parts: Parts) -> list[Outcome]:
        for attempt in range(RETRIES):
            try:
                with unit_of_work():
                    row = actions.file(
                        actor=self.actor,
                        arrival=arrival,
                        submissions=submissions,
                        directory=self.directory,
                        status=Status.FILED,
                    )
                    kept = [self._keep(part, problem) for part, problem in parts]
                return [self.outcome(row, arrival.name, "filed"), *self._waiting(kept, parts)]
            except Problem as problem:
                self._forget()
                return self._quarantine([(arrival, problem), *parts], submission=submissions[0] if submissions else None)
            except IntegrityError:
                self._forget()
                if known := self._known(arrival):
                    return [self.outcome(known, arrival.name, "duplicate", known.reason)]
                if attempt == RETRIES - 1:
                    raise
        raise AssertionError("unreachable")

    @staticmethod
    def _seen(arrival: Arrival) -> Input | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM intake_input WHERE sha256 = %s ORDER BY place LIMIT 1", [arrival.sha256])
            found = cursor.fetchone()
        return Input.objects.get(id=found[0]) if found else None

    def _forget(self) -> None:
        """What was remembered while filing may have been rolled back."""
        self.directory = Directory(fixed=self.directory.fixed)

    def _known(self, arrival: Arrival) -> Input | None:
        return Input.objects.filter(sha256=arrival.sha256, place=arrival.place).first()

    def _quarantine(self, parts: Parts, *, submission: Submission | None = None) -> list[Outcome]:
        try:
            with unit_of_work():
                kept = [self._keep(part, problem, submission if not part.place else None) for part, problem in parts]
        except IntegrityError:
            arrival = parts[0][0]
            row = Input.objects.filter(sha256=arrival.sha256).order_by("place").first() or _missing()
            return [self.outcome(row, arrival.name, "duplicate", row.reason)]
        return self._waiting(kept, parts)

    def _keep(self, arrival: Arrival, problem: Problem, submission: Submission | None = None) -> Input:
        try:
            facility = self.directory.facility(submission.facility).id if submission else None
        except Problem:
            facility = None
        fixed = self.directory.fixed.id if self.directory.fixed else None
        return actions.quarantine(
            actor=self.actor, arrival=arrival, problem=problem, submission=submission, facility_id=facility or fixed
        )

    def _waiting(self, kept: list[Input], parts: Parts) -> list[Outcome]:
        return [
            self.outcome(row, arrival.name, "quarantined", str(problem))
            for row, (arrival, problem) in zip(kept, parts, strict=True)
        ]

    def outcome(self, row: Input, name: str, status: str, reason: str = "") -> Outcome:
        person = str(self.directory.person_of(row.patient_id)) if row.patient_id else ""
        where = f"{name}#{row.place}" if row.place else name
        return Outcome(
            source=where or self.source, format=row.format, status=status, reason=reason, entries=row.entries if status == "filed" else 0,
            person=person, encounter=str(row.encounter_id or ""), control_id=row.control_id, input_id=row.id,
        )  # fmt: skip


def _opened(content: bytes, *, head: bool = False) -> bytes:
    """The bytes themselves, or what is inside a gzip; of a damaged one nothing, when only its head is asked for."""
    if not head:
        return fhir_json.unpack(content)
    if content[:2] != b"\x1f\x8b":
        return content[:1024]
    return zlib.decompressobj(wbits=31).decompress(content[:4096], 1024) if _sound(content) else b""


def _sound(content: bytes) -> bool:
    try:
        zlib.decompressobj(wbits=31).decompress(content[:4096], 1024)
    except zlib.error:
        return False
    return True


def _missing() -> Input:
    raise DatabaseError("an input that was just refused as known is not there")


__all__ = ["Desk", "Outcome"]
