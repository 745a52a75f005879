"""LOINC codes of the documents that rules of chart analysis speak of, in the words a department calls them. Data only."""

from __future__ import annotations

from types import MappingProxyType

DOCUMENT_TYPES = MappingProxyType(
    {
        "34117-2": "History and physical",
        "11492-6": "History and physical, of any provider",
        "28626-0": "History and physical by a physician",
        "47039-3": "History and physical at admission",
        "34774-0": "History and physical, surgery",
        "18842-5": "Discharge summary",
        "11490-0": "Discharge summary by a physician",
        "28655-9": "Discharge summary by the attending physician",
        "34745-0": "Discharge summary by a nurse",
        "34105-7": "Discharge summary of a hospital",
        "34106-5": "Discharge summary of a hospital by a physician",
        "59258-4": "Discharge summary of an emergency department",
        "8653-8": "Hospital discharge instructions",
        "11506-3": "Progress note",
        "18733-6": "Progress note by the attending physician",
        "34746-8": "Progress note by a nurse",
        "11504-8": "Operative report",
        "34874-8": "Operative report, surgery",
        "34877-1": "Operative report, urology",
        "28570-0": "Procedure note",
        "34750-0": "Anaesthesia note",
        "34751-8": "Anaesthesia evaluation before the operation",
        "11485-0": "Anaesthesia record",
        "11486-8": "Chemotherapy record",
        "15508-5": "Labour and delivery record",
        "11488-4": "Consultation note",
        "34100-8": "Consultation note, intensive care",
        "34104-0": "Consultation note of a hospital",
        "34788-0": "Consultation note, psychiatry",
        "51845-6": "Consultation note, outpatient",
        "51846-4": "Consultation note of an emergency department",
        "34111-5": "Emergency department note",
        "28568-4": "Emergency department note by a physician",
        "34878-9": "Emergency medicine note",
        "54094-8": "Emergency department triage note",
        "34108-1": "Outpatient note",
        "34112-3": "Inpatient note",
        "34744-3": "Admission evaluation by a nurse",
        "46209-3": "Provider orders",
        "59284-0": "Consent",
        "61358-8": "Consent to operation",
        "64293-4": "Consent to procedure",
        "57133-1": "Referral note",
        "18761-7": "Transfer summary",
        "34133-9": "Summary of an episode of care",
        "52521-2": "Care plan",
        "18748-4": "Imaging report",
        "11526-1": "Pathology report",
    }
)


def named(code: str) -> str:
    """The type with its code; a code that is not in the list stands alone."""
    name = DOCUMENT_TYPES.get(code)
    return f"{name} ({code})" if name else code
