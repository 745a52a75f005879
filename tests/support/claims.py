"""Short ways to write a claim in tests, and to read the reference claims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from muniment.coding.rules import POA, Claim, Diagnosis, POAReporting, Procedure, Sex
from muniment.kernel.codes import ICD10CM, ICD10PCS

SEXES = (Sex.MALE, Sex.FEMALE, Sex.UNKNOWN)
DISCHARGED = date(2026, 5, 1)


def dx(text: str) -> Diagnosis:
    """``"I50.23"`` is present on admission; ``"I50.23 N"`` has its indicator; ``"I50.23 -"`` has none."""
    code, _, poa = text.partition(" ")
    return Diagnosis(ICD10CM.parse(code), POA(poa.replace("-", "")) if poa else POA.YES)


def claim(principal: str | None, *secondary: str, procedures: Iterable[tuple[str, date | None]] = (), **facts: Any) -> Claim:
    given: dict[str, Any] = {
        "discharged": DISCHARGED,
        "admitted": date(2026, 4, 24),
        "age": 70,
        "sex": Sex.MALE,
        "discharge_status": "01",
        "principal": dx(principal) if principal else None,
        "secondary": tuple(dx(code) for code in secondary),
        "procedures": tuple(Procedure(ICD10PCS.parse(code), on) for code, on in procedures),
    }
    return Claim(**{**given, **facts})


def reference_claim(raw: dict[str, Any], los: int | None = None) -> Claim:
    """A line of the reference files as our claim."""
    when = str(raw["discharge_date"])
    return Claim(
        discharged=date(int(when[:4]), int(when[4:6]), int(when[6:])),
        age=raw["age"],
        sex=SEXES[raw["sex"]],
        discharge_status=f"{raw['discharge_status']:02d}",
        principal=_diagnosis(raw["pdx"]),
        secondary=tuple(_diagnosis(item) for item in raw["sdx"]),
        procedures=tuple(Procedure(ICD10PCS(item["code"])) for item in raw["procedures"]),
        poa_reporting=POAReporting(raw["hospital_status"]),
        los=los,
    )


def _diagnosis(raw: dict[str, str]) -> Diagnosis:
    return Diagnosis(ICD10CM(raw["code"]), POA(raw.get("poa", "").strip()))
