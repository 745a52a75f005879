"""C-CDA R2.1 documents: continuity of care documents from the clinic, transfer summaries from hospitals elsewhere.

Sections carry the R2.1 template identifiers with their 2015-08-01 extension, a narrative, and coded entries for problems (ICD-10-CM as a
translation of the narrative's term), medications, allergies, results and encounters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from muniment.demo import labs
from muniment.demo.draw import Draw
from muniment.demo.hl7 import stamp
from muniment.demo.organisation import FACILITY, STATE
from muniment.demo.people import Person
from muniment.demo.profile import background
from muniment.demo.staff import clinicians, false_npi

ENTERPRISE_ROOT = "2.16.840.1.113883.19.77"
OUTSIDE = (
    ("Marling Point Hospital", "2.16.840.1.113883.19.81", "Thessaly Brandt"),
    ("Tidewater Community Hospital", "2.16.840.1.113883.19.82", "Anders Nygaard"),
)
_LOINC = 'codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"'
_ICD = 'codeSystem="2.16.840.1.113883.6.90" codeSystemName="ICD-10-CM"'
_SNOMED = 'codeSystem="2.16.840.1.113883.6.96" codeSystemName="SNOMED CT"'
_ACT = 'codeSystem="2.16.840.1.113883.5.6"'
_STATUS = {"F": "Female", "M": "Male"}
_TERMS = {
    "I10": "Essential hypertension",
    "I11.0": "Hypertensive heart disease with heart failure",
    "I12.9": "Hypertensive chronic kidney disease",
    "I13.0": "Hypertensive heart and chronic kidney disease with heart failure",
    "I50.22": "Chronic systolic heart failure",
    "I50.32": "Chronic diastolic heart failure",
    "E11.9": "Type 2 diabetes mellitus",
    "E11.22": "Type 2 diabetes mellitus with chronic kidney disease",
    "E11.42": "Type 2 diabetes mellitus with polyneuropathy",
    "E78.5": "Hyperlipidemia",
    "I25.10": "Coronary artery disease",
    "I48.0": "Paroxysmal atrial fibrillation",
    "I48.19": "Persistent atrial fibrillation",
    "J44.9": "Chronic obstructive pulmonary disease",
    "J45.909": "Asthma",
    "E03.9": "Hypothyroidism",
    "K21.9": "Gastroesophageal reflux disease",
    "F32.A": "Depression",
    "F41.9": "Anxiety disorder",
    "G47.33": "Obstructive sleep apnea",
    "N40.0": "Benign prostatic hyperplasia",
    "M81.0": "Osteoporosis",
    "N18.31": "Chronic kidney disease stage 3a",
    "N18.32": "Chronic kidney disease stage 3b",
    "N18.4": "Chronic kidney disease stage 4",
    "F17.210": "Nicotine dependence, cigarettes",
    "F10.20": "Alcohol dependence",
    "F11.20": "Opioid dependence",
    "E66.811": "Obesity, class 1",
    "E66.812": "Obesity, class 2",
    "E66.813": "Obesity, class 3",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote the document: custodian's name and OID, author, and the patient identifiers it knows (root, extension)."""

    name: str
    root: str
    author: str
    npi: str
    patient_ids: tuple[tuple[str, str], ...]
    kind: tuple[str, str, str]  # LOINC, display, template root


def problems_of(person: Person) -> list[tuple[str, str]]:
    """(ICD-10-CM code, term) of what the person lives with."""
    return [(code, _TERMS[code]) for code in background(person) if code in _TERMS]


def clinic_origin(person: Person, draw: Draw) -> Origin:
    clinic = FACILITY["HVPC"]
    doctor = draw.pick(clinicians("family", "HVPC"))
    ids = [(clinic.root, person.mrn("HVPC"))] + ([(ENTERPRISE_ROOT, person.enterprise)] if person.enterprise else [])
    kind = ("34133-9", "Summarization of Episode Note", "2.16.840.1.113883.10.20.22.1.2")
    return Origin(clinic.name, clinic.root, f"{doctor.given} {doctor.family}", doctor.npi, tuple(ids), kind)


