"""A discharged stay as grouping and edits see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.rules import Claim, Diagnosis, POAReporting, Procedure, Sex
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.kernel.codes import ICD10CM, ICD10PCS
from muniment.kernel.errors import NotAllowedInState
from muniment.terminology.own_tables import two_digits

INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
_SEXES = {"female": Sex.FEMALE, "male": Sex.MALE}
UNKNOWN_AGE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class StayFacts:
    """Dates in the facility's zone. ``age`` in completed years on admission; UNKNOWN_AGE where the year of birth is missing."""

    patient_id: UUID
    encounter_id: UUID
    facility_id: UUID
    class_code: str
    admitted: date | None
    discharged: date
    age: int
    sex: Sex
    newborn: bool
    disposition: str  # as the source gave it
    service: str = ""
    unit: str = ""

    @property
    def inpatient(self) -> bool:
        """Whether MS-DRG, the Medicare Code Editor and present-on-admission reporting apply."""
        return self.class_code in INPATIENT

    @property
    def days(self) -> int | None:
        return max(1, (self.discharged - self.admitted).days) if self.admitted else None


def check_discharged(stay: Encounter) -> None:
    if stay.status != Status.FINISHED or stay.discharged_at is None:
        raise NotAllowedInState(
            "This stay is not discharged, so it can't be coded yet.",
            remedy="It comes into the queue when the discharge arrives.",
        )


def facts_of(stay: Encounter) -> StayFacts:
    """Raises NotAllowedInState when the stay is not discharged. Reads ``patient`` and ``facility`` of the stay."""
    check_discharged(stay)
    assert stay.discharged_at is not None
    zone, patient = ZoneInfo(stay.facility.zone), stay.patient
    admitted = stay.admitted_at.astimezone(zone).date() if stay.admitted_at else None
    discharged = stay.discharged_at.astimezone(zone).date()
    return StayFacts(
        patient_id=stay.patient_id, encounter_id=stay.id, facility_id=stay.facility_id, class_code=stay.class_code,
        admitted=admitted, discharged=discharged, age=_age(patient.birth, patient.birth_date, admitted or discharged),
        sex=_SEXES.get(patient.sex, Sex.UNKNOWN), newborn=patient.birth_date is not None and patient.birth_date == admitted,
        disposition=two_digits(stay.disposition), service=stay.service, unit=stay.unit,
    )  # fmt: skip


def _age(birth: str, born: date | None, on: date) -> int:
    """Completed years; from a year alone, the difference of the years."""
    if born:
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return on.year - int(birth[:4]) if birth[:4].isdigit() else UNKNOWN_AGE


def claim_of(facts: StayFacts, draft: Draft) -> Claim:
    """The claim of a draft. For other than inpatients no present-on-admission indicator is asked for."""
    admitting = next(iter(draft.of(Role.ADMITTING)), None)
    return Claim(
        discharged=facts.discharged, admitted=facts.admitted, age=facts.age, sex=facts.sex, newborn=facts.newborn,
        discharge_status=two_digits(draft.disposition), principal=_diagnosis(draft.principal) if draft.principal else None,
        secondary=tuple(_diagnosis(one) for one in draft.of(Role.SECONDARY)),
        procedures=tuple(Procedure(ICD10PCS(one.code), one.on) for one in draft.of(Role.PROCEDURE)),
        admitting=ICD10CM(admitting.code) if admitting else None,
        poa_reporting=POAReporting.REQUIRED if facts.inpatient else POAReporting.EXEMPT,
    )  # fmt: skip


def _diagnosis(line: DraftCode) -> Diagnosis:
    return Diagnosis(ICD10CM(line.code), line.poa)
