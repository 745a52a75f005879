"""Which reader takes which entry: by its template id, else (plain CDA, older templates) by section and kind of statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from muniment.intake.ccda import allergies, conditions, encounters, family, medications, observations, procedures
from muniment.intake.ccda.reading import Reading
from muniment.intake.ccda.tree import Element, attr, kid, kids, local, templates, words

Reader = Callable[[Element, Reading], object]
_T = "2.16.840.1.113883.10.20.22.4."

BY_TEMPLATE: dict[str, Reader] = {
    _T + "3": conditions.concern,
    _T + "4": conditions.condition,
    **dict.fromkeys(conditions.DIAGNOSES, conditions.concern),
    _T + "30": allergies.concern,
    _T + "7": allergies.allergy,
    _T + "16": medications.medication,
    _T + "35": medications.inside,
    _T + "36": medications.inside,
    _T + "42": medications.request,
    _T + "120": medications.request,
    _T + "17": medications.supply,
    _T + "52": medications.immunization,
    _T + "1": observations.result_organizer,
    _T + "2": observations.result,
    _T + "26": observations.vitals,
    _T + "27": observations.vital,
    _T + "38": observations.social,
    _T + "78": observations.social,
    _T + "85": observations.social,
    _T + "200": observations.social,
    _T + "501": observations.social,
    "2.16.840.1.113883.10.20.15.3.8": observations.social,
    _T + "66": observations.functional,
    _T + "67": observations.functional,
    _T + "68": observations.functional,
    _T + "69": observations.functional,
    _T + "73": observations.functional,
    _T + "74": observations.functional,
    _T + "75": observations.functional,
    _T + "12": procedures.procedure,
    _T + "13": procedures.procedure,
    _T + "14": procedures.procedure,
    _T + "39": procedures.plan,
    _T + "41": procedures.plan,
    _T + "44": procedures.plan,
    _T + "121": procedures.goal,
    _T + "50": procedures.equipment,
    _T + "40": encounters.encounter,
    _T + "49": encounters.encounter,
    _T + "45": family.member,
}

# LOINC section code and kind of statement → reader, for documents whose templates are not C-CDA's.
_PROBLEMS: dict[str, Reader] = {"act": conditions.concern, "observation": conditions.condition}
_DRUGS: dict[str, Reader] = {"substanceAdministration": medications.medication, "supply": medications.supply}
_PROCEDURES: dict[str, Reader] = dict.fromkeys(("procedure", "act", "observation"), procedures.procedure)
_FUNCTION: dict[str, Reader] = dict.fromkeys(("observation", "organizer"), observations.functional)
BY_SECTION: dict[str, dict[str, Reader]] = {
    **dict.fromkeys(("11450-4", "11348-0", "11535-2", "46241-6", "10219-4", "10218-6", "59769-0"), _PROBLEMS),
    "48765-2": {"act": allergies.concern, "observation": allergies.allergy},
    **dict.fromkeys(("10160-0", "29549-3", "10183-2", "42346-7"), _DRUGS),
    "11369-6": {"substanceAdministration": medications.immunization},
    "30954-2": {"organizer": observations.result_organizer, "observation": observations.result},
    "8716-3": {"organizer": observations.vitals, "observation": observations.vital},
    "47519-4": _PROCEDURES,
    "46240-8": {"encounter": encounters.encounter},
    "29762-2": {"observation": observations.social},
    "10157-6": {"organizer": family.member},
    "47420-5": _FUNCTION,
    "10190-7": _FUNCTION,
    "61146-7": {"observation": procedures.goal},
    "46264-8": {"supply": procedures.equipment, "procedure": procedures.procedure},
    "18776-5": {
        **dict.fromkeys(("procedure", "act", "observation"), procedures.plan),
        "substanceAdministration": medications.request,
        "encounter": encounters.encounter,
    },
}
_KINDS = {
    "observation",
    "act",
    "procedure",
    "encounter",
    "supply",
    "substanceAdministration",
    "organizer",
    "observationMedia",
    "regionOfInterest",
}
_WITHOUT_RECORD = {"observationMedia", "regionOfInterest"}  # drawn with the narrative, not entries of their own


def sections(body: Element | None, path: str = "") -> list[tuple[str, Element]]:
    """Every section with its path (``2``, ``2.1``), in document order."""
    found: list[tuple[str, Element]] = []
    parts = (section for part in kids(body, "component") for section in kids(part, "section"))
    for number, section in enumerate(parts, 1):
        here = f"{path}.{number}" if path else str(number)
        found += [(here, section), *sections(section, here)]
    return found


def read_section(section: Element, path: str, r: Reading) -> None:
    """File what the section's entries say; count what is of a kind not extracted."""
    code = kid(section, "code")
    r.section_code, r.section_path = attr(code, "code"), path
    r.section = words(kid(section, "title")) or attr(code, "displayName") or f"section {path}"
    skipped: Counter[str] = Counter()
    statements = [each for entry in kids(section, "entry") for each in entry if local(each) in _KINDS]
    for r.ordinal, statement in enumerate(statements, 1):
        reader = _reader(statement, r.section_code)
        if reader:
            reader(statement, r)
        elif local(statement) not in _WITHOUT_RECORD:
            skipped[local(statement)] += 1
    r.ordinal = 0
    if skipped:
        r.remark(
            f"{skipped.total()} of {len(statements)} entries are of a kind that is not extracted; they stay in the document."
        )


def _reader(statement: Element, section_code: str) -> Reader | None:
    for template in templates(statement):
        if template in BY_TEMPLATE:
            return BY_TEMPLATE[template]
    return BY_SECTION.get(section_code, {}).get(local(statement))
