"""What a coded stay is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from muniment.kernel.codes import ICD10CM, ICD10PCS


class Sex(StrEnum):
    """Administrative sex as the claim carries it (UB-04 FL 11)."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class POA(StrEnum):
    """Present-on-admission indicator. EXEMPT is the "1" of the paper claim; on the electronic one it is blank."""

    YES = "Y"
    NO = "N"
    UNKNOWN = "U"
    UNDETERMINED = "W"
    EXEMPT = "1"
    NONE = ""


class POAReporting(StrEnum):
    """Whether the hospital must report present-on-admission ; decides hospital-acquired conditions."""

    REQUIRED = "NOT_EXEMPT"
    EXEMPT = "EXEMPT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    code: ICD10CM
    poa: POA = POA.NONE


@dataclass(frozen=True, slots=True)
class Procedure:
    code: ICD10PCS
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One inpatient stay as a grouper and the edits see it. Age in completed years on admission; stay in days."""

    discharged: date
    age: int
    sex: Sex
    discharge_status: str
    principal: Diagnosis | None
    secondary: tuple[Diagnosis, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    admitted: date | None = None
    admitting: ICD10CM | None = None
    newborn: bool = False
    poa_reporting: POAReporting = POAReporting.REQUIRED
    los: int | None = None

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Principal first."""
        return (() if self.principal is None else (self.principal,)) + self.secondary

    @property
    def length_of_stay(self) -> int | None:
        """Days from admission to discharge, at least one: the day of admission counts, the day of discharge does not."""
        if self.los is not None:
            return self.los
        if self.admitted is None:
            return None
        return max(1, (self.discharged - self.admitted).days)
