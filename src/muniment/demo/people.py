"""A person of the demo hospital: who they are, where they live, what they live with, and under which numbers they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from muniment.demo.draw import Draw


@dataclass(slots=True)
class Person:
    """``conditions`` maps a condition to its detail in the order it was learnt; see ``profile`` for the names.

    ``born_at`` (UTC) is known for children born here. ``enterprise`` is the number shared by the facilities; "" for a
    registration that was made without it.
    """

    index: int
    family: str
    given: str
    middle: str
    sex: str  # F or M
    born: date
    street: str
    town: str
    postal_code: str
    phone: str
    suffix: str = ""
    maiden: str = ""
    marital: str = "S"  # HL7 table 0002
    language: str = "eng"
    born_at: datetime | None = None
    mother: int | None = None
    birth_order: int | None = None
    enterprise: str = ""
    mrn_base: int = 0
    alias_of: int | None = None
    only_facility: str = ""
    conditions: dict[str, str] = field(default_factory=dict)
    allergies: tuple[tuple[str, str], ...] = ()
    occupation: str = ""
    lives: str = ""

    def mrn(self, facility: str) -> str:
        """The medical record number under which a facility knows this registration."""
        return f"{ {'HVMC': 1, 'HVPC': 4, 'HVBH': 7}[facility] }{self.mrn_base:06d}"

    def age_on(self, day: date) -> int:
        """Completed years."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def has(self, *conditions: str) -> bool:
        return any(condition in self.conditions for condition in conditions)


ALLERGIES = (
    ("Penicillin", "hives"),
    ("Sulfa drugs", "rash"),
    ("Codeine", "nausea and vomiting"),
    ("Latex", "contact dermatitis"),
    ("Shellfish", "facial swelling"),
    ("Iodinated contrast", "hives"),
    ("Lisinopril", "cough"),
    ("Morphine", "pruritus"),
    ("Amoxicillin", "rash"),
    ("Adhesive tape", "skin irritation"),
)

_WORK = {
    "child": ("attends elementary school", "is in day care", "attends middle school", "is at home with a parent"),
    "adult": (
        "works as a bus driver",
        "works in a cannery",
        "teaches fourth grade",
        "works as a marine mechanic",
        "is a home health aide",
        "works nights at a warehouse",
        "is an accountant",
        "runs a small bakery",
        "is a carpenter",
        "is currently unemployed",
        "works as a paralegal",
        "is a line cook",
        "drives a delivery van",
        "is a dental assistant",
        "works from home in customer service",
        "is a welder at the shipyard",
        "is a landscaper",
        "works in hotel housekeeping",
    ),
    "old": (
        "is a retired machinist",
        "is a retired school secretary",
        "is a retired postal carrier",
        "is a retired nurse",
        "is a retired fisherman",
        "is retired from the shipyard",
        "is a retired seamstress",
        "is a retired librarian",
        "used to keep the books for a hardware store",
        "is a retired bus driver",
    ),
}
_HOME = {
    "child": ("lives with both parents", "lives with mother and grandmother", "lives with parents and two siblings"),
    "adult": (
        "lives with spouse and children",
        "lives alone",
        "lives with a partner",
        "lives with a roommate",
        "lives with parents",
    ),
    "old": (
        "lives alone in a single-story house",
        "lives with spouse",
        "lives with a daughter",
        "lives in a senior apartment",
        "lives with a son",
    ),
}


def generation(age: int) -> str:
    return "child" if age < 18 else "adult" if age < 66 else "old"


def name_era(age: int) -> str:
    return "old" if age >= 66 else "mid" if age >= 38 else "young"


def settle(person: Person, draw: Draw, age: int) -> None:
    """Give a person work, a home and allergies."""
    stage = generation(age)
    person.occupation = "" if age < 3 else draw.pick(_WORK[stage])
    person.lives = "lives with parents" if age < 3 else draw.pick(_HOME[stage])
    if age > 2 and draw.chance(0.32):
        count = 2 if draw.chance(0.25) else 1
        person.allergies = tuple(draw.shuffled(ALLERGIES)[:count])
