"""Late charts for tests, built through actions only, at the time they happened."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from muniment.completion import actions as completion
from muniment.completion.models import Deficiency
from muniment.core import clock
from muniment.delinquency import actions, queries
from support.house import House, system_actor
from support.stays import StayMaker, adopt_rules, practitioner

ZONE = ZoneInfo("America/New_York")
NOTE = "34111-5"  # emergency department note


class Scene:
    """Emergency stays of Dr Stone, discharged on 3 March, each with a note that is not signed."""

    def __init__(self, house: House, charts: int = 1) -> None:
        adopt_rules(house)
        adopt_rules(house, "delinquency.")
        self.house, self.hospital = house, house.hospital
        self.stone = practitioner(house, "Stone", "clinician")
        self.administrator, self.privacy = house.actor("administrator"), house.actor("privacy-officer")
        self.stays = [self.discharge(str(number)) for number in range(1, charts + 1)]

    def discharge(self, number: str, days: float = 1) -> StayMaker:
        """One more chart of hers."""
        month, day = (3, 2 + int(days)) if days < 28 else (4, int(days) - 29)
        with at(month, day, 20):
            stay = StayMaker(self.house, self.stone, number=number, class_code="EMER")
            stay.admit()
            stay.entry = stay.file(NOTE, author=self.stone)
            stay.discharge(days)
            completion.drain(actor=system_actor())
        return stay

    def sign(self, stay: StayMaker) -> None:
        lack = Deficiency.objects.get(encounter_id=stay.encounter_id, state="open")
        completion.sign(actor=self.house.actor("clinician"), deficiency_id=lack.id, number=1)

    def due(self):
        return queries.letters_due(self.hospital, queries.book())

    def make_letters(self):
        return actions.make_letters(actor=self.administrator, facility_id=self.hospital.id, reviewed=actions.digest(self.due()))

    def propose(self, reason: str = "The oldest is past every letter."):
        return actions.propose(
            actor=self.administrator, facility_id=self.hospital.id, practitioner_id=self.stone.id, reason=reason
        )

    def delinquent(self) -> int:
        return queries.delinquent_charts(self.administrator)


class at:  # noqa: N801 read as a word
    """``with at(4, 2):`` it is noon of 2 April 2026 inside, in this thread, though the house is no demonstration."""

    def __init__(self, month: int, day: int, hour: int = 12) -> None:
        self.moment = datetime(2026, month, day, hour, tzinfo=ZONE)

    def __enter__(self) -> None:
        self.token = clock._moment.set(self.moment.astimezone(UTC))

    def __exit__(self, *raised: object) -> None:
        clock._moment.reset(self.token)
