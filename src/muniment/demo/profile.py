"""What a person lives with: chronic conditions, the medicines that fit them, and the codes a coder would add for them.

The combination rules follow the ICD-10-CM Official Guidelines: I.C.9.a (hypertension presumed related to heart failure and
chronic kidney disease), I.C.4.a (diabetes "with"; Z79.4 and Z79.84), I.B.14 (BMI only beside a diagnosis of weight).
"""

from __future__ import annotations

from muniment.demo.draw import Draw
from muniment.demo.people import Person

# POA-exempt categories among the codes used here (CMS POA exempt list, FY2026): no indicator is reported for them.
EXEMPT = [
    "Z00",
    "Z12",
    "Z23",
    "Z37",
    "Z38",
    "Z3A",
    "Z51",
    "Z63",
    "Z68",
    "Z79",
    "Z80",
    "Z82",
    "Z83",
    "Z85",
    "Z86",
    "Z87",
    "Z91",
    "Z92",
    "Z95",
    "Z98",
    "Z99",
    "Y92",
    "Y93",
    "X50",
    "O80",
    "O82",
    "I25.2",
    "Z59",
    "Z90",
    "Z81",
]

_STAGE = {"3a": "N18.31", "3b": "N18.32", "4": "N18.4"}
_OBESITY = {"1": "E66.811", "2": "E66.812", "3": "E66.813"}
_SIMPLE = (
    ("hld", "E78.5"),
    ("cad", "I25.10"),
    ("copd", "J44.9"),
    ("asthma", "J45.909"),
    ("hypothyroid", "E03.9"),
    ("gerd", "K21.9"),
    ("depression", "F32.A"),
    ("anxiety", "F41.9"),
    ("osa", "G47.33"),
    ("bph", "N40.0"),
    ("osteoporosis", "M81.0"),
    ("old stroke", "Z86.73"),
    ("smoker", "F17.210"),
    ("former smoker", "Z87.891"),
    ("alcohol", "F10.20"),
    ("opioid", "F11.20"),
)

WORDS = {
    "htn": "hypertension",
    "hld": "hyperlipidemia",
    "cad": "coronary artery disease",
    "copd": "COPD",
    "asthma": "asthma",
    "hypothyroid": "hypothyroidism",
    "gerd": "gastroesophageal reflux disease",
    "depression": "depression",
    "anxiety": "anxiety",
    "osa": "obstructive sleep apnea",
    "bph": "benign prostatic hyperplasia",
    "osteoporosis": "osteoporosis",
    "old stroke": "a prior ischemic stroke without residual deficit",
    "alcohol": "alcohol use disorder",
    "opioid": "opioid use disorder",
    "neuropathy": "diabetic peripheral neuropathy",
    "dm1": "type 1 diabetes mellitus",
}


def draw_conditions(person: Person, draw: Draw, age: int) -> None:
    """Fill ``person.conditions`` with what is common at this age and sex."""
    chances = _adult_chances(person.sex, age) if age >= 18 else (("asthma", 0.14),)
    for name, probability in chances:
        if draw.chance(probability):
            person.conditions[name] = _detail(name, draw)
    _tidy(person, draw)


def _adult_chances(sex: str, age: int) -> tuple[tuple[str, float], ...]:
    old = max(0.0, min(1.0, (age - 35) / 40))
    return (
        ("htn", 0.05 + 0.65 * old),
        ("dm2", 0.03 + 0.27 * old),
        ("hld", 0.05 + 0.5 * old),
        ("ckd", 0.01 + 0.2 * old),
        ("cad", 0.24 * old),
        ("hf", 0.18 * old),
        ("af", 0.17 * old),
        ("copd", 0.19 * old),
        ("asthma", 0.08),
        ("hypothyroid", 0.04 + 0.1 * old),
        ("gerd", 0.08 + 0.14 * old),
        ("depression", 0.13),
        ("anxiety", 0.11),
        ("osa", 0.03 + 0.1 * old),
        ("bph", 0.35 * old if sex == "M" else 0.0),
        ("osteoporosis", 0.3 * old if sex == "F" else 0.03 * old),
        ("old stroke", 0.07 * old),
        ("obesity", 0.22),
        ("smoker", 0.17 - 0.07 * old),
        ("former smoker", 0.1 + 0.3 * old),
        ("neuropathy", 0.3),
        ("insulin", 0.3),
        ("alcohol", 0.04),
        ("opioid", 0.015 if age < 60 else 0.0),
    )


def _detail(name: str, draw: Draw) -> str:
    if name == "ckd":
        return draw.weighted((("3a", 0.5), ("3b", 0.33), ("4", 0.17)))
    if name == "hf":
        return draw.pick(("systolic", "diastolic"))
    if name == "af":
        return draw.weighted((("paroxysmal", 0.6), ("persistent", 0.4)))
    if name == "obesity":
        return draw.weighted((("1", 0.6), ("2", 0.25), ("3", 0.15)))
    if name in ("smoker", "former smoker"):
        return str(draw.between(6, 48))
    return ""


def _tidy(person: Person, draw: Draw) -> None:
    """Remove what can't go together, and what hangs on a condition the person hasn't got."""
    has = person.conditions
    if "dm2" not in has:
        has.pop("neuropathy", None)
        has.pop("insulin", None)
    if "copd" in has:
        has.pop("asthma", None)
        if not person.has("smoker", "former smoker"):
            has["former smoker"] = str(draw.between(25, 55))
    if "smoker" in has:
        has.pop("former smoker", None)
    if "obesity" in has:
        low = {"1": 30, "2": 35, "3": 40}[has["obesity"]]
        has["bmi"] = f"{draw.real(low + 0.1, low + 4.8):.1f}"
    else:
        has["bmi"] = f"{draw.real(20.5, 29.4):.1f}"


