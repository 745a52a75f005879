"""Unsigned documents for tests, built through actions only, at the time they happened."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from uuid import UUID

from muniment.accounts import actions as accounts
from muniment.accounts.queries import actor_for
from muniment.accounts.rules import Role
from muniment.pending import actions, queries
from muniment.record.models import Entry
from muniment.work.models import WorkItem
from support import charts
from support.delinquency import at
from support.house import House, system_actor
from support.stays import StayMaker, adopt_rules, practitioner

NOTE = "11506-3"  # progress note: told after 7 days, proposed after 60


class Scene:
    """Dr Stone's progress note of 3 March, in a stay that goes on, unsigned; Dr Reed works there too."""

    def __init__(self, house: House, *, rules: bool = True) -> None:
        if rules:
            adopt_rules(house, "pending.")
        self.house = house
        self.stone = practitioner(house, "Stone", "clinician")
        self.author, self.administrator = house.actor("clinician"), house.actor("administrator")
        user = accounts.add_user(actor=system_actor(), username="reed", family="Reed", given="Rosa", credential="MD")
        accounts.assign_role(actor=system_actor(), user=user, role=Role.CLINICIAN, facilities=[house.hospital])
        self.reed = user
        self.other = actor_for(user)
        self.ward = StayMaker(house, self.stone)
        with at(3, 2):
            self.ward.admit()
        with at(3, 3):
            self.note = self.file()

    def file(self, code: str = NOTE, **more) -> UUID:
        return self.ward.file(code, author=more.pop("author", self.stone), **more)

    def file_resource(self, resource: dict[str, object], **more) -> UUID:
        """Something of Dr Stone's as a source would send it."""
        stay = SimpleNamespace(id=self.ward.encounter_id, facility_id=self.house.hospital.id, patient_id=self.ward.patient.id)
        return charts.file(stay, charts.new_version(resource, stay, author_id=self.stone.id, author=str(self.stone), **more))[0]

    @property
    def entry(self) -> Entry:
        return Entry.objects.get(entry_id=self.note)

    @property
    def named(self) -> dict[str, object]:
        return {"patient_id": self.ward.patient.id, "entry_id": self.note, "number": self.entry.number}

    def look(self) -> tuple[int, int]:
        return actions.look(actor=system_actor())

    def close(self, reason: str = "Its author left the house."):
        return actions.close(actor=self.administrator, **self.named, reason=reason)

    def extend(self, until: date, reason: str = "Its author is ill."):
        return actions.extend(actor=self.administrator, **self.named, until=until, reason=reason)

    def discard(self, actor=None, reason: str = "Dictated twice."):
        actions.discard(actor=actor or self.author, **self.named, reason=reason)

    def standing(self):
        return queries.standing_of(self.entry)

    def items(self) -> list[tuple[str, str]]:
        """Queue and state of everything about the note."""
        found = WorkItem.objects.filter(subject_id=str(self.note)).order_by("queue_id", "created_at")
        return list(found.values_list("queue_id", "state"))
