"""What a clinical story is made of: who can have it, how long it takes, what it says, and what a coder would code.

Text fields hold templates in the phrase language of ``draw``. In a tuple of lines, a line that begins
``?name=value: `` is told only when the case's fact has that value (``|`` between values).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from muniment.demo.organisation import day_of
from muniment.demo.profile import poa

if TYPE_CHECKING:
    from muniment.demo.case import Case
    from muniment.demo.people import Person

Lines = tuple[str, ...]
Weighted = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Coding:
    """What a coder would assign: ``secondary`` as (code, POA), ``procedures`` as (ICD-10-PCS code, days after admission)."""

    principal: str
    secondary: tuple[tuple[str, str], ...] = ()
    procedures: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Gold:
    """The expected final codes of one encounter. A POA indicator is Y, N, U, W, or "" for a code exempt from reporting."""

    visit: str
    story: str
    facility: str
    patient_class: str
    admitted: date
    discharged: date
    disposition: str
    principal: str
    principal_poa: str
    secondary: tuple[tuple[str, str], ...]
    procedures: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class LabCourse:
    """A test whose course matters: where it starts, where it ends, as ranges to draw from."""

    test: str
    first: tuple[float, float]
    last: tuple[float, float]
    when: str = ""  # a condition like "bled=yes"
    factor: bool = False  # the ranges multiply the person's usual creatinine


@dataclass(frozen=True, slots=True)
class Imaging:
    """A radiology report. ``code`` is LOINC; ``hours`` after arrival."""

    code: str
    name: str
    findings: str
    impression: str
    hours: int = 2
    when: str = ""  # a condition like "side=left"


@dataclass(frozen=True, slots=True)
class Consult:
    specialty: str
    reason: str
    opinion: Lines


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, or (``surgical`` false) an interventional procedure, done ``day`` days after admission."""

    name: str
    before: str
    after: str
    anesthesia: str
    findings: str
    steps: Lines
    blood_loss: str = "<10-50> mL"
    specimens: str = "None"
    specialty: str = "surgery"
    day: int = 0
    surgical: bool = True
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """``stay`` is in days for inpatients and in hours for everybody else; ``patient_class`` is PV1-2."""

    code: str
    title: str
    patient_class: str  # I inpatient, E emergency, OBS observation, SS same-day surgery, O outpatient
    facility: str
    service: str
    unit: str
    specialty: str
    weight: float
    stay: tuple[int, int]
    ages: tuple[int, int]
    reason: str
    cc: str
    hpi: Lines
    diagnoses: Lines
    codes: Callable[[Case], Coding]
    sex: str = ""
    fits: Callable[[Person], bool] | None = None
    adds: tuple[tuple[str, str], ...] = ()
    covers: tuple[str, ...] = ()  # conditions of the patient that the story's own diagnoses already name
    once: bool = False
    through_ed: bool = False
    admit_source: str = "1"
    dispositions: Weighted = (("01", 1.0),)
    facts: tuple[tuple[str, str], ...] = ()
    vitals: str = ""
    exam: tuple[tuple[str, str], ...] = ()
    data: Lines = ()
    ed_course: Lines = ()
    plan: Lines = ()
    days: Lines = ()
    course: Lines = ()
    medicines: Lines = ()
    orders: Lines = ()
    nursing: Lines = ()
    instructions: Lines = ()
    follow_up: str = "primary care in [1 week|7 to 10 days|2 weeks]"
    panels: tuple[str, ...] = ("CBC", "BMP")
    labs: tuple[LabCourse, ...] = ()
    cultures: tuple[tuple[str, str, str], ...] = ()  # LOINC, name, result template
    imaging: tuple[Imaging, ...] = ()
    consult: Consult | None = None
    operation: Operation | None = None
    transfers: Weighted = ()
    lab_chance: float = 1.0
    extra_documents: tuple[tuple[str, Lines], ...] = field(default=())


def coding(
    principal: str, *groups: tuple[str, str] | str, procedures: tuple[tuple[str, int], ...] = (), more: list[str] | None = None
) -> Coding:
    """A coding from plain codes (present on admission) and (code, POA) pairs; ``more`` are the patient's background."""
    given = [(item, poa(item)) if isinstance(item, str) else (item[0], poa(item[0], item[1])) for item in groups if item]
    given += [(code, poa(code)) for code in more or []]
    seen: dict[str, str] = {}
    for code, indicator in given:
        if code != principal:
            seen.setdefault(code, indicator)
    return Coding(principal, tuple(seen.items()), procedures)


def gold(case: Case) -> Gold:
    answer = case.coding
    admitted = day_of(case.admitted)
    return Gold(
        visit=case.visit,
        story=case.story.code,
        facility=case.story.facility,
        patient_class=case.story.patient_class,
        admitted=admitted,
        discharged=day_of(case.discharged),
        disposition=case.disposition,
        principal=answer.principal,
        principal_poa=poa(answer.principal),
        secondary=answer.secondary,
        procedures=tuple((code, admitted + timedelta(days=day)) for code, day in answer.procedures),
    )
