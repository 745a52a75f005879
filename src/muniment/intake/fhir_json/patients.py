"""Whose it is: the patient a resource belongs to, and what a Patient resource says of the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from muniment.intake.submission import AddressFact, IdentifierFact, NameFact, PatientFacts, PractitionerFacts, TelecomFact
from muniment.kernel.moments import Moment

# The elements through which a resource belongs to a patient's compartment (FHIR R4, CompartmentDefinition/patient), the
# person the resource is about before anybody who only took part.
_OWNER_ELEMENTS = ("subject", "patient", "beneficiary", "individual", "for", "candidate", "securityContext", "actor")
_TYPE_CODES = {
    "http://hl7.org/fhir/sid/us-ssn": "SS",
    "http://hl7.org/fhir/sid/us-npi": "NPI",
    "http://hl7.org/fhir/sid/us-medicare": "MC",
    "http://hl7.org/fhir/sid/us-mbi": "MC",
}
_FLAGS = {"HTEST": "test", "CEL": "vip", "VIP": "vip"}  # HL7 v3 ActReason and ActCode security labels


def owner_references(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The references that may name the patient the resource is about, the best first."""
    for name in _OWNER_ELEMENTS:
        value = resource.get(name)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict))
    if resource["resourceType"] == "Appointment":
        yield from (one["actor"] for one in resource.get("participant", ()) if "actor" in one)


def source_identifier(source: str, key: str) -> IdentifierFact:
    """The name a source itself uses for a patient: its own logical id."""
    return IdentifierFact(system=f"urn:source:{source}", value=key)


def identifier_fact(value: dict[str, Any]) -> IdentifierFact | None:
    """An Identifier's system (or else its assigner), value and HL7 table 0203 type; None when it has no value."""
    text = value.get("value")
    if not text:
        return None
    system = value.get("system") or (value.get("assigner") or {}).get("display", "")
    codings = (value.get("type") or {}).get("coding", ())
    code = next((coding["code"] for coding in codings if "0203" in coding.get("system", "") and "code" in coding), "")
    return IdentifierFact(system=system, value=text, type=code or _TYPE_CODES.get(system, ""))


def searched_identifier(reference: str) -> IdentifierFact | None:
    """The identifier of a conditional reference: ``Patient?identifier=system|value``."""
    _, _, query = reference.partition("?")
    name, _, token = query.partition("=")
    system, bar, value = unquote(token).partition("|")
    if name != "identifier" or not (value if bar else system) or "&" in token:
        return None
    return IdentifierFact(system=system if bar else "", value=value if bar else system)


def patient_facts(patient: dict[str, Any], own: IdentifierFact | None) -> PatientFacts:
    """What a valid Patient resource says. ``own`` is the source's own name for it."""
    identifiers = [identifier_fact(one) for one in patient.get("identifier", ())]
    deceased_at = patient.get("deceasedDateTime")
    return PatientFacts(
        identifiers=tuple(one for one in (*identifiers, own) if one is not None),
        names=tuple(_name(one) for one in patient.get("name", ())),
        birth=_moment(patient.get("birthDate")),
        sex=patient.get("gender", ""),
        deceased=True if deceased_at else patient.get("deceasedBoolean"),
        deceased_at=_moment(deceased_at),
        addresses=tuple(_address(one) for one in patient.get("address", ())),
        telecoms=tuple(_telecom(one) for one in patient.get("telecom", ()) if one.get("value")),
        multiple_birth_order=patient.get("multipleBirthInteger"),
        flags=frozenset(_flags(patient)),
    )


def practitioner_facts(practitioner: dict[str, Any]) -> PractitionerFacts:
    """What a valid Practitioner resource says."""
    identifiers = (identifier_fact(one) for one in practitioner.get("identifier", ()))
    names = practitioner.get("name", ())
    return PractitionerFacts(
        identifiers=tuple(one for one in identifiers if one is not None),
        name=_name(names[0]) if names else None,
        credential=" ".join(_texts(names[0].get("suffix"))) if names else "",
    )


def _name(value: dict[str, Any]) -> NameFact:
    family, given = value.get("family", ""), tuple(_texts(value.get("given")))
    if not family and not given and value.get("text"):
        *first, family = value["text"].split()
        given = tuple(first)
    return NameFact(
        family=family,
        given=given,
        prefix=" ".join(_texts(value.get("prefix"))),
        suffix=" ".join(_texts(value.get("suffix"))),
        use=value.get("use", "official"),
    )


def _address(value: dict[str, Any]) -> AddressFact:
    return AddressFact(
        lines=tuple(_texts(value.get("line"))),
        city=value.get("city", ""),
        state=value.get("state", ""),
        postal_code=value.get("postalCode", ""),
        country=value.get("country", ""),
        use=value.get("use", "home"),
    )


def _telecom(value: dict[str, Any]) -> TelecomFact:
    return TelecomFact(value=value["value"], system=value.get("system", "phone"), use=value.get("use", "home"))


def _flags(patient: dict[str, Any]) -> Iterator[str]:
    for label in (patient.get("meta") or {}).get("security", ()):
        if label.get("code") in _FLAGS:
            yield _FLAGS[label["code"]]


def _texts(values: list[str | None] | None) -> Iterator[str]:
    return (value for value in values or () if value)


def _moment(text: str | None) -> Moment | None:
    return Moment.from_fhir(text) if text else None
