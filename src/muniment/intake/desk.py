"""The intake desk: takes bytes from any channel, reads them, has them filed or quarantined, and says what became of them.

One path for files, MLLP, uploads, replays and the demo. Reading happens before the transaction; filing is all or nothing.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from django.db import IntegrityError, connection
from psycopg.errors import DeadlockDetected

from muniment.accounts.models import Facility
from muniment.core import clock, malware
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.intake import actions, ahead, fhir_json
from muniment.intake.actions import Arrival
from muniment.intake.ccda import read as ccda
from muniment.intake.directory import Directory
from muniment.intake.hl7v2 import read as hl7v2
from muniment.intake.models import Input
from muniment.intake.rules import detect
from muniment.intake.submission import Submission
from muniment.kernel.errors import Problem, Unfileable, Unreadable

RETRIES = 3
OPENERS: dict[str, Callable[[Desk, Arrival], list[Outcome]]] = {}  # format → who opens what carries others
Parts = list[tuple[Arrival, Problem]]  # what can't be filed of an input, and why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input, as ``muniment intake --json`` prints it."""

    source: str
    format: str
    status: str  # filed, duplicate, quarantined; of scanned pages "filed" means: taken to be indexed
    reason: str
    entries: int
    person: str
    encounter: str
    control_id: str = ""
    input_id: UUID | None = None

    def line(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if name not in ("control_id", "input_id")}


Taken = list[Outcome] | Exception  # what became of an input, or what kept it from being taken at all


@dataclass(slots=True)
class Reading:
    """One input as its desk has read it, before the transaction: what is in it, and what of it can't be filed."""

    desk: Desk
    arrival: Arrival
    submissions: list[Submission] = field(default_factory=list)
    parts: Parts = field(default_factory=list)


