"""The house's own edits as tables: what each comparison holds of each field, and what can't be read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.coding import house_edits
from muniment.coding.findings import Severity
from muniment.coding.grouping import CodeOutcome, Grouped, Weighting
from muniment.coding.house_edits import Case, Comparison, Field
from muniment.coding.rules import POA, Claim, Diagnosis, Procedure, Sex
from muniment.kernel.codes import ICD10CM, ICD10PCS

CLAIM = Claim(
    discharged=date(2026, 5, 6), admitted=date(2026, 5, 1), age=75, sex=Sex.FEMALE, discharge_status="01",
    principal=Diagnosis(ICD10CM("I5023"), POA.YES), secondary=(Diagnosis(ICD10CM("N179"), POA.NO), Diagnosis(ICD10CM("I10"), POA.YES)),
    procedures=(Procedure(ICD10PCS("0DTJ4ZZ"), date(2026, 5, 2)), Procedure(ICD10PCS("3E0336Z"), date(2026, 5, 2))), admitting=ICD10CM("R0602"),
)  # fmt: skip
GROUPED = Grouped(
    version=431, initial_drg=291, final_drg=291, mdc=5, description="Heart failure", mdc_description="Circulatory", severity="MCC",
    return_code="OK", sentence="", outcomes=(CodeOutcome("0DTJ4ZZ", operating_room=True), CodeOutcome("3E0336Z")),
    weighting=Weighting(weight=Decimal("1.2345")),
)  # fmt: skip
CASE = Case(
    claim=CLAIM, grouped=GROUPED, class_code="IMP", service="Cardiology", unit="4 West", documents=("18842-5", "Discharge summary"), role="coder"
)  # fmt: skip


def _edits(*conditions: tuple[str, ...], severity: str = "warning") -> house_edits.HouseEdits:
    """Conditions of one edit: (alternative, field, comparison, value, …)."""
    rows = [
        {"edit": "1", "alternative": alternative, "field": field, "comparison": comparison, "values": list(values)}
        for alternative, field, comparison, *values in conditions
    ]
    return house_edits.read({"edits": [{"number": "1", "severity": severity, "sentence": "Look again."}], "conditions": rows})


def _speaks(case: Case, *conditions: tuple[str, ...]) -> bool:
    return bool(list(house_edits.judged(_edits(*conditions), case, "House policy")))


@pytest.mark.parametrize(
    ("field", "comparison", "values", "holds"),
    [
        ("age in years", "at least", "75", True),
        ("age in years", "at least", "76", False),
        ("age in years", "at most", "75", True),
        ("sex", "is one of", "F", True),
        ("sex", "is none of", "F", False),
        ("patient class", "is one of", "IMP ACUTE", True),
        ("service", "is one of", "cardiology", True),
        ("service", "begins with one of", "Card", True),
        ("unit", "is one of", "ICU", False),
        ("length of stay in days", "at most", "5", True),
        ("length of stay in days", "at most", "4", False),
        ("discharge status", "is none of", "02 07 20", True),
        ("principal diagnosis", "is one of", "I50.23", True),
        ("principal diagnosis", "begins with one of", "I50", True),
        ("principal diagnosis", "is one of", "N17.9", False),
        ("secondary diagnosis", "is one of", "n179", True),
        ("secondary diagnosis", "is one of", "I50.23", False),
        ("any diagnosis", "is one of", "I50.23", True),
        ("any diagnosis", "begins with none of", "E11 E10", True),
        ("any diagnosis", "begins with none of", "I1", False),
        ("diagnosis not present on admission", "is one of", "N17.9", True),
        ("diagnosis not present on admission", "is one of", "I10", False),
        ("admitting diagnosis", "begins with one of", "R06", True),
        ("procedure", "begins with one of", "3E0", True),
        ("operating-room procedure", "begins with one of", "3E0", False),
        ("operating-room procedure", "begins with one of", "0DT", True),
        ("number of diagnoses", "at least", "3", True),
        ("number of diagnoses", "at least", "4", False),
        ("MS-DRG", "is one of", "291 292", True),
        ("MDC", "is one of", "05", True),
        ("severity of the MS-DRG", "is one of", "MCC", True),
        ("weight of the MS-DRG", "at least", "1.2", True),
        ("document in the chart", "is one of", "18842-5", True),
        ("document in the chart", "is none of", "11504-8", True),
        ("role of the coder", "is one of", "coder", True),
    ],
)
def test_a_condition(field: str, comparison: str, values: str, holds: bool) -> None:
    assert _speaks(CASE, ("A", field, comparison, *values.split())) is holds


def test_every_field_and_comparison_is_in_the_table() -> None:
    rows = test_a_condition.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0] for row in rows} == {one.value for one in Field}
    assert {row[1] for row in rows} == {one.value for one in Comparison}


@pytest.mark.parametrize(
    ("case", "field", "comparison", "value", "holds"),
    [
        (replace(CASE, claim=replace(CLAIM, age=-1)), "age in years", "at least", "0", False),
        (replace(CASE, claim=replace(CLAIM, age=-1)), "age in years", "at most", "200", False),
        (replace(CASE, claim=replace(CLAIM, admitted=None)), "length of stay in days", "at most", "1", False),
        (replace(CASE, grouped=None), "MS-DRG", "is one of", "291", False),
        (replace(CASE, grouped=None), "MS-DRG", "is none of", "291", True),
        (replace(CASE, grouped=replace(GROUPED, final_drg=999)), "severity of the MS-DRG", "is one of", "MCC", False),
        (replace(CASE, grouped=replace(GROUPED, weighting=Weighting())), "weight of the MS-DRG", "at least", "0", False),
        (replace(CASE, claim=replace(CLAIM, principal=None, secondary=())), "any diagnosis", "begins with one of", "I", False),
        (replace(CASE, role=""), "role of the coder", "is one of", "coder", False),
    ],
)
def test_what_is_not_known_fits_nothing(case: Case, field: str, comparison: str, value: str, holds: bool) -> None:
    assert _speaks(case, ("A", field, comparison, value)) is holds


def test_conditions_of_an_alternative_hold_together_and_any_alternative_will_do() -> None:
    true, false = ("sex", "is one of", "F"), ("sex", "is one of", "M")
    assert _speaks(CASE, ("A", *true), ("A", "unit", "is one of", "4 West"))
    assert not _speaks(CASE, ("A", *true), ("a ", *false))
    assert _speaks(CASE, ("A", *false), ("B", *true))
    assert not _speaks(CASE, ("A", *false), ("B", *false))


def test_the_codes_that_fitted_are_named_with_the_edits_severity_and_whose_policy_it_is() -> None:
    edits = _edits(
        ("A", "any diagnosis", "begins with one of", "I", "Z"), ("A", "procedure", "is none of", "5A1955Z"), severity="error"
    )
    (said,) = house_edits.judged(edits, CASE, "House policy HIM-12 (unverified)")
    assert (said.number, said.severity, said.sentence) == ("House 1", Severity.ERROR, "Look again.")
    assert said.codes == ("I5023", "I10")
    assert said.citation == "House policy HIM-12 (unverified)"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"edits": []}, "conditions name edit 1, which is not there"),
        ({"conditions": []}, "edit 1 has no condition, so it would speak of every stay"),
        ({"edits": [{"number": "1", "severity": "warning", "sentence": "A."}] * 2}, "edit 1 is there twice"),
        ({"edits": [{"number": "1", "severity": "warning", "sentence": " "}]}, "an edit needs a number and a sentence"),
        ({"values": []}, "a condition of edit 1 has no value"),
        ({"field": "age in years"}, "“age in years” of edit 1 takes “at least” or “at most”"),
        ({"comparison": "at most"}, "“sex” of edit 1 takes one of the other comparisons"),
        ({"field": "age in years", "comparison": "at most", "values": ["old"]}, "“age in years” of edit 1 takes one number"),
        ({"field": "age in years", "comparison": "at most", "values": ["nan"]}, "“age in years” of edit 1 takes one number"),
        ({"field": "age in years", "comparison": "at most", "values": ["1", "2"]}, "“age in years” of edit 1 takes one number"),
        ({"field": "shoe size"}, "Invalid enum value 'shoe size'"),
    ],
)
def test_what_cannot_be_read_says_why(change: dict[str, Any], sentence: str) -> None:
    row = {"edit": "1", "alternative": "A", "field": "sex", "comparison": "is one of", "values": ["F"]}
    said: dict[str, Any] = {"edits": [{"number": "1", "severity": "warning", "sentence": "Look."}], "conditions": [row]}
    for name, value in change.items():
        (said if name in said else row)[name] = value
    with pytest.raises(ValueError, match=re.escape(sentence)):
        house_edits.read(said)


@given(
    field=st.sampled_from(sorted(set(Field) - {Field.AGE, Field.DAYS, Field.DIAGNOSES, Field.WEIGHT})),
    values=st.lists(st.sampled_from(["I50.23", "N17", "F", "291", "IMP", "0DT", "coder", "x"]), min_size=1, max_size=3),
)
def test_none_of_is_the_contrary_of_one_of(field: Field, values: list[str]) -> None:
    for positive, negative in ((Comparison.ONE_OF, Comparison.NONE_OF), (Comparison.BEGINS, Comparison.BEGINS_NOT)):
        assert _speaks(CASE, ("A", field, positive, *values)) is not _speaks(CASE, ("A", field, negative, *values))