def outside_origin(person: Person, draw: Draw) -> Origin:
    """A hospital elsewhere: it knows our enterprise number when the transfer was arranged, else only its own."""
    title, root, author = draw.pick(OUTSIDE)
    own = (root, f"{draw.between(100_000, 999_999)}")
    known = ((ENTERPRISE_ROOT, person.enterprise),) if person.enterprise and draw.chance(0.8) else ()
    kind = ("18761-7", "Transfer summary note", "2.16.840.1.113883.10.20.22.1.13")
    return Origin(title, root, author, false_npi(90_000 + draw.between(1, 9_000)), (own, *known), kind)


def document(person: Person, origin: Origin, at: datetime, draw: Draw, number: str, medicines: list[str]) -> bytes:
    """The whole document as UTF-8 XML."""
    sections = (
        _allergies(person, draw),
        _medications(medicines, at, draw),
        _problems(person, at, draw),
        _results(person, at, draw),
        _encounters(person, origin, at, draw, number),
    )
    body = "".join(f"<component>{section}</component>" for section in sections)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{_header(person, origin, at, number)}<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>\n"
    ).encode()


def _header(person: Person, origin: Origin, at: datetime, number: str) -> str:
    code, display, template = origin.kind
    return (
        '<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f'<templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/><templateId root="{template}" extension="2015-08-01"/>'
        f'<id root="{origin.root}.9" extension="{number}"/><code code="{code}" {_LOINC} displayName={quoteattr(display)}/>'
        f"<title>{escape(display)}: {escape(origin.name)}</title>"
        f'<effectiveTime value="{stamp(at)}"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>'
        f"{_patient(person, origin)}{_people(origin, at)}"
    )


def _patient(person: Person, origin: Origin) -> str:
    ids = "".join(f'<id root="{root}" extension="{value}"/>' for root, value in origin.patient_ids)
    suffix = f"<suffix>{person.suffix}</suffix>" if person.suffix else ""
    middle = f"<given>{person.middle}</given>" if person.middle else ""
    return (
        f'<recordTarget><patientRole>{ids}<addr use="HP"><streetAddressLine>{escape(person.street)}</streetAddressLine><city>{escape(person.town)}</city>'
        f"<state>{STATE}</state><postalCode>{person.postal_code}</postalCode><country>US</country></addr>"
        f'<telecom use="HP" value="tel:{_digits(person.phone)}"/><patient><name use="L"><given>{escape(person.given)}</given>{middle}'
        f"<family>{escape(person.family)}</family>{suffix}</name>"
        f'<administrativeGenderCode code="{person.sex}" codeSystem="2.16.840.1.113883.5.1" displayName="{_STATUS[person.sex]}"/>'
        f'<birthTime value="{person.born:%Y%m%d}"/></patient></patientRole></recordTarget>'
    )


def _digits(phone: str) -> str:
    return "+1-" + phone.replace("(", "").replace(") ", "-")


def _people(origin: Origin, at: datetime) -> str:
    given, family = origin.author.split(" ", 1)
    who = f'<id root="2.16.840.1.113883.4.6" extension="{origin.npi}"/>'
    person = f"<assignedPerson><name><given>{escape(given)}</given><family>{escape(family)}</family></name></assignedPerson>"
    place = f'<id root="{origin.root}"/><name>{escape(origin.name)}</name>'
    return (
        f'<author><time value="{stamp(at)}"/><assignedAuthor>{who}{person}<representedOrganization>{place}</representedOrganization></assignedAuthor></author>'
        f"<custodian><assignedCustodian><representedCustodianOrganization>{place}</representedCustodianOrganization></assignedCustodian></custodian>"
        f'<legalAuthenticator><time value="{stamp(at)}"/><signatureCode code="S"/><assignedEntity>{who}{person}</assignedEntity></legalAuthenticator>'
    )


