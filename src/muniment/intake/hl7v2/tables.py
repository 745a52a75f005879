"""HL7 v2 tables and what FHIR R4 calls the same thing, after HL7's v2-to-FHIR concept maps. Data only."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"

# 0001 administrative sex → AdministrativeGender. Words are what older systems send.
SEX: Final = MappingProxyType(
    {
        "F": "female",
        "FEMALE": "female",
        "M": "male",
        "MALE": "male",
        "O": "other",
        "A": "other",
        "N": "other",
        "X": "other",
        "OTHER": "other",
        "U": "unknown",
        "UNKNOWN": "unknown",
    }
)

# 0004 patient class → v3 ActEncounterCode. B is obstetrics, R recurring; OBS is in wide use for observation.
PATIENT_CLASS: Final = MappingProxyType(
    {
        "E": "EMER",
        "I": "IMP",
        "O": "AMB",
        "P": "PRENC",
        "R": "AMB",
        "B": "IMP",
        "OBS": "OBSENC",
        "OBSERVATION": "OBSENC",
        "V": "OBSENC",
        "H": "HH",
        "IMP": "IMP",
        "EMER": "EMER",
        "AMB": "AMB",
        "OBSENC": "OBSENC",
        "PRENC": "PRENC",
        "SS": "SS",
        "HH": "HH",
        "VR": "VR",
        "ACUTE": "IMP",
        "NONAC": "IMP",
    }
)

# 0085 observation result status → ObservationStatus
OBSERVATION_STATUS: Final = MappingProxyType(
    {
        "A": "amended",
        "B": "amended",
        "C": "corrected",
        "D": "entered-in-error",
        "F": "final",
        "I": "registered",
        "N": "cancelled",
        "O": "registered",
        "P": "preliminary",
        "R": "preliminary",
        "S": "preliminary",
        "U": "final",
        "V": "final",
        "W": "entered-in-error",
        "X": "cancelled",
    }
)
RETRACTED: Final = frozenset({"D", "W"})

# 0123 result status → DiagnosticReportStatus
REPORT_STATUS: Final = MappingProxyType(
    {
        "O": "registered",
        "I": "registered",
        "S": "registered",
        "A": "partial",
        "R": "partial",
        "P": "preliminary",
        "C": "corrected",
        "M": "amended",
        "F": "final",
        "X": "cancelled",
    }
)

# 0078 interpretation codes: those v3 ObservationInterpretation knows under the same code
INTERPRETATION_SYSTEM: Final = TERMINOLOGY + "v3-ObservationInterpretation"
INTERPRETATIONS: Final = _words(
    """< > A AA B CAR D DET E EX EXP H HH HM HU HX I IE IND L LL LU LX MS N NCL ND NEG NR NS OBX POS QCF R RR S SDD
    SYN-R SYN-S TOX U UNE VS W WR"""
)

# 0074 diagnostic service section → Observation category
CATEGORY_SYSTEM: Final = TERMINOLOGY + "observation-category"
LABORATORY: Final = frozenset(
    {"LAB", "BLB", "CH", "CP", "CG", "HM", "ICU", "IMM", "MB", "MCB", "MYC", "OSL", "PAT", "SP", "SR", "TX", "VR", "BG", "GE"}
)
IMAGING: Final = frozenset(
    {"RAD", "CT", "CUS", "MRI", "NMR", "NMS", "OUS", "RUS", "RX", "VUS", "XRC", "DX", "MR", "NM", "US", "XR"}
)

# 0200 name type → NameUse
NAME_USE: Final = MappingProxyType(
    {
        "": "official",
        "L": "official",
        "R": "official",
        "B": "official",
        "C": "official",
        "D": "usual",
        "M": "maiden",
        "N": "nickname",
        "A": "nickname",
        "BAD": "old",
        "NAV": "temp",
        "TEMP": "temp",
        "NB": "temp",
        "S": "anonymous",
        "MSK": "anonymous",
        "U": "usual",
    }
)

# 0190 address type → AddressUse
ADDRESS_USE: Final = MappingProxyType({"BA": "old", "BI": "billing", "C": "temp", "B": "work", "O": "work", "H": "home"})

# 0201 telecommunication use → ContactPointUse; 0202 equipment → ContactPointSystem
TELECOM_USE: Final = MappingProxyType(
    {"PRN": "home", "VHN": "home", "WPN": "work", "PRS": "mobile", "ORN": "home", "EMR": "home"}
)
TELECOM_SYSTEM: Final = MappingProxyType(
    {
        "": "phone",
        "PH": "phone",
        "CP": "phone",
        "FX": "fax",
        "BP": "pager",
        "INTERNET": "email",
        "X.400": "email",
        "MD": "other",
        "SAT": "other",
        "TDD": "other",
        "TTY": "other",
    }
)

# 0127 allergen type → AllergyIntoleranceCategory
ALLERGY_CATEGORY: Final = MappingProxyType(
    {"DA": "medication", "FA": "food", "EA": "environment", "PA": "environment", "LA": "environment", "AA": "biologic"}
)
# 0128 allergy severity → criticality and reaction severity
CRITICALITY: Final = MappingProxyType({"SV": "high", "MI": "low", "U": "unable-to-assess"})
REACTION_SEVERITY: Final = MappingProxyType({"SV": "severe", "MO": "moderate", "MI": "mild"})
# 0438 allergy clinical status → verification status
ALLERGY_VERIFICATION: Final = MappingProxyType(
    {
        "C": "confirmed",
        "I": "confirmed",
        "D": "unconfirmed",
        "E": "entered-in-error",
        "P": "unconfirmed",
        "S": "unconfirmed",
        "U": "unconfirmed",
    }
)

# 0119 order control → RequestStatus; 0038 order status → RequestStatus
ORDER_CONTROL: Final = MappingProxyType(
    {
        "CA": "revoked",
        "CR": "revoked",
        "DC": "revoked",
        "DR": "revoked",
        "OC": "revoked",
        "OD": "revoked",
        "DF": "revoked",
        "FU": "completed",
        "HD": "on-hold",
        "HR": "on-hold",
        "OH": "on-hold",
    }
)
# 0119 order controls with which an order is placed or changed; "" where the sender does not say. The others tell of its state.
ORDERS_PLACED: Final = frozenset({"", *_words("NW CH PA RF RO RP RU XO XX")})
ORDER_STATUS: Final = MappingProxyType(
    {
        "A": "active",
        "CA": "revoked",
        "CM": "completed",
        "DC": "revoked",
        "ER": "entered-in-error",
        "HD": "on-hold",
        "IP": "active",
        "RP": "revoked",
        "SC": "active",
    }
)
# MedicationRequest.status has other words for two of them
MEDICATION_STATUS: Final = MappingProxyType({"revoked": "cancelled"})
# TQ1-9 (0485), ORC-7.6 and OBR-27.6 priority → RequestPriority
PRIORITY: Final = MappingProxyType(
    {"S": "stat", "STAT": "stat", "A": "asap", "R": "routine", "T": "urgent", "U": "urgent", "P": "routine"}
)

# 0322 completion status → Immunization.status
IMMUNIZATION_STATUS: Final = MappingProxyType(
    {"": "completed", "CP": "completed", "PA": "completed", "RE": "not-done", "NA": "not-done"}
)

# 0278 filler status → Appointment.status, and what the SIU trigger says where SCH-25 does not
APPOINTMENT_STATUS: Final = MappingProxyType(
    {
        "PENDING": "pending",
        "WAITLIST": "waitlist",
        "BOOKED": "booked",
        "OVERBOOK": "booked",
        "STARTED": "checked-in",
        "COMPLETE": "fulfilled",
        "CANCELLED": "cancelled",
        "DISCONTINUED": "cancelled",
        "DELETED": "entered-in-error",
        "NOSHOW": "noshow",
    }
)
APPOINTMENT_TRIGGER: Final = MappingProxyType(
    {"S15": "cancelled", "S16": "cancelled", "S17": "entered-in-error", "S22": "cancelled", "S24": "cancelled", "S26": "noshow"}
)

# 0271 document completion → CompositionStatus and whether the sending system authenticated it
DOCUMENT_STATUS: Final = MappingProxyType(
    {
        "AU": ("final", True),
        "LA": ("final", True),
        "DI": ("preliminary", False),
        "DO": ("preliminary", False),
        "IN": ("preliminary", False),
        "IP": ("preliminary", False),
        "PA": ("preliminary", False),
    }
)
# 0273 document availability → DocumentReferenceStatus
AVAILABILITY: Final = MappingProxyType({"AV": "current", "UN": "current", "OB": "superseded", "CA": "entered-in-error"})
# 0272 document confidentiality → v3 Confidentiality
CONFIDENTIALITY: Final = MappingProxyType({"V": "V", "R": "R", "U": "N", "N": "N"})

# 0270 document type → LOINC code and its name
DOCUMENT_TYPE: Final = MappingProxyType(
    {
        "AR": ("18743-5", "Autopsy report"),
        "AN": ("34750-0", "Anesthesia Records"),
        "CD": ("18745-0", "Cardiac catheterization study"),
        "CN": ("11488-4", "Consult note"),
        "CO": ("11488-4", "Consult note"),
        "DI": ("18748-4", "Diagnostic imaging study"),
        "DS": ("18842-5", "Discharge summary"),
        "ED": ("34111-5", "Emergency department Note"),
        "HP": ("34117-2", "History and physical note"),
        "OP": ("11504-8", "Surgical operation note"),
        "PC": ("34117-2", "History and physical note"),
        "PH": ("34117-2", "History and physical note"),
        "PN": ("11506-3", "Progress note"),
        "PR": ("28570-0", "Procedure note"),
        "SP": ("11526-1", "Pathology study"),
        "TS": ("18761-7", "Transfer summary note"),
        "NN": ("34746-8", "Nurse Note"),
    }
)
# LOINC codes whose observation is a written document, so that its lines belong together
DOCUMENT_LOINC: Final = _words(
    """11488-4 11490-0 11502-2 11504-8 11505-5 11506-3 11520-4 11522-0 11524-6 11525-3 11526-1 11529-5 18725-2 18726-0
    18742-7 18743-5 18745-0 18746-8 18747-6 18748-4 18750-0 18751-8 18752-6 18753-4 18754-2 18756-7 18757-5 18758-3
    18759-1 18760-9 18761-7 18782-3 18836-7 18842-5 24606-6 24627-2 27895-2 27896-0 27897-8 27898-6 28570-0 28634-4
    34106-5 34111-5 34117-2 34133-9 34746-8 34750-0 47045-0 51845-6 57133-1 59258-4 60591-5 67862-3 68604-8 68608-9
    70004-7 8653-8 28655-9 29752-5 34895-3 34112-3 34109-9"""
)

# OBX-2 types that are running text
TEXT_TYPES: Final = frozenset({"TX", "FT", "ST", ""})
# ED-2 type of data (0191) with ED-3 subtype (0291) → media type
MEDIA_TYPE: Final = MappingProxyType(
    {
        "PDF": "application/pdf",
        "RTF": "text/rtf",
        "HTML": "text/html",
        "HTM": "text/html",
        "XHTML": "application/xhtml+xml",
        "XML": "application/xml",
        "X-HL7-CDA-LEVEL-ONE": "application/xml",
        "JPEG": "image/jpeg",
        "JPG": "image/jpeg",
        "PNG": "image/png",
        "GIF": "image/gif",
        "TIFF": "image/tiff",
        "TIF": "image/tiff",
        "DICOM": "application/dicom",
        "JSON": "application/json",
        "PLAIN": "text/plain",
        "TXT": "text/plain",
        "TEXT": "text/plain",
        "MSWORD": "application/msword",
        "DOC": "application/msword",
        "BASIC": "audio/basic",
    }
)
SIGNATURES: Final = (
    (b"%PDF", "application/pdf"),
    (b"{\\rtf", "text/rtf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
)

# 0396 coding systems → URI. Local systems (L, 99zzz) have no URI and stay without.
CODE_SYSTEM: Final = MappingProxyType(
    {
        "LN": LOINC,
        "LOINC": LOINC,
        "SCT": "http://snomed.info/sct",
        "SNM": "http://snomed.info/sct",
        "SNM3": "http://snomed.info/sct",
        "SNOMED": "http://snomed.info/sct",
        "SNOMED-CT": "http://snomed.info/sct",
        "I10": "http://hl7.org/fhir/sid/icd-10-cm",
        "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD10": "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD-10": "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
        "I10P": "http://www.cms.gov/Medicare/Coding/ICD10",
        "ICD10PCS": "http://www.cms.gov/Medicare/Coding/ICD10",
        "ICD-10-PCS": "http://www.cms.gov/Medicare/Coding/ICD10",
        "I9": "http://hl7.org/fhir/sid/icd-9-cm",
        "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
        "I9CDX": "http://hl7.org/fhir/sid/icd-9-cm",
        "I9CP": "http://hl7.org/fhir/sid/icd-9-cm",
        "ICD9": "http://hl7.org/fhir/sid/icd-9-cm",
        "ICD-9": "http://hl7.org/fhir/sid/icd-9-cm",
        "ICD-9-CM": "http://hl7.org/fhir/sid/icd-9-cm",
        "ICD9CM": "http://hl7.org/fhir/sid/icd-9-cm",
        "CPT": "http://www.ama-assn.org/go/cpt",
        "CPT4": "http://www.ama-assn.org/go/cpt",
        "C4": "http://www.ama-assn.org/go/cpt",
        "C5": "http://www.ama-assn.org/go/cpt",
        "HCPCS": "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes",
        "HPC": "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes",
        "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "RXN": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "NDC": "http://hl7.org/fhir/sid/ndc",
        "CVX": "http://hl7.org/fhir/sid/cvx",
        "MVX": "http://terminology.hl7.org/CodeSystem/MVX",
        "UCUM": UCUM,
        "UNII": "http://fdasis.nlm.nih.gov",
        "CDCREC": "urn:oid:2.16.840.1.113883.6.238",
        "NCIT": "http://ncithesaurus-stage.nci.nih.gov",
    }
)
