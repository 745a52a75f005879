"""Specification: which texts are shaped like codes, and how they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.codes import ICD10CM, ICD10PCS, dotted
from muniment.kernel.errors import Problem

DIAGNOSES = [
    ("E11.22", "E1122"),
    ("e1122", "E1122"),
    (" s72.002a ", "S72002A"),
    ("I10", "I10"),
    ("C4A.0", "C4A0"),
    ("Z3A.38", "Z3A38"),
    ("U07.1", "U071"),
    ("T40.2X1A", "T402X1A"),
    ("QA0.0101", "QA00101"),
]
NOT_DIAGNOSES = ["", "I", "I1", "11.22", "E1.122", "E11.", "E11..22", "E11.22222", "E11-22", "E11.2 2", "☃11.2", "E11.22\n5"]
PROCEDURES = [("0srb0jz", "0SRB0JZ"), (" 5A1955Z", "5A1955Z")]
NOT_PROCEDURES = ["", "0SRB0J", "0SRB0JZZ", "OSRB0JZ", "0SRI0JZ", "0SR.B0JZ"]


@pytest.mark.parametrize(("text", "value"), DIAGNOSES)
def test_a_diagnosis_code_is_kept_without_dot_in_capitals(text: str, value: str) -> None:
    code = ICD10CM.parse(text)
    assert code.value == value
    assert ICD10CM.parse(code.dotted) == code


@pytest.mark.parametrize("text", NOT_DIAGNOSES)
def test_what_is_not_shaped_like_a_diagnosis_code_is_a_sentence(text: str) -> None:
    with pytest.raises(Problem, match="not shaped like an ICD-10-CM code"):
        ICD10CM.parse(text)


@pytest.mark.parametrize(("text", "value"), PROCEDURES)
def test_a_procedure_code_is_kept_in_capitals(text: str, value: str) -> None:
    assert ICD10PCS.parse(text).value == value


@pytest.mark.parametrize("text", NOT_PROCEDURES)
def test_what_is_not_shaped_like_a_procedure_code_is_a_sentence(text: str) -> None:
    with pytest.raises(Problem, match="not shaped like an ICD-10-PCS code"):
        ICD10PCS.parse(text)


@given(st.text(max_size=12))
def test_no_text_makes_a_code_that_does_not_read_back(text: str) -> None:
    for kind in (ICD10CM, ICD10PCS):
        try:
            code = kind.parse(text)
        except Problem:
            continue
        assert kind.parse(str(code)) == code


@pytest.mark.parametrize(("code", "written"), [("E1122", "E11.22"), ("I10", "I10"), ("E08-E13", "E08-E13"), ("4", "4")])
def test_headings_are_written_as_the_tabular_list_prints_them(code: str, written: str) -> None:
    assert dotted(code) == written