def _section(
    template: str,
    code: str,
    title: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    entries: Iterable[str],
    edition: str = "2015-08-01",
) -> str:
    head = "".join(f"<th>{column}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else "<paragraph>None known.</paragraph>"
    )
    coded = "".join(f'<entry typeCode="DRIV">{entry}</entry>' for entry in entries)
    none = "" if rows else ' nullFlavor="NI"'
    return f'<section{none}><templateId root="{template}" extension="{edition}"/><code code="{code}" {_LOINC}/><title>{title}</title><text>{table}</text>{coded}</section>'


def _id(draw: Draw) -> str:
    return f'<id root="{ENTERPRISE_ROOT}.5" extension="{draw.between(10**9, 10**10 - 1)}"/>'


def _problems(person: Person, at: datetime, draw: Draw) -> str:
    known = problems_of(person)
    since = [at - timedelta(days=draw.between(200, 4000)) for _ in known]
    rows = [(term, f"{when:%Y-%m-%d}", "Active") for (_, term), when in zip(known, since, strict=True)]
    entries = [_problem(code, term, when, draw) for (code, term), when in zip(known, since, strict=True)]
    return _section("2.16.840.1.113883.10.20.22.2.5.1", "11450-4", "Problems", ("Problem", "Since", "Status"), rows, entries)


def _problem(code: str, term: str, since: datetime, draw: Draw) -> str:
    low = f'<effectiveTime><low value="{since:%Y%m%d}"/></effectiveTime>'
    return (
        f'<act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3" extension="2015-08-01"/>{_id(draw)}<code code="CONC" {_ACT}/><statusCode code="active"/>{low}'
        '<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">'
        f'<templateId root="2.16.840.1.113883.10.20.22.4.4" extension="2015-08-01"/>{_id(draw)}<code code="55607006" {_SNOMED} displayName="Problem"/><statusCode code="completed"/>{low}'
        f'<value xsi:type="CD" code="{code}" {_ICD} displayName={quoteattr(term)}/></observation></entryRelationship></act>'
    )


def _allergies(person: Person, draw: Draw) -> str:
    rows = [(drug, what, "Active") for drug, what in person.allergies]
    entries = [_allergy(drug, what, draw) for drug, what in person.allergies]
    return _section(
        "2.16.840.1.113883.10.20.22.2.6.1",
        "48765-2",
        "Allergies and adverse reactions",
        ("Substance", "Reaction", "Status"),
        rows,
        entries,
    )


def _allergy(drug: str, what: str, draw: Draw) -> str:
    return (
        f'<act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.30" extension="2015-08-01"/>{_id(draw)}<code code="CONC" {_ACT}/><statusCode code="active"/>'
        '<effectiveTime><low nullFlavor="UNK"/></effectiveTime><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">'
        f'<templateId root="2.16.840.1.113883.10.20.22.4.7" extension="2014-06-09"/>{_id(draw)}<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/>'
        f'<effectiveTime><low nullFlavor="UNK"/></effectiveTime><value xsi:type="CD" code="419199007" {_SNOMED} displayName="Allergy to substance"/>'
        f'<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT"><code nullFlavor="OTH"><originalText>{escape(drug)}</originalText></code><name>{escape(drug)}</name></playingEntity></participantRole></participant>'
        '<entryRelationship typeCode="MFST" inversionInd="true"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.9" extension="2014-06-09"/>'
        f'{_id(draw)}<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/><value xsi:type="CD" nullFlavor="OTH"><originalText>{escape(what)}</originalText></value></observation></entryRelationship>'
        "</observation></entryRelationship></act>"
    )


def _medications(lines: list[str], at: datetime, draw: Draw) -> str:
    entries = [_medication(line, at - timedelta(days=draw.between(30, 900)), draw) for line in lines]
    return _section(
        "2.16.840.1.113883.10.20.22.2.1.1",
        "10160-0",
        "Medications",
        ("Medication and directions",),
        [(line,) for line in lines],
        entries,
        "2014-06-09",
    )