class Desk:
    """One intake session of one channel. ``source`` names it; ``facility`` is given where the channel belongs to one.

    ``origin``: whose records it brings, where they are not our own (another organisation, "the patient"); of mail it may be each
    ``sender_is_origin``. ``sender`` and ``envelope``: of the message whose parts are taken here.
    Desks that are used one after another may share what they remember (``directory``).
    """

    def __init__(
        self,
        *,
        actor: Actor,
        source: str,
        facility: Facility | None = None,
        directory: Directory | None = None,
        origin: str = "",
        sender_is_origin: bool = False,
        sender: str = "",
        envelope: UUID | None = None,
    ) -> None:
        self.actor = actor
        self.source, self.origin, self.sender_is_origin = source, origin, sender_is_origin
        self.sender, self.envelope = sender, envelope
        self.directory = directory or Directory(fixed=facility)

    def take(self, content: bytes, name: str = "") -> list[Outcome]:
        """File an input, or quarantine it. Never raises for what it holds; raises DatabaseError when the database is away."""
        return self.take_all([(content, name)])

    def take_all(self, inputs: Sequence[tuple[bytes, str]]) -> list[Outcome]:
        """Several (content, name) in one transaction, each as by ``take``. Raises what kept one from being taken, after the rest."""
        taken = take_lot([(self, content, name) for content, name in inputs])
        for one in taken:
            if isinstance(one, Exception):
                raise one
        return [outcome for one in taken if not isinstance(one, Exception) for outcome in one]

    def reading(self, arrival: Arrival) -> Reading:
        """Read an arrival; its parts that can't be filed are quarantined each by itself.

        Raises NotScanned where the malware scanner could not look at it: then nothing is taken, and it waits where it is.
        """
        try:
            submissions, problems = self.read(arrival)
        except malware.NotScanned:
            raise
        except Problem as problem:
            return Reading(self, arrival, [], [(arrival, problem)])
        parts = [
            (replace(arrival, place=f"{number}: {problem.where}"[:200]), problem) for number, problem in enumerate(problems, 1)
        ]
        return Reading(self, arrival, submissions, parts)

    def arrival(self, content: bytes, name: str) -> Arrival:
        return Arrival(
            content=content, sha256=hashlib.sha256(content).digest(), format=detect(_opened(content, head=True)),
            source=self.source, name=name, received_at=clock.now(), origin=self.origin,
            sender=self.sender, envelope_id=self.envelope,
        )  # fmt: skip

    def read(self, arrival: Arrival) -> tuple[list[Submission], list[Problem]]:
        """What is in an arrival and what of it can't be filed. Raises Infected and NotScanned before anything of it is read."""
        malware.look(arrival.content)
        submissions: list[Submission] = []
        problems: list[Problem] = []
        for part in self._parts(arrival):
            problems.append(part) if isinstance(part, Problem) else submissions.append(part)
        _look_inside(arrival, submissions)
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
        elif arrival.format in OPENERS:
            raise Unfileable(
                "A message or package is opened when it comes; it can't be replayed.", where="whole",
                remedy="Have it delivered again, or bring in by itself what it holds; then dismiss it.",
            )  # fmt: skip
        else:
            raise Unreadable(
                "This is neither HL7 v2, nor a C-CDA document, nor FHIR JSON, nor an e-mail message, nor an XDM package.",
                where="first bytes",
                remedy="Check that the right file was sent. Scans and PDFs come in through their own channel.",
            )

    def known(self, sha256: bytes) -> Input | None:
        """The input that these bytes made, if they came before."""
        return _seen([sha256]).get(sha256)

    def file(self, reading: Reading) -> tuple[Input, list[Outcome]]:
        """File what can be filed of an input and keep the rest in quarantine, inside the caller's unit of work.

        What is filed and what is quarantined of one input is committed together: a crash never keeps half of it.
        """
        filed = []
        if reading.submissions or not reading.parts:
            filed = [
                actions.file(
                    actor=self.actor, arrival=reading.arrival, submissions=reading.submissions, directory=self.directory
                )
            ]
        kept = [self._keep(part, problem) for part, problem in reading.parts]
        outcomes = [self.outcome(row, reading.arrival.name, "filed") for row in filed]
        return [*filed, *kept][0], [*outcomes, *self._waiting(kept, reading.parts)]

    def quarantine(self, reading: Reading, problem: Problem) -> list[Outcome]:
        """Keep an input that was read and then could not be filed."""
        first = reading.submissions[0] if reading.submissions else None
        parts = [(reading.arrival, problem), *reading.parts]
        with unit_of_work():
            kept = [self._keep(part, told, first if not part.place else None) for part, told in parts]
        return self._waiting(kept, parts)

    def duplicate(self, known: Input, name: str) -> list[Outcome]:
        return [self.outcome(known, name, "duplicate", known.reason)]

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


def take_lot(inputs: Sequence[tuple[Desk, bytes, str]]) -> list[Taken]:
    """Take (desk, content, name) in one transaction, in order; what became of each.

    What does not go together goes by itself: one that can't be filed never keeps another from being filed, and what is said of
    an input holds for it alone. Everything said here is committed.
    """
    arrivals = [(desk, desk.arrival(content, name)) for desk, content, name in inputs]
    known = _seen([arrival.sha256 for _, arrival in arrivals])
    done: list[Taken | None] = []
    lot: list[Reading] = []
    for desk, arrival in arrivals:
        told = desk.duplicate(known[arrival.sha256], arrival.name) if arrival.sha256 in known else _begun(desk, arrival)
        lot += [told] if isinstance(told, Reading) else []
        done.append(None if isinstance(told, Reading) else told)
    filed = iter(file_lot(lot))
    return [next(filed) if one is None else one for one in done]


def _begun(desk: Desk, arrival: Arrival) -> Reading | Taken:
    """What carries others is opened and taken by itself; the rest is read, to be filed with its lot."""
    try:
        if arrival.format in OPENERS:
            return OPENERS[arrival.format](desk, arrival)
        return desk.reading(arrival)
    except Exception as fault:
        return fault


