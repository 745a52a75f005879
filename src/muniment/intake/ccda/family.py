"""Family history organizers → FamilyMemberHistory."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda.conditions import ONSET_AGE, age, notes
from muniment.intake.ccda.datatypes import choice, concept, identifiers, required
from muniment.intake.ccda.parties import author_of, sdtc
from muniment.intake.ccda.reading import PATIENT, Reading
from muniment.intake.ccda.tree import Element, attr, down, first_related, kid, kids, true

_DIED_OF = "2.16.840.1.113883.10.20.22.4.47"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_SEXES = {"M": "male", "F": "female", "UN": "other"}


def member(node: Element, r: Reading) -> None:
    """One relative with what they had, when, and whether they died of it."""
    relative = down(node, "subject", "relatedSubject")
    person = kid(relative, "subject")
    sex = _SEXES.get(attr(kid(person, "administrativeGenderCode"), "code"), "")
    resource = {
        "resourceType": "FamilyMemberHistory",
        "identifier": identifiers(node),
        "status": "entered-in-error" if attr(kid(node, "statusCode"), "code") == "nullified" else "completed",
        "patient": PATIENT,
        "relationship": required(kid(relative, "code"), r),
        "sex": {"coding": [{"system": _GENDER, "code": sex}]} if sex else None,
        "bornDate": r.date_time(kid(person, "birthTime"))[:10],
        **_death(person, r),
        "condition": [_condition(each, r) for each in _observations(node)],
    }
    r.file(resource, node, author=author_of(node))


def _death(person: Element | None, r: Reading) -> dict[str, Any]:
    date = r.date_time(sdtc(person, "deceasedTime"))[:10]
    if date:
        return {"deceasedDate": date}
    dead = sdtc(person, "deceasedInd")
    return {"deceasedBoolean": true(dead, "value")} if attr(dead, "value") else {}


def _observations(node: Element) -> list[Element]:
    """What the relative had; a negated finding (they did not have it) is no condition of theirs."""
    found = (each for part in kids(node, "component") for each in kids(part, "observation"))
    return [each for each in found if not true(each, "negationInd")]


def _condition(node: Element, r: Reading) -> dict[str, Any]:
    said: dict[str, Any] = {"code": concept(kid(node, "value"), r) or required(kid(node, "code"), r, r.narrative(node))}
    said |= choice("onset", age(first_related(node, ONSET_AGE), r))
    if first_related(node, _DIED_OF) is not None:
        said["contributedToDeath"] = True
    found = notes(node, r)
    return said | ({"note": found} if found else {})
