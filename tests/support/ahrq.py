"""Small files in the layouts AHRQ publishes its classifications in."""

from __future__ import annotations

import io

from openpyxl import Workbook

CCSR_HEAD = (
    "'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','Default CCSR CATEGORY IP','Default CCSR CATEGORY DESCRIPTION IP',"
    "'Default CCSR CATEGORY OP','Default CCSR CATEGORY DESCRIPTION OP','CCSR CATEGORY 1','CCSR CATEGORY 1 DESCRIPTION',"
    "'CCSR CATEGORY 2','CCSR CATEGORY 2 DESCRIPTION','CCSR CATEGORY 3','CCSR CATEGORY 3 DESCRIPTION','Rationale for Default Assignment'\n"
)
CCSR = (
    CCSR_HEAD
    + "'I5023',\"Acute on chronic systolic (congestive) heart failure\",'CIR019',Heart failure,'CIR019',Heart failure,"
    "'CIR019',Heart failure,' ',,' ',,\n"
    + "'E1122',\"Type 2 diabetes mellitus, with kidney disease\",'END003',Diabetes mellitus with complication,'END003',"
    "Diabetes mellitus with complication,'END005',\"Diabetes mellitus, Type 2\",'END003',Diabetes mellitus with complication,' ',,\n"
    + "'Z3800',\"Single liveborn infant\",'XXX000',Invalid PDX,'PNL001',Liveborn,'PNL001',Liveborn,' ',,' ',,\n"
)
_COLUMNS = (
    "CBVD_POA",
    "CBVD_SQLA",
    "DIAB_CX",
    "DIAB_UNCX",
    "HF",
    "HTN_CX",
    "HTN_UNCX",
    "PARALYSIS",
    "RENLFL_MOD",
    "RENLFL_SEV",
)
_MEASURES = {
    "CBVD": ("Cerebrovascular disease", True), "DIAB_CX": ("Diabetes with chronic complications", False),
    "DIAB_UNCX": ("Diabetes without chronic complications", False), "HF": ("Heart failure", True),
    "HTN_CX": ("Hypertension, complicated", False), "HTN_UNCX": ("Hypertension, uncomplicated", False), "PARALYSIS": ("Paralysis", True),
    "RENLFL_MOD": ("Renal failure, moderate", True), "RENLFL_SEV": ("Renal failure, severe", True),
}  # fmt: skip
_MAPPING = {
    "E1122": ("DIAB_CX",), "E119": ("DIAB_UNCX",), "I10": ("HTN_UNCX",), "I130": ("HF", "HTN_CX"), "I5023": ("HF",), "I639": ("CBVD_POA",),
    "I69351": ("CBVD_SQLA", "PARALYSIS"), "I132": ("HF", "HTN_CX", "RENLFL_SEV"), "N1830": ("RENLFL_MOD",),
}  # fmt: skip


def elixhauser_workbook(*, version: str = "2026.1") -> bytes:
    """The reference file with nine comorbidities and nine diagnoses."""
    book = Workbook()
    measures, mapping = book.active, book.create_sheet("DX_to_Comorb_Mapping")
    measures.title = "Comorbidity_Measures"
    measures.append([f"Searchable list of measures, v{version}"])
    measures.append(
        ["Abbreviation \r\n(SAS Data Element Name)", "Comorbidity Description", "Uses present on admission (POA) indicators?"]
    )
    for name, (title, on_admission) in _MEASURES.items():
        measures.append([f"CMR_{name}", f"{title} ", "Yes" if on_admission else "No"])
    measures.append(["End of Content"])
    mapping.append([f"Searchable list of diagnoses, v{version}"])
    mapping.append(["ICD-10-CM Diagnosis", "ICD-10-CM Code Description", "# Comorbidities", *_COLUMNS])
    for code, marked in _MAPPING.items():
        mapping.append([code, "a title", len(marked), *(int(column in marked) for column in _COLUMNS)])
    mapping.append(["End of Content"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