def poa(code: str, present: str = "Y") -> str:
    """The POA indicator reported for a code: "" where the code is exempt."""
    return "" if any(code.startswith(category) for category in EXEMPT) else present


def heart_kidney_codes(person: Person, heart: str = "") -> list[str]:
    """Hypertension, heart failure and chronic kidney disease as one thought. ``heart`` overrides the heart failure code."""
    failing = heart or ({"systolic": "I50.22", "diastolic": "I50.32"}[person.conditions["hf"]] if person.has("hf") else "")
    stage = _STAGE[person.conditions["ckd"]] if person.has("ckd") else ""
    codes: list[str] = []
    if person.has("htn"):
        codes.append("I13.0" if failing and stage else "I11.0" if failing else "I12.9" if stage else "I10")
    if failing:
        codes.append(failing)
    if stage and not person.has("dm2"):
        codes.append(stage)
    return codes


def diabetes_codes(person: Person) -> list[str]:
    if not person.has("dm2"):
        return []
    codes = ["E11.22", _STAGE[person.conditions["ckd"]]] if person.has("ckd") else []
    if person.has("neuropathy"):
        codes.append("E11.42")
    codes = codes or ["E11.9"]
    if person.has("insulin"):
        codes.append("Z79.4")
    if not person.has("insulin") or person.has("hld"):
        codes.append("Z79.84")
    return codes


def weight_codes(person: Person, pregnant: bool = False) -> list[str]:
    if not person.has("obesity"):
        return []
    bmi = float(person.conditions["bmi"])
    step = "Z68.41" if bmi >= 40 else f"Z68.{int(bmi)}"
    code = _OBESITY[person.conditions["obesity"]]
    return ["O99.214", code] if pregnant else [code, step]


def background(person: Person, *, heart: str = "", skip: tuple[str, ...] = ()) -> list[str]:
    """The secondary codes for what the person lives with, in the order a coder would list them."""
    codes = heart_kidney_codes(person, heart) if "heart" not in skip else []
    codes += diabetes_codes(person) if "dm2" not in skip else []
    if person.has("af") and "af" not in skip:
        codes += ["I48.0" if person.conditions["af"] == "paroxysmal" else "I48.19", "Z79.01"]
    codes += [code for name, code in _SIMPLE if person.has(name) and name not in skip]
    codes += weight_codes(person) if "obesity" not in skip else []
    return list(dict.fromkeys(codes))


def words(person: Person, skip: tuple[str, ...] = ()) -> list[str]:
    """The problem list in words, for prose, but for the conditions in ``skip``."""
    has, said = person.conditions, []
    for name in has:
        if name in skip:
            continue
        if name == "dm2":
            said.append("type 2 diabetes mellitus" + (" on insulin" if "insulin" in has else ""))
        elif name == "ckd":
            said.append(f"chronic kidney disease stage {has['ckd']}")
        elif name == "hf":
            said.append(f"chronic {has['hf']} heart failure")
        elif name == "af":
            said.append(f"{has['af']} atrial fibrillation on apixaban")
        elif name == "obesity":
            said.append(f"obesity, class {has['obesity']} (BMI {has['bmi']})")
        elif name in WORDS:
            said.append(WORDS[name])
    return said


def home_medicines(person: Person, draw: Draw) -> list[str]:
    """Home medication lines with dose and frequency that fit the conditions."""
    has = person.conditions
    lines = [draw.say(text, {}) for name, text in _HOME if name in has]
    if "dm2" in has and ("insulin" not in has or "hld" in has):
        lines.append(
            "linagliptin 5 mg daily" if has.get("ckd") == "4" else draw.say("metformin [500|850|1000] mg twice daily", {})
        )
    return lines


_HOME = (
    ("htn", "[lisinopril [10|20|40] mg|amlodipine [5|10] mg|losartan [50|100] mg|olmesartan [20|40] mg] daily"),
    ("hld", "[atorvastatin [20|40|80]|rosuvastatin [10|20]|pravastatin 40] mg nightly"),
    ("hf", "furosemide [20|40|40|80] mg [daily|twice daily]"),
    ("hf", "metoprolol succinate [25|50|100] mg daily"),
    ("af", "apixaban [5|5|2.5] mg twice daily"),
    ("cad", "aspirin 81 mg daily"),
    ("insulin", "insulin glargine <12-44> units subcutaneously nightly"),
    ("copd", "[tiotropium 18 mcg inhaled daily|umeclidinium-vilanterol 62.5-25 mcg inhaled daily]"),
    ("copd", "albuterol HFA 90 mcg, 2 puffs every 4 hours as needed"),
    ("asthma", "[fluticasone 110 mcg|budesonide 90 mcg] inhaled twice daily"),
    ("asthma", "albuterol HFA 90 mcg, 2 puffs every 4 to 6 hours as needed"),
    ("hypothyroid", "levothyroxine [50|75|88|100|112] mcg daily"),
    ("gerd", "[omeprazole 20|pantoprazole 40|famotidine 20] mg daily"),
    ("depression", "[sertraline [50|100]|escitalopram [10|20]|fluoxetine [20|40]] mg daily"),
    ("anxiety", "[buspirone 10 mg twice daily|hydroxyzine 25 mg as needed]"),
    ("bph", "tamsulosin 0.4 mg nightly"),
    ("osteoporosis", "[alendronate 70 mg weekly|calcium with vitamin D twice daily]"),
    ("neuropathy", "gabapentin [300 mg three times daily|600 mg nightly]"),
    ("old stroke", "clopidogrel 75 mg daily"),
    ("dm1", "insulin pump or basal-bolus insulin, total about <28-52> units daily"),
)
