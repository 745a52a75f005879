"""HL7 object identifiers (OIDs) of code systems and identifier spaces, as FHIR R4 names them (R4 §4.3, terminologies)."""

from __future__ import annotations

import re

_V3 = "http://terminology.hl7.org/CodeSystem/v3-"
_V2 = "http://terminology.hl7.org/CodeSystem/v2-"
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ACT_CODE = _V3 + "ActCode"
NULL_FLAVOR = _V3 + "NullFlavor"
URI_IDS = "urn:ietf:rfc:3986"

CODE_SYSTEMS = {
    "2.16.840.1.113883.6.1": LOINC,
    "2.16.840.1.113883.6.96": SNOMED,
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.4": "http://www.cms.gov/Medicare/Coding/ICD10",
    "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
    "2.16.840.1.113883.6.42": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.104": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.8": UCUM,
    "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    "2.16.840.1.113883.6.285": "http://terminology.hl7.org/CodeSystem/HCPCS",
    "2.16.840.1.113883.6.14": "http://terminology.hl7.org/CodeSystem/HCPCS",
    "2.16.840.1.113883.6.13": "http://terminology.hl7.org/CodeSystem/CD2",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.59": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.12.227": "http://hl7.org/fhir/sid/mvx",
    "2.16.840.1.113883.6.60": "http://hl7.org/fhir/sid/mvx",
    "2.16.840.1.113883.6.101": "http://nucc.org/provider-taxonomy",
    "2.16.840.1.113883.6.238": "urn:oid:2.16.840.1.113883.6.238",
    "2.16.840.1.113883.6.301.5": "https://www.nubc.org/CodeSystem/PatDischargeStatus",
    "2.16.840.1.113883.6.301.1": "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit",
    "2.16.840.1.113883.6.301.4": "https://www.nubc.org/CodeSystem/PointOfOrigin",
    "2.16.840.1.113883.6.259": "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
    "2.16.840.1.113883.3.26.1.1": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "2.16.840.1.113883.3.26.1.5": "http://terminology.hl7.org/CodeSystem/nciVersionOfNDF-RT",
    "2.16.840.1.113883.6.345": "http://hl7.org/fhir/ndfrt",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
    "2.16.840.1.113883.6.24": "urn:iso:std:iso:11073:10101",
    "1.2.840.10008.2.16.4": "http://dicom.nema.org/resources/ontology/DCM",
    "2.16.840.1.113883.6.121": "urn:ietf:bcp:47",
    "2.16.840.1.113883.6.209": "http://hl7.org/fhir/sid/icf-nl",
    "2.16.840.1.113883.6.254": "http://hl7.org/fhir/sid/icf",
    "2.16.840.1.113883.5.4": ACT_CODE,
    "2.16.840.1.113883.5.6": _V3 + "ActClass",
    "2.16.840.1.113883.5.7": _V3 + "ActPriority",
    "2.16.840.1.113883.5.8": _V3 + "ActReason",
    "2.16.840.1.113883.5.1": _V3 + "AdministrativeGender",
    "2.16.840.1.113883.5.2": _V3 + "MaritalStatus",
    "2.16.840.1.113883.5.25": _V3 + "Confidentiality",
    "2.16.840.1.113883.5.63": _V3 + "ObservationValue",
    "2.16.840.1.113883.5.83": _V3 + "ObservationInterpretation",
    "2.16.840.1.113883.5.84": _V3 + "ObservationMethod",
    "2.16.840.1.113883.5.88": _V3 + "ParticipationFunction",
    "2.16.840.1.113883.5.90": _V3 + "ParticipationType",
    "2.16.840.1.113883.5.110": _V3 + "RoleClass",
    "2.16.840.1.113883.5.111": _V3 + "RoleCode",
    "2.16.840.1.113883.5.112": _V3 + "RouteOfAdministration",
    "2.16.840.1.113883.5.139": _V3 + "TimingEvent",
    "2.16.840.1.113883.5.1008": NULL_FLAVOR,
    "2.16.840.1.113883.5.1052": _V3 + "ActSite",
    "2.16.840.1.113883.5.1076": _V3 + "ReligiousAffiliation",
    "2.16.840.1.113883.12.1": _V2 + "0001",
    "2.16.840.1.113883.12.112": _V2 + "0112",
    "2.16.840.1.113883.12.162": _V2 + "0162",
    "2.16.840.1.113883.12.163": _V2 + "0163",
    "2.16.840.1.113883.12.78": _V2 + "0078",
    "2.16.840.1.113883.18.137": _V2 + "0203",
}

IDENTIFIER_SYSTEMS = {
    "2.16.840.1.113883.4.1": "http://hl7.org/fhir/sid/us-ssn",
    "2.16.840.1.113883.4.6": "http://hl7.org/fhir/sid/us-npi",
    "2.16.840.1.113883.4.572": "http://hl7.org/fhir/sid/us-medicare",
    "2.16.840.1.113883.4.927": "http://hl7.org/fhir/sid/us-mbi",
    "2.16.840.1.113883.4.7": "urn:oid:2.16.840.1.113883.4.7",
}
IDENTIFIER_TYPES = {  # HL7 table 0203
    "2.16.840.1.113883.4.1": "SS",
    "2.16.840.1.113883.4.6": "NPI",
    "2.16.840.1.113883.4.2": "TAX",
    "2.16.840.1.113883.4.814": "DEA",
    "2.16.840.1.113883.4.572": "MC",
    "2.16.840.1.113883.4.927": "MC",
}


def uri(root: str, known: dict[str, str] = CODE_SYSTEMS) -> str:
    """The FHIR system URI of an OID or UUID: a name of its own where it has one, else ``urn:oid:`` or ``urn:uuid:``.

    Returns "" for what is neither.
    """
    if root in known:
        return known[root]
    if _OID.fullmatch(root):
        return f"urn:oid:{root}"
    if _UUID.fullmatch(root):
        return f"urn:uuid:{root.lower()}"
    return root if root.startswith(("http://", "https://", "urn:")) else ""
