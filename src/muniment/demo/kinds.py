"""The kinds of documents and the ways to leave, as the standards number them."""

from __future__ import annotations

# LOINC codes of the document ontology, with their long or short names.
KINDS = {
    "ed": ("34111-5", "Emergency department Note"),
    "hp": ("34117-2", "History and physical note"),
    "orders": ("46209-3", "Provider Orders"),
    "nursing": ("34744-3", "Nurse Admission evaluation note"),
    "progress": ("11506-3", "Progress note"),
    "consult": ("11488-4", "Consult note"),
    "consent": ("59284-0", "Consent Document"),
    "preanesthesia": ("34751-8", "Anesthesiology Preoperative evaluation and management note"),
    "anesthesia": ("11485-0", "Anesthesia records"),
    "operative": ("11504-8", "Surgical operation note"),
    "procedure": ("28570-0", "Procedure note"),
    "delivery": ("15508-5", "Labor and delivery records"),
    "chemotherapy": ("11486-8", "Chemotherapy records"),
    "summary": ("18842-5", "Discharge summary"),
    "instructions": ("8653-8", "Hospital Discharge instructions"),
    "visit": ("34108-1", "Outpatient Note"),
}

# UB-04 patient discharge status (NUBC FL 17) in words.
DISPOSITIONS = {
    "01": "Home.",
    "02": "Transferred to another short-term hospital.",
    "03": "Skilled nursing facility.",
    "06": "Home with home health services.",
    "07": "Left against medical advice.",
    "20": "Died.",
    "50": "Hospice, home.",
    "62": "Inpatient rehabilitation facility.",
    "65": "Psychiatric hospital.",
}
