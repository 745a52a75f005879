"""HL7 v2 data types → facts and FHIR R4 data types (HL7 v2.8 chapter 2A)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.parse import Composite, Segment
from muniment.intake.submission import AddressFact, IdentifierFact, LocationFacts, NameFact, PractitionerFacts, TelecomFact
from muniment.kernel.moments import Moment

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_LONGEST_NUMBER = 64
_OID = re.compile(r"[0-2](?:\.\d+)+")
_TABLE = re.compile(r"HL7-?(\d{4})")
_LOCAL = re.compile(r"L|99.*|LOCAL", re.IGNORECASE)
_PLACEHOLDER_SSN = re.compile(r"(\d)\1{8}|123456789")


class Clock:
    """Reads dates of one message; what can't be read becomes a remark naming the field."""

    __slots__ = ("remarks", "zone")

    def __init__(self, zone: tzinfo, remarks: list[str]) -> None:
        self.zone = zone
        self.remarks = remarks

    def read(self, text: str, where: str) -> Moment | None:
        if not text:
            return None
        try:
            moment = Moment.from_hl7(text, self.zone)
            if moment:
                moment.value.utctimetuple()  # an offset can push the first or last day out of the calendar
            return moment
        except (ValueError, OverflowError):
            self.remarks.append(f"{where} holds no date or time that exists; it was left out.")
            return None

    def field(self, segment: Segment, number: int) -> Moment | None:
        """The date in a field; TS components are cut off."""
        raw = segment[number]
        return self.read(segment.text(number), f"{segment.name}-{number}") if raw else None


def assigner(authority: Composite, default: str) -> str:
    """HD: the OID or URI when there is one, else the namespace, else ``default`` (the sending facility)."""
    universal = authority[2]
    if universal:
        return f"urn:oid:{universal}" if _OID.fullmatch(universal) else universal
    namespace = authority[1]
    if _OID.fullmatch(namespace):
        return f"urn:oid:{namespace}"
    return namespace or default


def identifier(cx: Composite, default_assigner: str, default_type: str = "") -> IdentifierFact | None:
    """CX. None when it holds no number."""
    value = cx[1]
    if not value or not value.strip("0"):
        return None
    return IdentifierFact(assigner(cx.sub(4), default_assigner), value, cx[5] or default_type)


def identifiers(segment: Segment, number: int, default_assigner: str, default_type: str = "") -> list[IdentifierFact]:
    found = (identifier(cx, default_assigner, default_type) for cx in segment.repetitions(number))
    return [fact for fact in found if fact]


def social_security(text: str) -> IdentifierFact | None:
    """PID-19. None for what is no such number or a well-known filler."""
    digits = re.sub(r"\D", "", text)
    if len(digits) != 9 or _PLACEHOLDER_SSN.fullmatch(digits):
        return None
    return IdentifierFact("http://hl7.org/fhir/sid/us-ssn", digits, "SS")


def name(xpn: Composite) -> NameFact | None:
    """XPN. None when it holds neither family nor given name."""
    family = xpn[1]
    given = tuple(part for part in (xpn[2], *xpn[3].split()) if part)
    if not family and not given:
        return None
    kind = xpn[7].upper()
    return NameFact(family, given, xpn[5], xpn[4], tables.NAME_USE.get(kind, "usual"))


def address(xad: Composite) -> AddressFact | None:
    lines = tuple(line for line in (xad[1], xad[2]) if line)
    fact = AddressFact(lines, xad[3], xad[4], xad[5], xad[6], tables.ADDRESS_USE.get(xad[7].upper(), "home"))
    return fact if lines or fact.city or fact.postal_code or fact.state else None


def telecom(xtn: Composite, default_use: str = "home") -> TelecomFact | None:
    kind, equipment = xtn[2].upper(), xtn[3].upper()
    use = tables.TELECOM_USE.get(kind, default_use)
    if xtn[4] and (kind == "NET" or equipment in ("INTERNET", "X.400") or not (xtn[1] or xtn[7])):
        return TelecomFact(xtn[4], "email", use)
    number = xtn[1] or xtn[12] or "-".join(part for part in (xtn[6], xtn[7]) if part)
    if not number:
        return None
    if xtn[8] and number != xtn[1]:
        number += f" x{xtn[8]}"
    if equipment == "CP":
        use = "mobile"
    return TelecomFact(number, "email" if "@" in number else tables.TELECOM_SYSTEM.get(equipment, "other"), use)


def practitioner(xcn: Composite, default_assigner: str) -> PractitionerFacts | None:
    """XCN (also CN and PPN, which begin alike)."""
    number, family = xcn[1], xcn[2]
    given = tuple(part for part in (xcn[3], *xcn[4].split()) if part)
    if not (number or family or given):
        return None
    numbers = (IdentifierFact(assigner(xcn.sub(9), default_assigner), number, xcn[13] or _npi(xcn)),) if number else ()
    person = NameFact(family, given, xcn[6], xcn[5]) if family or given else None
    return PractitionerFacts(identifiers=numbers, name=person, credential=xcn[7])


