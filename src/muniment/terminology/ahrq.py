"""AHRQ's files: the CCSR for diagnoses (CSV) and the reference file of the Elixhauser Comorbidity Software Refined (XLSX). Nothing is written.

Both cover every code since October 2015, so the release installed last answers for every day, up to the end of its fiscal year.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from zipfile import BadZipFile

from muniment.kernel.errors import Unreadable
from muniment.terminology.ahrq_files import CATEGORIES, CODE, DEFAULT, DEFAULT_TITLE, MAPPING, MEASURES, SINCE
from muniment.terminology.classifications import elixhauser_rows
from muniment.terminology.rules import System
from muniment.terminology.sources import ClassifiedRow, ConceptRow, ReleaseSource

_VERSION = re.compile(r"v(20[0-9]{2})[-.]([0-9])", re.IGNORECASE)
_DIAGNOSIS = re.compile(r"[A-Z][0-9A][0-9A-Z]{1,5}")
_SEQUELA_OR_ADMITTED = ("CBVD_POA", "CBVD_SQLA")  # two columns of the mapping, one measure

Rows = Iterator[tuple[object, ...]]


def ccsr_release(name: str, content: bytes) -> ReleaseSource:
    """The CCSR with its titles, every category of a code and its default. Raises Unreadable when its version can't be told."""
    year, number = _version(name, "")
    return ReleaseSource(
        System.CCSR, f"{year}.{number}", f"CCSR for diagnoses, version {year}.{number}", SINCE, date(year, 9, 30), _mark(name, content),
        partial(_ccsr_rows, name, content), searchable=False, classified=partial(_ccsr_codes, name, content),
    )  # fmt: skip


def elixhauser_release(name: str, content: bytes) -> ReleaseSource:
    """The 38 comorbidities and the diagnoses of each. Raises Unreadable for a workbook that is damaged or not laid out so."""
    title = next((str(row[0]) for row in _sheet(name, content, MEASURES) if row and row[0]), "")
    year, number = _version(name, title)
    return ReleaseSource(
        System.ELIXHAUSER, f"{year}.{number}", f"Elixhauser comorbidities, version {year}.{number}", SINCE, date(year, 9, 30),
        _mark(name, content), partial(_measure_rows, name, content), searchable=False, classified=partial(_measure_codes, name, content),
    )  # fmt: skip


def _mark(name: str, content: bytes) -> str:
    return f"{name} ({hashlib.sha256(content).hexdigest()[:12]})"


def _version(name: str, title: str) -> tuple[int, int]:
    found = _VERSION.search(title) or _VERSION.search(name)
    if found is None:
        raise Unreadable(
            "It does not say which version it is.",
            where=name,
            remedy="Keep the name AHRQ gives it, such as DXCCSR_v2026-1.csv.",
        )
    return int(found[1]), int(found[2])


def _ccsr_lines(name: str, content: bytes) -> Iterator[dict[str, str]]:
    """AHRQ sets its texts in single quotes, and some in double ones."""
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise Unreadable("It is not a text in UTF-8.", where=name, remedy="Take the file anew from AHRQ.") from error
    heads = [cell.strip(" '") for cell in next(lines)]
    for number, cells in enumerate(lines, 2):
        row = dict(zip(heads, (cell.strip().strip("'").strip() for cell in cells), strict=False))
        if _DIAGNOSIS.fullmatch(row.get(CODE, "")) is None:
            raise Unreadable(
                f"Line {number} does not begin with a diagnosis code.", where=name, remedy="Take the file anew from AHRQ."
            )
        yield row


def _ccsr_rows(name: str, content: bytes) -> Iterator[ConceptRow]:
    titles: dict[str, str] = {}
    for row in _ccsr_lines(name, content):
        for heading in CATEGORIES:
            if category := row.get(heading, ""):
                titles.setdefault(category, row.get(f"{heading} DESCRIPTION", ""))
        titles.setdefault(row.get(DEFAULT, ""), row.get(DEFAULT_TITLE, ""))
    titles.pop("", None)
    for category, title in sorted(titles.items()):
        yield ConceptRow(category, title)


def _ccsr_codes(name: str, content: bytes) -> Iterator[ClassifiedRow]:
    for row in _ccsr_lines(name, content):
        found = tuple(dict.fromkeys(category for heading in CATEGORIES if (category := row.get(heading, ""))))
        yield ClassifiedRow(row[CODE], found, {"default": row[DEFAULT]} if row.get(DEFAULT) else {})


def _sheet(name: str, content: bytes, sheet: str) -> Rows:
    """The rows of a sheet down to AHRQ's last line. Raises Unreadable for a workbook that is damaged."""
    from openpyxl import load_workbook

    try:
        rows = load_workbook(io.BytesIO(content), read_only=True, data_only=True)[sheet].iter_rows(values_only=True)
        for row in rows:
            if row and str(row[0]).strip().lower() == "end of content":
                return
            yield row
    except (BadZipFile, KeyError, OSError, ValueError) as error:
        raise Unreadable("The workbook is damaged.", where=name, remedy="Take the file anew from AHRQ.") from error


def _measure_rows(name: str, content: bytes) -> Iterator[ConceptRow]:
    measures = [
        (str(row[0]).strip().removeprefix("CMR_"), " ".join(str(row[1]).split()), str(row[2]).strip() == "Yes")
        for row in _sheet(name, content, MEASURES)
        if len(row) > 2 and str(row[0]).startswith("CMR_")
    ]
    if not measures:
        raise Unreadable("There is no comorbidity in it.", where=name, remedy="Take the reference file anew from AHRQ.")
    yield from elixhauser_rows(measures)


def _measure_codes(name: str, content: bytes) -> Iterator[ClassifiedRow]:
    """One row a diagnosis, one column a comorbidity, 1 where it has it. The two columns of cerebrovascular disease stay apart (``facts``)."""
    heads: list[str] = []
    for row in _sheet(name, content, MAPPING):
        if not heads:
            heads = [str(cell or "").strip() for cell in row] if str(row[0]).startswith("ICD-10-CM") else []
            continue
        marked = [head for head, cell in zip(heads[3:], row[3:], strict=False) if str(cell).strip() == "1"]
        stroke = [head for head in marked if head in _SEQUELA_OR_ADMITTED]
        found = tuple("CBVD" if head in stroke else head for head in marked)
        if found:
            yield ClassifiedRow(str(row[0]).strip(), found, {"sequela": True} if stroke == ["CBVD_SQLA"] else {})
