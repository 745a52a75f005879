"""Notes of stays that a feature is to look at again: made in the transaction that makes it necessary, taken by its worker (ADR 0004).

Rows are only ever added and removed, never merged: a writer never waits for work in progress, and a change that commits while
a stay is looked at leaves its own row for the next run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from muniment.core.actions import at_end, held
from muniment.core.bulk import Asked, ask, at_close
from muniment.core.literals import filled
from muniment.rulebook.happenings import RuleChanged

Stay = tuple[UUID, UUID]  # (patient, encounter)
NUDGE_SECONDS = 1.0  # at most one job per process in this time; it starts later than that, so it sees all of it


_CONCERNED = "discharged_at >= %s::date - 1 AND status = 'finished'"  # a day more: the day it is there may be another
# by its facility's clock: what is looked at again may be a day more, what is told is not
_THAT_DAY = "(discharged_at AT TIME ZONE (SELECT zone FROM accounts_facility WHERE id = facility_id))::date >= %s"


@dataclass(slots=True)
class _Noted:
    """What one unit of work has noted and not written yet: however often it names a stay, that makes one row."""

    stays: set[Stay] = field(default_factory=set)
    if_finished: set[Stay] = field(default_factory=set)
    patients: set[UUID] = field(default_factory=set)  # all of whose finished stays are meant

    def __bool__(self) -> bool:
        return bool(self.stays or self.if_finished or self.patients)


class Outbox:
    """One feature's notes, in ``table`` (patient_id, encounter_id, since).

    ``rules`` begins the codes of the rules it judges by; ``nudge`` asks its worker to look soon. What no nudge was sent for,
    the worker's periodic look finds.
    """

    def __init__(self, table: str, *, rules: str, nudge: Callable[[], None]) -> None:
        self.table, self.rules, self.nudge = table, rules, nudge
        self._last_nudge = 0.0

    def note(self, patient_id: UUID, encounters: Sequence[UUID]) -> None:
        """These stays of a patient."""
        self._note(_Noted(stays={(patient_id, one) for one in encounters}))

    def note_finished(self, patient_id: UUID, encounters: Sequence[UUID], *, every: bool) -> None:
        """Those of these stays that are finished; ``every`` finished stay of the patient. As they are when the unit ends."""
        if every:
            self._note(_Noted(patients={patient_id}))
        else:
            self._note(_Noted(if_finished={(patient_id, one) for one in encounters}))

    def _note(self, more: _Noted) -> None:
        noted = held(self, _Noted)
        first = bool(more) and not noted
        noted.stays |= more.stays
        noted.if_finished |= more.if_finished
        noted.patients |= more.patients
        if first:
            at_end(lambda: self._close(noted))

    def _write(self, noted: _Noted) -> None:
        if noted:
            ask(Asked(self._writing(noted), None, lambda cursor: self._written(cursor.rowcount)))

    def _close(self, noted: _Noted) -> None:
        if noted:
            at_close(self._writing(noted), self._written)

    def _writing(self, noted: _Noted) -> str:
        """What writes that which was noted, in one statement."""
        known, finished, whole = list(noted.stays), list(noted.if_finished), list(noted.patients)
        anybody = list(noted.patients | {patient for patient, _ in finished})
        noted.stays, noted.if_finished, noted.patients = set(), set(), set()
        return filled(
            f"INSERT INTO {self.table} (patient_id, encounter_id)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[])"
            " UNION SELECT patient_id, id FROM encounters_encounter WHERE patient_id = ANY(%s::uuid[])"
            " AND status = 'finished' AND (patient_id = ANY(%s::uuid[]) OR id = ANY(%s::uuid[]))",
            [[one for one, _ in known], [stay for _, stay in known], anybody, whole, [stay for _, stay in finished]],
        )

    def _written(self, count: int) -> None:
        if count:
            self._nudge_after_commit()

    def rule_changed(self, happening: RuleChanged) -> None:
        """Every stay that a changed rule may concern, by one row until it is taken."""
        if not happening.code.startswith(self.rules):
            return
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {self.table} (since) VALUES (%s)", [happening.since])
        self._nudge_after_commit()

    def judges_by(self, code: str) -> bool:
        return code.startswith(self.rules)

    def concerned(self, since: date) -> tuple[int, int]:
        """How many stays a rule that governs from ``since`` (a day of each facility) concerns, and how many of them still wait to be looked at."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM {self.table} WHERE encounter_id IS NULL)"
                f" OR id IN (SELECT encounter_id FROM {self.table} WHERE encounter_id IS NOT NULL))"
                f" FROM encounters_encounter WHERE {_CONCERNED} AND {_THAT_DAY}",
                [since, since],
            )
            found: tuple[int, int] = cursor.fetchone()
        return found

    def claim(self, limit: int) -> list[Stay]:
        """The stays that the oldest ``limit`` rows name, with every row of theirs taken: what made them is in the record already.

        Rows another worker is taking are passed over.
        """
        self._write(held(self, _Noted))
        claimed, days = self._take(limit)
        if days:
            self._spread_rules(min(days))
            claimed |= self._take(limit)[0]
        return sorted(claimed, key=lambda stay: stay[1])

    def _take(self, limit: int) -> tuple[set[Stay], list[date]]:
        """The rows of those stays, and the rows of changed rules: those taken are gone. One round trip."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH oldest AS (SELECT encounter_id FROM {self.table} WHERE encounter_id IS NOT NULL"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED),"
                f" theirs AS (SELECT id FROM {self.table} WHERE encounter_id IN (SELECT encounter_id FROM oldest) FOR UPDATE SKIP LOCKED),"
                f" stays AS (DELETE FROM {self.table} WHERE id IN (SELECT id FROM theirs) RETURNING patient_id, encounter_id, since),"
                f" rules AS (DELETE FROM {self.table} WHERE id IN (SELECT id FROM {self.table} WHERE encounter_id IS NULL"
                " FOR UPDATE SKIP LOCKED) RETURNING patient_id, encounter_id, since)"
                " SELECT * FROM stays UNION ALL SELECT * FROM rules",
                [limit],
            )
            rows = cursor.fetchall()
        return {(patient, stay) for patient, stay, _ in rows if stay}, [since for _, _, since in rows if since]

    def claim_of(self, encounter_id: UUID) -> None:
        """Take one stay's rows, those noted by this unit of work among them: it is about to be looked at."""
        self._write(held(self, _Noted))
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {self.table} WHERE id IN"
                f" (SELECT id FROM {self.table} WHERE encounter_id = %s FOR UPDATE SKIP LOCKED)",
                [encounter_id],
            )

    def _spread_rules(self, since: date) -> None:
        """A changed rule's row becomes one per stay it may concern."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.table} (patient_id, encounter_id)"
                f" SELECT patient_id, id FROM encounters_encounter WHERE {_CONCERNED}",
                [since],
            )

    def _nudge_after_commit(self) -> None:
        transaction.on_commit(self._nudge, robust=True)

    def _nudge(self) -> None:
        if time.monotonic() - self._last_nudge >= NUDGE_SECONDS:
            self._last_nudge = time.monotonic()
            self.nudge()
