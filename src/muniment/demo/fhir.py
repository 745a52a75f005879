"""FHIR R4 from the clinic: transaction Bundles with the patient, immunisations, allergies and conditions, and letters as DocumentReference."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, timedelta
from typing import Any

from muniment.demo.ccda import ENTERPRISE_ROOT, problems_of
from muniment.demo.draw import Draw
from muniment.demo.organisation import FACILITY, STATE, ZONE, day_of
from muniment.demo.people import Person
from muniment.demo.staff import Staff, clinicians
from muniment.kernel.ids import derived_id

Resource = dict[str, Any]
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
# CVX codes: child and adult vaccines in use.
_CHILD = (
    ("20", "DTaP"),
    ("10", "IPV"),
    ("03", "MMR"),
    ("21", "varicella"),
    ("08", "Hep B, adolescent or pediatric"),
    ("133", "Pneumococcal conjugate PCV 13"),
)
_ADULT = (
    ("115", "Tdap"),
    ("187", "zoster recombinant"),
    ("216", "Pneumococcal conjugate PCV20"),
    ("140", "Influenza, seasonal, injectable, preservative free"),
)
_LETTERS = (
    "I saw {title} today for {what}. Blood pressure was <118-146>/<66-88>. We agreed to [continue the present medicines|check laboratory work in <4-12> weeks|see a dietitian|walk daily]. [Thank you for your care of this patient.|Please call with any questions.]",
    "Thank you for asking me to see {title}, who has {what}. [The examination was unremarkable.|Examination was notable only for mild ankle swelling.|No new findings.] I recommend [no change in treatment|a repeat visit in <3-9> months|home blood pressure readings]. [I will see the patient again as needed.|A copy of results is enclosed.]",
)


def bundle(person: Person, at: datetime, draw: Draw, number: str) -> bytes:
    """A transaction with conditional creation of the patient by clinic number."""
    patient = _urn("patient", number)
    entries = [_entry(patient, _patient(person), f"identifier=urn:oid:{FACILITY['HVPC'].root}|{person.mrn('HVPC')}")]
    made = [
        *_immunizations(person, patient, at, draw),
        *(_allergy(drug, what, patient, at) for drug, what in person.allergies),
        *(_condition(code, term, patient, at, draw) for code, term in problems_of(person)[:6]),
    ]
    entries += [_entry(_urn(resource["resourceType"], number, str(place)), resource) for place, resource in enumerate(made)]
    return _bytes(
        {
            "resourceType": "Bundle",
            "id": f"clinic-{number.lower()}",
            "type": "transaction",
            "timestamp": _when(at),
            "entry": entries,
        }
    )


def letter(person: Person, at: datetime, draw: Draw, number: str) -> bytes:
    """A Bundle with one DocumentReference: a consultation letter as plain text in the attachment."""
    patient = _urn("patient", number)
    doctor = draw.pick(clinicians("family", "HVPC"))
    known = problems_of(person)
    facts = {
        "title": ("Mr. " if person.sex == "M" else "Ms. ") + person.family,
        "what": known[0][1].lower() if known else "a routine visit",
    }
    text = f"{FACILITY['HVPC'].name}\n{day_of(at):%B %d, %Y}\n\nTo whom it may concern:\n\n{draw.say(draw.pick(_LETTERS), facts)}\n\n{doctor.signature}\n"
    entries = [
        _entry(patient, _patient(person), f"identifier=urn:oid:{FACILITY['HVPC'].root}|{person.mrn('HVPC')}"),
        _entry(_urn("letter", number), _reference(patient, doctor, at, text, number)),
    ]
    return _bytes(
        {
            "resourceType": "Bundle",
            "id": f"letter-{number.lower()}",
            "type": "transaction",
            "timestamp": _when(at),
            "entry": entries,
        }
    )


def _bytes(resource: Resource) -> bytes:
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def _urn(*parts: str) -> str:
    return f"urn:uuid:{derived_id('demo', *parts)}"


def _when(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def _entry(url: str, resource: Resource, condition: str = "") -> Resource:
    request: Resource = {"method": "POST", "url": resource["resourceType"]}
    if condition:
        request["ifNoneExist"] = condition
    return {"fullUrl": url, "resource": resource, "request": request}


def _patient(person: Person) -> Resource:
    ids = [
        {
            "type": _coded("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),
            "system": f"urn:oid:{FACILITY['HVPC'].root}",
            "value": person.mrn("HVPC"),
        }
    ]
    if person.enterprise:
        ids.append(
            {
                "type": _coded("http://terminology.hl7.org/CodeSystem/v2-0203", "PI"),
                "system": f"urn:oid:{ENTERPRISE_ROOT}",
                "value": person.enterprise,
            }
        )
    given = [person.given, person.middle] if person.middle else [person.given]
    name: Resource = {"use": "official", "family": person.family, "given": given}
    if person.suffix:
        name["suffix"] = [person.suffix]
    return {
        "resourceType": "Patient",
        "identifier": ids,
        "name": [name],
        "telecom": [{"system": "phone", "value": person.phone, "use": "home"}],
        "gender": "female" if person.sex == "F" else "male",
        "birthDate": person.born.isoformat(),
        "address": [
            {
                "use": "home",
                "line": [person.street],
                "city": person.town,
                "state": STATE,
                "postalCode": person.postal_code,
                "country": "US",
            }
        ],
    }


def _coded(system: str, code: str, display: str = "") -> Resource:
    coding = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding]}


def _immunizations(person: Person, patient: str, at: datetime, draw: Draw) -> list[Resource]:
    child = person.age_on(day_of(at)) < 18
    given = draw.shuffled(_CHILD if child else _ADULT)[: draw.between(1, 3)]
    return [_immunization(code, title, patient, _past_day(person, at, draw), draw) for code, title in given]


def _past_day(person: Person, at: datetime, draw: Draw) -> date:
    age = max(1, (day_of(at) - person.born).days)
    return day_of(at) - timedelta(days=draw.between(0, min(age - 1, 900)))


def _immunization(code: str, title: str, patient: str, day: date, draw: Draw) -> Resource:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": _coded("http://hl7.org/fhir/sid/cvx", code, title),
        "patient": {"reference": patient},
        "occurrenceDateTime": day.isoformat(),
        "primarySource": True,
        "lotNumber": f"{draw.pick('ABCDEFGH')}{draw.between(1000, 9999)}",
        "site": _coded("http://terminology.hl7.org/CodeSystem/v3-ActSite", draw.pick(("LA", "RA"))),
    }


def _allergy(drug: str, what: str, patient: str, at: datetime) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _coded(_ALLERGY, "active"),
        "verificationStatus": _coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "confirmed"),
        "code": {"text": drug},
        "patient": {"reference": patient},
        "recordedDate": day_of(at).isoformat(),
        "reaction": [{"manifestation": [{"text": what}]}],
    }


def _condition(code: str, term: str, patient: str, at: datetime, draw: Draw) -> Resource:
    return {
        "resourceType": "Condition",
        "clinicalStatus": _coded(_CLINICAL, "active"),
        "verificationStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "category": [_coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
        "code": {**_coded("http://hl7.org/fhir/sid/icd-10-cm", code, term), "text": term},
        "subject": {"reference": patient},
        "onsetDateTime": f"{day_of(at).year - draw.between(1, 9)}",
        "recordedDate": day_of(at).isoformat(),
    }


def _reference(patient: str, doctor: Staff, at: datetime, text: str, number: str) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "identifier": [{"system": f"urn:oid:{FACILITY['HVPC'].root}.9", "value": number}],
        "status": "current",
        "docStatus": "final",
        "type": _coded("http://loinc.org", "34108-1", "Clinic note"),
        "subject": {"reference": patient},
        "date": _when(at),
        "author": [
            {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": doctor.npi}, "display": doctor.signature}
        ],
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "title": "Letter",
                    "data": base64.b64encode(text.encode()).decode(),
                }
            }
        ],
    }
