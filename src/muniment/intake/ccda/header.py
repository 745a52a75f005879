"""The CDA header: whose document, which stay, who wrote, keeps and signed it (C-CDA R2.1 §1.1, US Realm Header)."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda.datatypes import concept, identifiers, period
from muniment.intake.ccda.encounters import class_of
from muniment.intake.ccda.parties import addresses, facts, names, practitioner, sdtc, telecoms
from muniment.intake.ccda.reading import Reading
from muniment.intake.ccda.tree import Element, attr, down, kid, kids, null, true, words
from muniment.intake.submission import EncounterFacts, LocationFacts, PatientFacts, PractitionerFacts
from muniment.kernel.errors import Unfileable
from muniment.kernel.moments import Moment

_SEXES = {"M": "male", "F": "female", "UN": "other", "U": "unknown", "UNK": "unknown"}


def patient(root: Element, r: Reading) -> PatientFacts:
    """Raises :class:`Unfileable` where the document names nobody."""
    targets = list(kids(root, "recordTarget"))
    role = kid(targets[0] if targets else None, "patientRole")
    person = kid(role, "patient")
    known, called = facts(role), names(person)
    if not known and not called:
        raise Unfileable(
            "The document does not say whose it is: the patient has neither an identifier nor a name.",
            where="recordTarget/patientRole",
            remedy="Ask the sender for a document with the patient's identifier.",
        )
    if len(targets) > 1:
        r.remark("the document names several patients; the first was taken.")
    dead, dead_at = _death(person, r)
    return PatientFacts(
        identifiers=known,
        names=called,
        birth=r.moment(kid(person, "birthTime")),
        sex=_sex(kid(person, "administrativeGenderCode")),
        deceased=dead,
        deceased_at=dead_at,
        addresses=addresses(role),
        telecoms=telecoms(role),
        multiple_birth_order=_birth_order(person),
    )


def _sex(code: Element | None) -> str:
    return _SEXES.get(attr(code, "code") or null(code), "")


def _death(person: Element | None, r: Reading) -> tuple[bool | None, Moment | None]:
    indicator = sdtc(person, "deceasedInd")
    at = r.moment(sdtc(person, "deceasedTime"))
    if at:
        return True, at
    return (true(indicator, "value") if attr(indicator, "value") else None), None


def _birth_order(person: Element | None) -> int | None:
    text = attr(sdtc(person, "multipleBirthOrderNumber"), "value")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def encounter(root: Element, r: Reading) -> EncounterFacts | None:
    """The encompassing encounter, or None where the document has none."""
    stay = down(root, "componentOf", "encompassingEncounter")
    if stay is None:
        return None
    time = kid(stay, "effectiveTime")
    by_role = _participants(stay)
    responsible = practitioner(down(stay, "responsibleParty", "assignedEntity"))
    return EncounterFacts(
        identifier=next(iter(facts(stay)), None),
        class_=class_of(kid(stay, "code")),
        location=_location(stay),
        attending=next(iter(by_role.get("ATND", [])), None) or responsible,
        admitting=next(iter(by_role.get("ADM", [])), None),
        referring=next(iter(by_role.get("REF", [])), None),
        consulting=tuple(by_role.get("CON", [])),
        admitted_at=r.moment(kid(time, "low")) or r.moment(time),
        discharged_at=r.moment(kid(time, "high")),
        disposition=_disposition(kid(stay, "dischargeDispositionCode")),
    )


def _participants(stay: Element) -> dict[str, list[PractitionerFacts]]:
    found: dict[str, list[PractitionerFacts]] = {}
    for each in kids(stay, "encounterParticipant"):
        said = practitioner(kid(each, "assignedEntity"))
        if said:
            found.setdefault(attr(each, "typeCode"), []).append(said)
    return found


def _location(stay: Element) -> LocationFacts | None:
    place = down(stay, "location", "healthCareFacility")
    known = facts(place)
    unit = words(down(place, "location", "name"))
    facility = known[0].value if known else words(down(place, "serviceProviderOrganization", "name"))
    return LocationFacts(facility=facility, unit=unit) if facility or unit else None


def _disposition(code: Element | None) -> str:
    text = attr(code, "code")
    return text.zfill(2) if text.isascii() and text.isdigit() else text


def custodian(root: Element) -> Element | None:
    return down(root, "custodian", "assignedCustodian", "representedCustodianOrganization")


def facility_code(root: Element) -> str:
    """The custodian's code as sent, which says whose time zone the document keeps."""
    known = facts(custodian(root))
    return known[0].value if known else ""


def signed(root: Element) -> bool:
    """Whether a legal authenticator signed (signatureCode S); "required" or "intended" is no signature."""
    return any(attr(kid(each, "signatureCode"), "code").upper() == "S" for each in kids(root, "legalAuthenticator"))


def service(root: Element, r: Reading) -> dict[str, Any]:
    """``documentationOf/serviceEvent`` as DocumentReference.context: what was done, and in which period."""
    event = down(root, "documentationOf", "serviceEvent")
    said = {
        "period": period(kid(event, "effectiveTime"), r),
        "event": [found] if (found := concept(kid(event, "code"), r)) else None,
    }
    return {name: each for name, each in said.items() if each}


def replaced(root: Element) -> list[dict[str, Any]]:
    """``relatedDocument`` as DocumentReference.relatesTo (RPLC replaces, APND appends, XFRM transforms)."""
    codes = {"RPLC": "replaces", "APND": "appends", "XFRM": "transforms"}
    found = []
    for each in kids(root, "relatedDocument"):
        parent = identifiers(kid(each, "parentDocument"))
        if parent and attr(each, "typeCode") in codes:
            found.append({"code": codes[attr(each, "typeCode")], "target": {"identifier": parent[0]}})
    return found