def _medication(line: str, since: datetime, draw: Draw) -> str:
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="INT"><templateId root="2.16.840.1.113883.10.20.22.4.16" extension="2014-06-09"/>{_id(draw)}<statusCode code="active"/>'
        f'<effectiveTime xsi:type="IVL_TS"><low value="{since:%Y%m%d}"/></effectiveTime><doseQuantity nullFlavor="NI"/><consumable><manufacturedProduct classCode="MANU">'
        f'<templateId root="2.16.840.1.113883.10.20.22.4.23" extension="2014-06-09"/><manufacturedMaterial><code nullFlavor="OTH"><originalText>{escape(line)}</originalText></code></manufacturedMaterial>'
        "</manufacturedProduct></consumable></substanceAdministration>"
    )


def _results(person: Person, at: datetime, draw: Draw) -> str:
    taken = at - timedelta(days=draw.between(1, 40))
    tests = ("NA", "K", "CR", "GLU", "HGB") + (("A1C",) if person.has("dm2", "dm1") else ())
    values = [(test, round(labs.baseline(test, person, draw), labs.TESTS[test].places)) for test in tests]
    rows = [
        (labs.TESTS[test].name, f"{labs.shown(test, value)} {labs.TESTS[test].unit}", labs.reference(test), f"{taken:%Y-%m-%d}")
        for test, value in values
    ]
    inner = "".join(_result(test, value, taken, draw) for test, value in values)
    organizer = (
        f'<organizer classCode="BATTERY" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.1" extension="2015-08-01"/>{_id(draw)}<code code="24321-2" {_LOINC} displayName="Basic metabolic 2000 panel"/>'
        f'<statusCode code="completed"/>{inner}</organizer>'
    )
    return _section(
        "2.16.840.1.113883.10.20.22.2.3.1", "30954-2", "Results", ("Test", "Value", "Reference", "Date"), rows, [organizer]
    )


def _result(test: str, value: float, taken: datetime, draw: Draw) -> str:
    kind = labs.TESTS[test]
    flag = labs.flag(test, value)
    return (
        f'<component><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.2" extension="2015-08-01"/>{_id(draw)}<code code="{kind.code}" {_LOINC} displayName={quoteattr(kind.name)}/>'
        f'<statusCode code="completed"/><effectiveTime value="{stamp(taken)}"/><value xsi:type="PQ" value="{labs.shown(test, value)}" unit="{kind.unit}"/>'
        f'<interpretationCode code="{flag}" codeSystem="2.16.840.1.113883.5.83"/><referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="{kind.low:g}" unit="{kind.unit}"/>'
        f'<high value="{kind.high:g}" unit="{kind.unit}"/></value></observationRange></referenceRange></observation></component>'
    )


def _encounters(person: Person, origin: Origin, at: datetime, draw: Draw, number: str) -> str:
    began = at - timedelta(days=draw.between(0, 6), hours=2)
    label = "Office visit" if origin.root == FACILITY["HVPC"].root else "Hospital stay"
    code = ("AMB", "ambulatory") if label == "Office visit" else ("IMP", "inpatient encounter")
    entry = (
        f'<encounter classCode="ENC" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.49" extension="2015-08-01"/><id root="{origin.root}.4" extension="{number}"/>'
        f'<code code="{code[0]}" codeSystem="2.16.840.1.113883.5.4" displayName="{code[1]}"/><effectiveTime><low value="{stamp(began)}"/><high value="{stamp(at)}"/></effectiveTime></encounter>'
    )
    rows = [(label, f"{began:%Y-%m-%d}", origin.name)]
    return _section("2.16.840.1.113883.10.20.22.2.22.1", "46240-8", "Encounters", ("Encounter", "Date", "Place"), rows, [entry])