def _npi(xcn: Composite) -> str:
    return "NPI" if "NPI" in (xcn[8].upper(), xcn[9].upper()) or "2.16.840.1.113883.4.6" in xcn.whole(9) else ""


def practitioners(segment: Segment, number: int, default_assigner: str) -> list[PractitionerFacts]:
    if not segment[number]:
        return []
    found = (practitioner(xcn, default_assigner) for xcn in segment.repetitions(number))
    return [fact for fact in found if fact]


def first_practitioner(segment: Segment, number: int, default_assigner: str) -> PractitionerFacts | None:
    raw = segment[number]
    return practitioner(segment.first(number), default_assigner) if raw else None


def location(pl: Composite) -> LocationFacts | None:
    fact = LocationFacts(facility=pl[4], unit=pl[1], room=pl[2], bed=pl[3])
    return fact if fact.facility or fact.unit or fact.room or fact.bed else None


def person_reference(person: PractitionerFacts, kind: str = "Practitioner") -> dict[str, Any]:
    """A logical FHIR Reference: name to read, number to resolve."""
    reference: dict[str, Any] = {"type": kind}
    if person.identifiers:
        reference["identifier"] = fhir_identifier(person.identifiers[0])
    if person.name:
        parts = (person.name.prefix, *person.name.given, person.name.family, person.name.suffix)
        spoken = " ".join(part for part in parts if part)
        reference["display"] = f"{spoken}, {person.credential}" if person.credential else spoken
    return reference


def fhir_identifier(fact: IdentifierFact) -> dict[str, Any]:
    """FHIR Identifier. An assigner that is no URI is named as text."""
    out: dict[str, Any] = {}
    if fact.type:
        out["type"] = {"coding": [{"system": tables.TERMINOLOGY + "v2-0203", "code": fact.type}]}
    if ":" in fact.system and " " not in fact.system:
        out["system"] = fact.system
    elif fact.system:
        out["assigner"] = {"display": fact.system}
    out["value"] = fact.value
    return out


def entity(ei: Composite) -> str:
    """EI as one stable word: the number and who gave it."""
    number = ei[1]
    giver = ei[2] or ei[3]
    return f"{number}^{giver}" if number and giver else number


def entity_identifier(ei: Composite, kind: str = "") -> dict[str, Any] | None:
    """EI as a FHIR Identifier; ``kind`` from table 0203 (PLAC, FILL)."""
    if not ei[1]:
        return None
    system = f"urn:oid:{ei[3]}" if _OID.fullmatch(ei[3]) else ei[2]
    return fhir_identifier(IdentifierFact(system, ei[1], kind))


def code_system(name: str) -> str:
    """Table 0396 name → URI; "" for local systems and those we do not know."""
    if not name or _LOCAL.fullmatch(name):
        return ""
    known = tables.CODE_SYSTEM.get(name.upper())
    if known:
        return known
    found = _TABLE.fullmatch(name.upper())
    if found:
        return f"{tables.TERMINOLOGY}v2-{found[1]}"
    if _OID.fullmatch(name):
        return f"urn:oid:{name}"
    return name if name.startswith(("http://", "https://", "urn:")) and " " not in name else ""


def concept(cwe: Composite, default_system: str = "") -> dict[str, Any] | None:
    """CE, CWE, CNE, IS → CodeableConcept. None when it says nothing."""
    codings = [coding for first in (1, 4, 10) if (coding := _coding(cwe, first, default_system if first == 1 else ""))]
    text = cwe.whole(9) or cwe.whole(2) or cwe.whole(5)
    if not codings and not text:
        return None
    out: dict[str, Any] = {}
    if codings:
        out["coding"] = codings
    out["text"] = text or codings[0]["code"]
    return out


def _coding(cwe: Composite, first: int, default_system: str) -> dict[str, Any] | None:
    code = cwe.whole(first)
    if not code:
        return None
    system = code_system(cwe[first + 2]) or (default_system if not cwe[first + 2] else "")
    out = {"system": system} if system else {}
    out["code"] = " ".join(code.split())  # FHIR's code type allows single blanks inside only
    display = cwe.whole(first + 1)
    if display:
        out["display"] = display
    return out


def concepts(segment: Segment, number: int, default_system: str = "") -> list[dict[str, Any]]:
    if not segment[number]:
        return []
    found = (concept(cwe, default_system) for cwe in segment.repetitions(number))
    return [each for each in found if each]


def coded(code: str, system: str, display: str = "") -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    coding = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding]}


def number(text: str) -> Decimal | None:
    """NM exactly as written: ``72.50`` stays 72.50. None when it is no number."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def quantity(value: Decimal, units: Composite, comparator: str = "") -> dict[str, Any]:
    """FHIR Quantity; UCUM where CWE-3 says so."""
    out: dict[str, Any] = {"value": value}
    if comparator:
        out["comparator"] = comparator
    code = units.whole(1)
    if code:
        out["unit"] = units.whole(2) or code
        if units[3].upper() in ("UCUM", tables.UCUM.upper()):
            out["system"], out["code"] = tables.UCUM, "".join(code.split())
    return out


def unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