def file_lot(lot: Sequence[Reading], retries: int = RETRIES) -> list[Taken]:
    """File what was read and is not known yet, as ``take_lot`` says.

    Where another transaction came first with a number or a file of the lot, its rows are there now: the lot goes together again.
    """
    if len(lot) <= 1:
        return [_file_alone(reading) for reading in lot]
    taken: list[Taken] = []
    try:
        with unit_of_work():
            _ask_ahead(lot)
            kept: dict[bytes, Input] = {}
            for reading in lot:
                taken.append(_file_next(reading, kept))
    except Problem:
        _forget(lot)
        place = len(taken)  # of the one that can't be filed: what is before and after it goes together all the same
        return [*file_lot(lot[:place]), *file_lot(lot[place : place + 1]), *file_lot(lot[place + 1 :])]
    except Exception as error:
        _forget(lot)
        if retries and _came_first(error) and not _seen([reading.arrival.sha256 for reading in lot]):
            return file_lot(lot, retries - 1)
        return [_file_alone(reading) for reading in lot]
    return taken


def _ask_ahead(lot: Sequence[Reading]) -> None:
    for directory in {id(reading.desk.directory): reading.desk.directory for reading in lot}.values():
        ahead.prepare(directory, [one for reading in lot if reading.desk.directory is directory for one in reading.submissions])


def _file_next(reading: Reading, kept: dict[bytes, Input]) -> list[Outcome]:
    """``kept``: what the lot has taken so far, by hash. The same bytes twice in a lot change nothing either."""
    arrival = reading.arrival
    if arrival.sha256 in kept:
        return reading.desk.duplicate(kept[arrival.sha256], arrival.name)
    kept[arrival.sha256], outcomes = reading.desk.file(reading)
    return outcomes


def _file_alone(reading: Reading) -> Taken:
    """One input in a transaction of its own; again where another transaction came first with the same number or bytes."""
    for _ in range(RETRIES):
        try:
            return _file_or_quarantine(reading)
        except Exception as error:
            _forget([reading])
            if not _came_first(error):
                return error
            last = error
            if known := _seen([reading.arrival.sha256]):
                return reading.desk.duplicate(known[reading.arrival.sha256], reading.arrival.name)
    return last


def _file_or_quarantine(reading: Reading) -> list[Outcome]:
    try:
        with unit_of_work():
            _ask_ahead([reading])
            return reading.desk.file(reading)[1]
    except Problem as problem:
        _forget([reading])
        return reading.desk.quarantine(reading, problem)


def _came_first(error: Exception) -> bool:
    return isinstance(error, IntegrityError) or isinstance(error.__cause__, DeadlockDetected)


def _forget(lot: Sequence[Reading]) -> None:
    """What was remembered while filing may have been rolled back."""
    for reading in lot:
        reading.desk.directory.forget()


def _seen(hashes: list[bytes]) -> dict[bytes, Input]:
    """The inputs that these bytes made, by hash: whole ones before parts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (sha256) id, sha256 FROM intake_input WHERE sha256 = ANY(%s) ORDER BY sha256, place", [hashes]
        )
        found = cursor.fetchall()
    rows = Input.objects.in_bulk([one for one, _ in found]) if found else {}
    return {bytes(sha256): rows[one] for one, sha256 in found}


def _look_inside(arrival: Arrival, submissions: Sequence[Submission]) -> None:
    """Documents lie in messages as base64, which no scanner unpacks: each is looked at by itself. Raises as ``malware.look``."""
    if not malware.is_set_up():
        return
    for draft in (draft for submission in submissions for draft in submission.drafts):
        if draft.document is not None and draft.document.content != arrival.content:
            malware.look(draft.document.content, where=f"document of {draft.key}"[:300])


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


__all__ = ["Desk", "Outcome", "take_lot"]
