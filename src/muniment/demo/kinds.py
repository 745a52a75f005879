"""The kinds of documents and the ways to leave, as the standards number them."""

from __future__ import annotations

# LOINC codes of the document ontology, with the names the hospital's systems print.
KINDS = {
    "ed": ("34111-5", "Emergency department note"),
    "hp": ("34117-2", "History and physical"),
    "orders": ("46209-3", "Provider orders"),
    "nursing": ("34744-3", "Nursing admission assessment"),
    "progress": ("11506-3", "Progress note"),
    "consult": ("11488-4", "Consultation note"),
    "consent": ("61358-8", "Informed consent"),
    "preanesthesia": ("34751-8", "Preanesthesia evaluation"),
    "anesthesia": ("11485-0", "Anesthesia record"),
    "operative": ("11504-8", "Operative report"),
    "procedure": ("28570-0", "Procedure note"),
    "delivery": ("15508-5", "Labor and delivery record"),
    "chemotherapy": ("11486-8", "Chemotherapy record"),
    "summary": ("18842-5", "Discharge summary"),
    "instructions": ("8653-8", "Discharge instructions"),
    "visit": ("34108-1", "Clinic note"),
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
