"""AHRQ's files, told by what stands in them; ``ahrq`` reads them. Pure."""

from __future__ import annotations

import io
from datetime import date
from zipfile import BadZipFile

SINCE = date(2015, 10, 1)
CODE, DEFAULT, DEFAULT_TITLE = "ICD-10-CM CODE", "Default CCSR CATEGORY IP", "Default CCSR CATEGORY DESCRIPTION IP"
CATEGORIES = tuple(f"CCSR CATEGORY {place}" for place in range(1, 7))
MEASURES, MAPPING = "Comorbidity_Measures", "DX_to_Comorb_Mapping"


def is_ccsr(head: str) -> bool:
    """Whether a text file begins as AHRQ's CCSR for diagnoses does."""
    first = head.partition("\n")[0]
    return CODE in first and DEFAULT in first and CATEGORIES[0] in first


def is_elixhauser(content: bytes) -> bool:
    """Whether a workbook has the two sheets of AHRQ's reference file. Never raises."""
    return b"xl/workbook.xml" in content and {MEASURES, MAPPING} <= set(_sheets(content))


def _sheets(content: bytes) -> list[str]:
    from openpyxl import load_workbook

    try:
        return list(load_workbook(io.BytesIO(content), read_only=True).sheetnames)
    except (BadZipFile, KeyError, OSError, ValueError):
        return []
