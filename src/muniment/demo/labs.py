"""Laboratory results that follow the illness: LOINC, unit, reference range, abnormal flag (HL7 table 0078), day by day."""

from __future__ import annotations

from dataclasses import dataclass

from muniment.demo.draw import Draw
from muniment.demo.people import Person
from muniment.demo.story import LabCourse


@dataclass(frozen=True, slots=True)
class Test:
    code: str
    name: str
    unit: str
    low: float
    high: float
    places: int = 0
    critical: tuple[float, float] = (-1e9, 1e9)


TESTS = {
    "WBC": Test("6690-2", "Leukocytes [#/volume] in Blood", "10*3/uL", 4.0, 11.0, 1, (1.0, 30.0)),
    "HGB": Test("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 12.0, 16.5, 1, (7.0, 20.0)),
    "HCT": Test("4544-3", "Hematocrit [Volume Fraction] of Blood", "%", 36.0, 49.0, 1),
    "PLT": Test("777-3", "Platelets [#/volume] in Blood", "10*3/uL", 150, 400, 0, (30, 1000)),
    "NA": Test("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 135, 145, 0, (120, 160)),
    "K": Test("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3.5, 5.1, 1, (2.8, 6.2)),
    "CL": Test("2075-0", "Chloride [Moles/volume] in Serum or Plasma", "mmol/L", 98, 107),
    "CO2": Test("2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma", "mmol/L", 22, 29, 0, (11, 45)),
    "BUN": Test("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 7, 20),
    "CR": Test("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.6, 1.2, 2),
    "GLU": Test("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 70, 110, 0, (45, 450)),
    "CA": Test("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 8.5, 10.4, 1),
    "AST": Test("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 10, 40),
    "ALT": Test("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 7, 45),
    "BILI": Test("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 0.2, 1.2, 1, (-1, 15)),
    "ALB": Test("1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 3.5, 5.0, 1),
    "TROP": Test(
        "89579-7", "Troponin I.cardiac [Mass/volume] in Serum or Plasma by High sensitivity method", "ng/L", 0, 19, 0, (-1, 100)
    ),
    "BNP": Test("30934-4", "Natriuretic peptide B [Mass/volume] in Serum or Plasma", "pg/mL", 0, 100),
    "LACT": Test("2524-7", "Lactate [Moles/volume] in Serum or Plasma", "mmol/L", 0.5, 2.0, 1, (-1, 4.0)),
    "PCT": Test("33959-8", "Procalcitonin [Mass/volume] in Serum or Plasma", "ng/mL", 0.0, 0.25, 2),
    "A1C": Test("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 4.0, 5.6, 1),
    "INR": Test("6301-6", "INR in Platelet poor plasma by Coagulation assay", "{INR}", 0.8, 1.2, 1, (-1, 5.0)),
    "PH": Test("2744-1", "pH of Arterial blood", "[pH]", 7.35, 7.45, 2, (7.20, 7.60)),
    "PCO2": Test("2019-8", "Carbon dioxide [Partial pressure] in Arterial blood", "mm[Hg]", 35, 45, 0, (20, 70)),
    "PO2": Test("2703-7", "Oxygen [Partial pressure] in Arterial blood", "mm[Hg]", 80, 100, 0, (40, 400)),
    "HCO3": Test("1960-4", "Bicarbonate [Moles/volume] in Arterial blood", "mmol/L", 22, 26),
    "BHB": Test("6873-4", "Beta hydroxybutyrate [Moles/volume] in Serum or Plasma", "mmol/L", 0.0, 0.4, 1),
    "ETOH": Test("5643-2", "Ethanol [Mass/volume] in Serum or Plasma", "mg/dL", 0, 10),
    "LIP": Test("3040-3", "Lipase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 13, 60),
    "CHOL": Test("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 0, 199),
    "HDL": Test("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", 40, 90),
    "LDL": Test("13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "mg/dL", 0, 99),
    "TSH": Test("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 0.4, 4.5, 2),
}

PANELS = {
    "CBC": ("58410-2", "CBC panel - Blood by Automated count", ("WBC", "HGB", "HCT", "PLT")),
    "BMP": ("24321-2", "Basic metabolic 2000 panel - Serum or Plasma", ("NA", "K", "CL", "CO2", "BUN", "CR", "GLU", "CA")),
    "HEP": ("24325-3", "Hepatic function 2000 panel - Serum or Plasma", ("AST", "ALT", "BILI", "ALB")),
    "ABG": ("24336-0", "Gas panel - Arterial blood", ("PH", "PCO2", "PO2", "HCO3")),
    "LIPID": ("57698-3", "Lipid panel with direct LDL - Serum or Plasma", ("CHOL", "HDL", "LDL")),
}

_CREATININE = {"": (0.62, 1.12), "3a": (1.25, 1.55), "3b": (1.6, 2.0), "4": (2.3, 3.1)}


def baseline(test: str, person: Person, draw: Draw) -> float:
    """A value this person would have on an ordinary day."""
    kind = TESTS[test]
    if test == "CR":
        return (
            draw.real(*_CREATININE[person.conditions.get("ckd", "")]) if person.conditions.get("bmi") else draw.real(0.3, 0.6)
        )
    if test == "BUN" and person.has("ckd"):
        return draw.real(24, 46)
    if test == "GLU":
        return draw.real(128, 214) if person.has("dm2", "dm1") else draw.real(82, 126)
    if test == "A1C":
        return draw.real(6.6, 9.6) if person.has("dm2", "dm1") else draw.real(5.0, 5.7)
    if test == "HGB":
        return draw.real(13.4, 16.2) if person.sex == "M" else draw.real(12.1, 14.8)
    margin = (kind.high - kind.low) * 0.12
    return draw.real(kind.low + margin, kind.high - margin)


def series(test: str, person: Person, draw: Draw, days: int, course: LabCourse | None, kidney: float) -> list[float]:
    """One value a day. A course moves from its first to its last value, faster at first; the others waver around a baseline.

    ``kidney`` is the person's usual creatinine in mg/dL.
    """
    usual = kidney if test == "CR" else baseline(test, person, draw)
    scale = usual if course and course.factor else 1.0
    first = scale * draw.real(*course.first) if course else usual
    last = scale * draw.real(*course.last) if course else first
    places = TESTS[test].places
    values = [first]
    for day in range(1, days):
        part = day / max(1, days - 1)
        value = first + (last - first) * (1 - (1 - part) * (1 - part))
        values.append(max(0.0, value * (1 + draw.real(-0.03, 0.03))))
    return [round(value, places) for value in values]


def shown(test: str, value: float) -> str:
    return f"{value:.{TESTS[test].places}f}"


def reference(test: str) -> str:
    kind = TESTS[test]
    return f"{kind.low:.{kind.places}f}-{kind.high:.{kind.places}f}"


def flag(test: str, value: float) -> str:
    """HL7 table 0078: LL and HH beyond the critical limits, L and H outside the range, N inside."""
    kind = TESTS[test]
    if value < kind.critical[0]:
        return "LL"
    if value > kind.critical[1]:
        return "HH"
    return "L" if value < kind.low else "H" if value > kind.high else "N"


def tests_of(panels: tuple[str, ...]) -> list[str]:
    """The single tests of panels and lone tests, in order."""
    return [test for name in panels for test in (PANELS[name][2] if name in PANELS else (name,))]
