"""A discharged stay whose chart contradicts itself, built through actions only."""

from __future__ import annotations

from muniment.qualitative import actions
from muniment.qualitative.models import QualitativeFinding
from support.house import House, system_actor
from support.stays import StayMaker, adopt_rules, practitioner

CONSENT, OPERATIVE, PROGRESS = "61358-8", "11504-8", "11506-3"
RIGHT, LEFT = "PROCEDURE:\nRight total hip arthroplasty", "PROCEDURE:\nLeft total hip arthroplasty"


class Contradicted:
    """A stay with a consent to the right hip and a report of the left."""

    def __init__(self, house: House, number: str = "1", *, facility: object = None, adopt: bool = True) -> None:
        if adopt:
            adopt_rules(house, "qualitative.")
        self.ward = StayMaker(house, practitioner(house, f"Stone{number}"), number=number, facility=facility)
        self.ward.admit()
        self.consent = self.ward.file(CONSENT, RIGHT)
        self.report = self.ward.file(OPERATIVE, LEFT)
        self.ward.discharge()
        look()

    @property
    def finding(self) -> QualitativeFinding:
        return QualitativeFinding.objects.get(patient_id=self.ward.patient.id)


def contradicted(house: House, number: str = "1901") -> Contradicted:
    return Contradicted(house, number)


def look() -> int:
    """What the worker does."""
    total = 0
    while count := actions.drain(actor=system_actor()):
        total += count
    return total
